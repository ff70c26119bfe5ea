"""Making releases: the first proposal, one that supersedes it after an upheld objection, and the final one."""

from collections.abc import Mapping, Sequence

from services.scoring.domain.engine.exact import decimal_text
from services.scoring.domain.engine.results import AssessedUnit
from services.scoring.domain.refusals import UnitNotInRelease
from services.scoring.domain.scheme.scheme import Kind
from shared.contracts.release import (
    Contribution,
    Decision,
    Notice,
    ObjectionOutcome,
    Outcomes,
    Release,
    ReleaseUnit,
    SchemeReference,
)
from shared.contracts.snapshot import Snapshot, SnapshotUnit

OUT_OF_THE_LISTS: Mapping[str, str] = {Kind.APPLICATION.value: "refuse", Kind.ASSESSMENT.value: "remove"}


def propose(
    snapshot: Snapshot,
    assessed: Sequence[AssessedUnit],
    *,
    scheme: SchemeReference,
    supersedes: Release | None = None,
) -> Release:
    """The proposed release of an assessment. Units that were removed in what it supersedes stay removed."""
    results = {result.scored.unit: result for result in assessed}
    release = Release(
        stage="proposed",
        programme=snapshot.programme,
        programme_version=snapshot.programme_version,
        assessment_year=snapshot.assessment_year,
        data_year=snapshot.data_year,
        kind=snapshot.kind,
        number=1 if supersedes is None else supersedes.number + 1,
        supersedes=None if supersedes is None else supersedes.sha256,
        scheme=scheme,
        snapshot_sha256=snapshot.sha256,
        proposed_sha256=None,
        decision=None,
        notice=None,
        objections=(),
        units=tuple(_unit(unit, results[unit.unit]) for unit in snapshot.units),
    )
    removed = {} if supersedes is None else {u.unit: u.removed for u in supersedes.units if u.removed}
    return _with_removed(release, {unit: reason for unit, reason in removed.items() if reason})


def remove_unit(release: Release, unit: str, *, reason: str) -> Release:
    """A superseding proposal without this unit on any list: it keeps score and rank and is marked."""
    if unit not in {u.unit for u in release.units}:
        raise UnitNotInRelease(f"本次评估没有集群{unit}", f"There is no unit {unit} in this release")
    again = release.model_copy(update={"number": release.number + 1, "supersedes": release.sha256})
    return _with_removed(again, {unit: reason})


def finalise(
    proposed: Release, *, decision: Decision, notice: Notice, objections: Sequence[ObjectionOutcome]
) -> Release:
    """The final release: the decided proposal, word for word, with its decision, notice and objections."""
    content = proposed.model_dump(mode="python", by_alias=False)
    content |= {
        "stage": "final",
        "supersedes": None,
        "proposed_sha256": proposed.sha256,
        "decision": decision,
        "notice": notice,
        "objections": tuple(sorted(objections, key=lambda objection: objection.number)),
        "units": proposed.units,
        "scheme": proposed.scheme,
    }
    return Release.model_validate(content)


def _unit(unit: SnapshotUnit, result: AssessedUnit) -> ReleaseUnit:
    score = result.scored.score
    return ReleaseUnit(
        unit=unit.unit,
        name=unit.name,
        county_code=unit.county_code,
        county_name=unit.county_name,
        division_path=unit.division_path,
        score=None if score is None else f"{score:f}",
        rank=result.rank,
        grade=result.grade,
        outcomes=Outcomes(
            eligible=result.eligible,
            developing_well=result.developing_well,
            proposed_status=result.proposed_status.value,
        ),
        removed=None,
        contributions=tuple(
            Contribution(node=contribution.node, amount=decimal_text(contribution.amount))
            for contribution in result.scored.contributions
        ),
    )


def _with_removed(release: Release, reasons: Mapping[str, str]) -> Release:
    """Marks units as removed; no list and no reward can take them up, since no outcome holds for them."""
    out = Outcomes.model_validate(
        {"eligible": False, "developing_well": False, "proposed_status": OUT_OF_THE_LISTS[release.kind]}
    )
    units = tuple(
        unit.model_copy(update={"removed": reasons[unit.unit], "outcomes": out})
        if unit.unit in reasons
        else unit
        for unit in release.units
    )
    return release.model_copy(update={"units": units})
