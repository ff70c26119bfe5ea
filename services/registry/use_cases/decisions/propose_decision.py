"""The lead department proposes what each cluster gets: on signed final releases, by the programme's rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.clusters import Cluster
from services.registry.domain.decisions.checks import (
    Change,
    DecisionStillOpen,
    basis_reasons,
    cap_reasons,
    changed,
    check_releases_fit,
    not_possible,
    order_reasons,
    title_reasons,
)
from services.registry.domain.decisions.decision import (
    Decision,
    Entry,
    NationalTitle,
    Rename,
    State,
    Succession,
)
from services.registry.domain.decisions.opening import EarlierDesignation, of_earlier
from services.registry.domain.decisions.places import Held
from services.registry.domain.decisions.proposing import propose
from services.registry.domain.decisions.standings import Standing, standings_of
from services.registry.domain.decisions.succession import (
    of_successions,
    rename_reasons,
    succession_reasons,
)
from services.registry.domain.designations import HOLDING, ReleaseAlreadyDesignated, check_release
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.storage import clusters, designations, reference, rounds
from services.registry.storage.decisions import decisions, history, releases
from services.registry.use_cases.decisions.show_decisions import show_decision
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.contracts.release import Release
from shared.data.events import append_event
from shared.documents.keys import verify_signature
from shared.errors import Item
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class SignedRelease:
    release: Release
    signature: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, from which day on. ``opening``: what was decided before the system is entered."""

    programme: str
    releases: Sequence[SignedRelease]
    effective_from: date
    changes: Sequence[Change]
    renames: Sequence[Rename]
    successions: Sequence[Succession]
    opening: bool
    titles: Sequence[NationalTitle]
    note: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What a proposal is judged by: the clusters of the programme's division that it names (others are not registered
    to it), what each cluster is before it, and what an opening takes up."""

    clusters: Mapping[str, Cluster]
    standings: Mapping[str, Standing]
    earlier: Sequence[EarlierDesignation]


async def propose_decision(
    session: AsyncSession, wish: Wish, *, keys: KeySet, today: date, actor: Principal
) -> Decision:
    """One decision of a programme at a time. Nothing of it holds before somebody else approves it."""
    await require_own_programme(session, wish.programme, actor)
    await decisions.lock_decisions(session, wish.programme)
    if (code := await decisions.open_decision(session, wish.programme)) is not None:
        raise DecisionStillOpen(f"认定决定 {code} 尚未审定", f"The decision {code} is still to be decided")
    policy = await newest_programme(session, wish.programme)
    known = await _known(session, wish, actor)
    releases = await _verified(session, wish, keys, registered=known.clusters.keys())
    entries = await _entries(session, wish, releases, policy.designation, known)
    running = await decisions.next_running(session, wish.programme)
    decision = Decision(
        code=f"{wish.programme}-{wish.effective_from.year}-designation-{running}",
        programme=wish.programme,
        programme_version=policy.version,
        assessment_year=releases[0].assessment_year if releases else None,
        effective_from=wish.effective_from,
        state=State.PROPOSED,
        document_number=None,
        request_document_number=None,
        releases=[release.sha256 for release in releases],
        entries=entries,
        titles=wish.titles,
        renames=wish.renames,
        successions=wish.successions,
    )
    await decisions.add_decision(session, decision, running=running)
    await decisions.add_step(session, decision, "proposed", actor=actor, note=wish.note, on=today)
    await append_event(
        session,
        "designations.proposed",
        subject=decision.code,
        actor=actor.actor,
        data={"releases": list(decision.releases), "clusters": len(entries)},
    )
    return await show_decision(session, decision.code, actor=actor)


async def _known(session: AsyncSession, wish: Wish, actor: Principal) -> _Known:
    past = await history.past_entries(session, wish.programme)
    earlier = (
        await history.earlier_designations(session, wish.programme, on=wish.effective_from)
        if wish.opening
        else []
    )
    named = {
        *(unit.unit for signed in wish.releases for unit in signed.release.units),
        *(entry.cluster_code for entry in past),
        *(entry.cluster_code for entry in earlier),
        *(title.cluster_code for title in wish.titles),
        *(rename.cluster_code for rename in wish.renames),
        *(code for succession in wish.successions for code in (*succession.ending, *succession.into)),
    }
    found = await clusters.get_clusters(session, sorted(named))
    divisions = await reference.load_divisions(session)
    counties = set(divisions.counties_within(actor.division))
    own = {code: cluster for code, cluster in found.items() if cluster.county_code in counties}
    return _Known(
        clusters=own,
        standings=standings_of(
            past, {code: divisions.now(cluster.county_code).code for code, cluster in found.items()}
        ),
        earlier=[entry for entry in earlier if entry.cluster_code in own],
    )


async def _verified(
    session: AsyncSession, wish: Wish, keys: KeySet, *, registered: Collection[str]
) -> list[Release]:
    """The releases, after hash, signature and content are checked; kept with what is decided on them."""
    releases = [signed.release for signed in wish.releases]
    check_releases_fit(releases)
    for signed in wish.releases:
        key_id = verify_signature(signed.signature, signed.release.sha256, keys)
        check_release(
            signed.release,
            programme=wish.programme,
            registered=registered,
            effective_from=wish.effective_from,
        )
        await _keep(session, signed.release, signature=signed.signature, key_id=key_id)
    return releases


async def _keep(session: AsyncSession, release: Release, *, signature: str, key_id: str) -> None:
    """Each round is decided on once."""
    round_code = await releases.round_of_snapshot(session, release.snapshot_sha256)
    if await releases.is_decided(session, release, round_code):
        raise ReleaseAlreadyDesignated(
            f"{release.assessment_year} 年度该轮评估结果已据以认定",
            f"Designations for this round of {release.assessment_year} are recorded already",
        )
    await releases.add_release(session, release, signature=signature, key_id=key_id, round_code=round_code)


async def _entries(
    session: AsyncSession, wish: Wish, releases: Sequence[Release], rules: DesignationRules, known: _Known
) -> list[Entry]:
    """All that the decision gives, or every reason against it."""
    standings, day = known.standings, wish.effective_from
    reasons = basis_reasons(releases, standings, rules)
    if reasons:
        raise not_possible(reasons)
    silent = await _silent(session, releases, standings)
    entries = propose(releases, standings, rules, silent=silent, day=day)
    entries, reasons = changed(entries, wish.changes, standings, rules, day)
    decided = [entry.cluster_code for entry in entries]
    against = succession_reasons(wish.successions, standings, known=known.clusters.keys(), decided=decided)
    if not against:
        entries += of_successions(wish.successions, standings, rules)
    if wish.opening:
        opened, not_opened = of_earlier(known.earlier, standings, rules, day=day)
        entries, reasons = entries + opened, reasons + not_opened
    reasons += against + cap_reasons(entries, standings, rules) + order_reasons(entries, standings, day)
    held = Held(entries, standings, rules)
    reasons += await _title_reasons(session, wish, rules, known, held) + await _rename_reasons(
        session, wish, known
    )
    if reasons:
        raise not_possible(reasons)
    return sorted(entries, key=lambda entry: entry.cluster_code)


async def _silent(
    session: AsyncSession, releases: Sequence[Release], standings: Mapping[str, Standing]
) -> list[str]:
    """Holders who had to file in the round that was assessed, and are in no release."""
    filed = {unit.unit for release in releases for unit in release.units}
    found = set[str]()
    for release in releases:
        if release.kind == "assessment":
            due_on = await _due_on(session, release)
            held = await designations.designations_as_of(session, release.programme, due_on)
            found |= {own.cluster_code for own in held if own.status in HOLDING}
    return sorted(code for code in found - filed if standings[code].holds)


async def _due_on(session: AsyncSession, release: Release) -> date:
    """When the round closed; of a snapshot that is not from here, when the notice began."""
    code = await releases.round_of_snapshot(session, release.snapshot_sha256)
    current = None if code is None else await rounds.get_round(session, code)
    if current is not None:
        return current.dates.closes_on
    if release.notice is None:  # pragma: no cover - a final release has its notice
        raise ValueError("the release is not final")
    return release.notice.starts_on


async def _title_reasons(
    session: AsyncSession, wish: Wish, rules: DesignationRules, known: _Known, held: Held
) -> list[Item]:
    return title_reasons(
        wish.titles,
        known=known.clusters.keys(),
        had=await history.held_titles(session, wish.programme) if wish.titles else (),
        held=held,
        rules=rules,
        day=wish.effective_from,
    )


async def _rename_reasons(session: AsyncSession, wish: Wish, known: _Known) -> list[Item]:
    if not wish.renames:
        return []
    renamed = {own.cluster_code for own in wish.renames} & known.clusters.keys()
    counties = {code: known.clusters[code].county_code for code in renamed}
    others = await clusters.clusters_of_counties(session, set(counties.values()))
    taken = {
        code: [other.name for other in others if other.county_code == county and other.code != code]
        for code, county in counties.items()
    }
    return rename_reasons(wish.renames, {code: own.name for code, own in known.clusters.items()}, taken)
