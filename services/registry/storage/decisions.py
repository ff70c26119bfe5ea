"""Designation decisions with the releases they rest on, their entries and steps. Entries are never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.decision import (
    Decision,
    DecisionStep,
    Entry,
    NationalTitle,
    Reason,
    Rename,
    State,
    Succession,
)
from services.registry.domain.decisions.opening import EarlierDesignation
from services.registry.domain.decisions.standings import PastEntry
from services.registry.storage.designations import began_on
from services.registry.storage.registers.facts import holds, live, text_of
from services.registry.storage.tables.decisions import (
    cluster_name,
    cluster_succession,
    designation_decision,
    designation_decision_release,
    designation_decision_step,
    designation_entry,
    national_title,
    received_release,
    snapshot,
)
from services.registry.storage.tables.registers import register_fact
from shared.contracts.release import Release
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all, read_one
from shared.web.principals import Principal

_DECISIONS_LOCK: Final = 0x9A1


async def lock_decisions(session: AsyncSession, programme: str) -> None:
    """Whoever proposes or decides for a programme waits for the one before."""
    await lock_texts(session, _DECISIONS_LOCK, [programme])


async def add_release(
    session: AsyncSession, release: Release, *, signature: str, key_id: str, round_code: str | None
) -> None:
    """Keeps a release as it was received; the same one again is no other. ``round_code``: that of its snapshot."""
    await session.execute(
        insert(received_release)
        .values(
            sha256=release.sha256,
            document=release.canonical(),
            signature=signature,
            key_id=key_id,
            programme=release.programme,
            assessment_year=release.assessment_year,
            kind=release.kind,
            recorded_at=utc_now(),
            round_code=round_code,
        )
        .on_conflict_do_nothing()
    )


async def is_decided(session: AsyncSession, release: Release, round_code: str | None) -> bool:
    """Whether another decision, proposed or approved, rests on a release of the same round."""
    statement = (
        sa.select(received_release.c.sha256)
        .join(
            designation_decision_release,
            designation_decision_release.c.release_sha256 == received_release.c.sha256,
        )
        .join(designation_decision, designation_decision.c.code == designation_decision_release.c.decision)
        .where(
            received_release.c.programme == release.programme,
            received_release.c.assessment_year == release.assessment_year,
            received_release.c.kind == release.kind,
            received_release.c.round_code.is_not_distinct_from(round_code),
            designation_decision.c.state.in_([State.PROPOSED, State.APPROVED]),
        )
    )
    return bool(await session.scalar(sa.select(statement.exists())))


async def round_of_snapshot(session: AsyncSession, sha256: str) -> str | None:
    found: str | None = await session.scalar(
        sa.select(snapshot.c.round_code).where(snapshot.c.sha256 == sha256)
    )
    return found


async def open_decision(session: AsyncSession, programme: str) -> str | None:
    """The code of the decision that is proposed and not decided."""
    found: str | None = await session.scalar(
        sa.select(designation_decision.c.code).where(
            designation_decision.c.programme == programme, designation_decision.c.state == State.PROPOSED
        )
    )
    return found


async def next_running(session: AsyncSession, programme: str) -> int:
    last = await session.scalar(
        sa.select(sa.func.max(designation_decision.c.running)).where(
            designation_decision.c.programme == programme
        )
    )
    return int(last or 0) + 1


async def add_decision(session: AsyncSession, decision: Decision, *, running: int) -> None:
    await session.execute(
        insert(designation_decision).values(
            code=decision.code,
            programme=decision.programme,
            programme_version=decision.programme_version,
            running=running,
            assessment_year=decision.assessment_year,
            effective_from=decision.effective_from,
            state=decision.state,
        )
    )
    code = decision.code
    if decision.releases:
        rows = [{"decision": code, "release_sha256": sha256} for sha256 in decision.releases]
        await session.execute(insert(designation_decision_release), rows)
    if decision.entries:
        await session.execute(
            insert(designation_entry), [{"decision": code, **asdict(entry)} for entry in decision.entries]
        )
    if decision.renames:
        await session.execute(
            insert(cluster_name), [{"decision": code, **asdict(rename)} for rename in decision.renames]
        )
    if decision.successions:
        await session.execute(
            insert(cluster_succession),
            [
                {"decision": code, "ending": ending, "into": into, "ground": succession.ground}
                for succession in decision.successions
                for ending in succession.ending
                for into in succession.into
            ],
        )
    if decision.titles:
        await session.execute(
            insert(national_title), [{"decision": code, **asdict(title)} for title in decision.titles]
        )


async def add_step(
    session: AsyncSession, decision: Decision, action: str, *, actor: Principal, note: str, on: date
) -> None:
    await session.execute(
        insert(designation_decision_step).values(
            decision=decision.code,
            number=len(decision.steps) + 1,
            action=action,
            subject=actor.actor,
            unit=actor.unit,
            note=note,
            business_date=on,
            recorded_at=utc_now(),
        )
    )


async def move_decision(session: AsyncSession, code: str, state: State) -> None:
    await session.execute(_decision_of(code).values(state=state))


async def approve_decision(
    session: AsyncSession, code: str, *, document_number: str, request_document_number: str | None
) -> None:
    await session.execute(
        _decision_of(code).values(
            state=State.APPROVED,
            document_number=document_number,
            request_document_number=request_document_number,
            approved_at=utc_now(),
        )
    )


def _decision_of(code: str) -> sa.Update:
    return sa.update(designation_decision).where(designation_decision.c.code == code)


async def get_decision(session: AsyncSession, code: str) -> Decision | None:
    """With all that it gives, and the steps that people took."""
    found = await read_one(
        session,
        Decision,
        sa.select(*columns_of(Decision, designation_decision)).where(designation_decision.c.code == code),
    )
    if found is None:
        return None
    return replace(
        found,
        releases=await _releases_of(session, code),
        entries=await _entries_of(session, code),
        titles=await _titles_of(session, code),
        renames=await _renames_of(session, code),
        successions=await _successions_of(session, code),
        steps=await _steps_of(session, code),
    )


async def list_decisions(
    session: AsyncSession, programme: str, *, after: str | None, limit: int
) -> list[Decision]:
    """Without what they give, in the order in which they were proposed."""
    statement = sa.select(*columns_of(Decision, designation_decision)).where(
        designation_decision.c.programme == programme
    )
    if after is not None:
        before = sa.select(designation_decision.c.running).where(designation_decision.c.code == after)
        statement = statement.where(designation_decision.c.running > before.scalar_subquery())
    return await read_all(session, Decision, statement.order_by(designation_decision.c.running).limit(limit))


async def past_entries(session: AsyncSession, programme: str) -> list[PastEntry]:
    """What approved decisions of a programme gave to each cluster, in the order of time."""
    statement = (
        sa.select(*columns_of(PastEntry, designation_entry), began_on.label("effective_from"))
        .join(designation_decision, designation_decision.c.code == designation_entry.c.decision)
        .where(designation_decision.c.programme == programme, designation_decision.c.state == State.APPROVED)
        .order_by(began_on, designation_decision.c.running)
    )
    return await read_all(session, PastEntry, statement)


async def held_titles(session: AsyncSession, programme: str) -> set[tuple[str, str]]:
    """Cluster and title of each national title of a programme's clusters."""
    statement = (
        sa.select(national_title.c.cluster_code, national_title.c.title)
        .join(designation_decision, designation_decision.c.code == national_title.c.decision)
        .where(designation_decision.c.programme == programme, designation_decision.c.state == State.APPROVED)
    )
    return {(row.cluster_code, row.title) for row in await session.execute(statement)}


async def reasons_of_cluster(session: AsyncSession, cluster_code: str) -> Mapping[str, Entry]:
    """The approved entries of a cluster, by the code of their decision."""
    statement = (
        sa.select(designation_entry)
        .join(designation_decision, designation_decision.c.code == designation_entry.c.decision)
        .where(
            designation_entry.c.cluster_code == cluster_code, designation_decision.c.state == State.APPROVED
        )
    )
    return {row.decision: _entry(row) for row in await session.execute(statement)}


async def _releases_of(session: AsyncSession, code: str) -> Sequence[str]:
    release = designation_decision_release.c
    statement = sa.select(release.release_sha256).where(release.decision == code)
    return (await session.scalars(statement.order_by(release.release_sha256))).all()


async def _entries_of(session: AsyncSession, code: str) -> Sequence[Entry]:
    statement = sa.select(designation_entry).where(designation_entry.c.decision == code)
    rows = await session.execute(statement.order_by(designation_entry.c.cluster_code))
    return [_entry(row) for row in rows]


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    fields = dict(row._mapping)
    del fields["decision"]
    return Entry(**{**fields, "reasons": tuple(Reason(**reason) for reason in fields["reasons"])})


async def _titles_of(session: AsyncSession, code: str) -> Sequence[NationalTitle]:
    statement = sa.select(*columns_of(NationalTitle, national_title)).where(national_title.c.decision == code)
    return await read_all(session, NationalTitle, statement.order_by(national_title.c.cluster_code))


async def _renames_of(session: AsyncSession, code: str) -> Sequence[Rename]:
    statement = sa.select(*columns_of(Rename, cluster_name)).where(cluster_name.c.decision == code)
    return await read_all(session, Rename, statement.order_by(cluster_name.c.cluster_code))


async def _successions_of(session: AsyncSession, code: str) -> Sequence[Succession]:
    """Pairs of one ground and one set of successors are one merger or split."""
    statement = sa.select(cluster_succession).where(cluster_succession.c.decision == code)
    into: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in await session.execute(
        statement.order_by(cluster_succession.c.ending, cluster_succession.c.into)
    ):
        into[row.ending, row.ground].append(row.into)
    ending: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for (code_ending, ground), codes in into.items():
        ending[tuple(codes), ground].append(code_ending)
    return [Succession(tuple(ends), codes, ground) for (codes, ground), ends in ending.items()]


async def earlier_designations(
    session: AsyncSession, programme: str, *, on: date
) -> list[EarlierDesignation]:
    """What the register ``earlier-designations`` holds of a programme on a day."""
    fact = register_fact
    statement = (
        sa.select(
            text_of(fact, "cluster").label("cluster_code"),
            text_of(fact, "status").label("status"),
            sa.cast(text_of(fact, "since"), sa.Date).label("since"),
            text_of(fact, "document_number").label("document_number"),
        )
        .where(
            fact.c.register == "earlier-designations",
            text_of(fact, "programme") == programme,
            live(fact),
            holds(fact, on),
        )
        .order_by(fact.c.key)
    )
    return await read_all(session, EarlierDesignation, statement)


async def _steps_of(session: AsyncSession, code: str) -> Sequence[DecisionStep]:
    step = designation_decision_step
    statement = sa.select(*columns_of(DecisionStep, step)).where(step.c.decision == code)
    return await read_all(session, DecisionStep, statement.order_by(step.c.number))
