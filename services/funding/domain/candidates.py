"""Who stands for the reward: a unit's result in the final release and its designation, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.funding.domain.refusals import (
    DesignationsNotRecorded,
    DesignationsOfDayToCome,
    DesignationsOfOtherProgramme,
    ReleaseIsAnother,
    ReleaseNotFinal,
    ReleaseOfOtherProgramme,
)
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release


@dataclass(frozen=True, slots=True)
class Candidate:
    """``rank`` is the released competition rank, ``status`` what the registry says, ``removed`` why it is out."""

    unit: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    rank: int | None
    status: str | None
    eligible: bool
    developing_well: bool
    removed: str | None
    score: Decimal | None
    contributions: Mapping[str, Decimal]


def check_release(release: Release, *, sha256: str, programme: str) -> None:
    """Refuses another document than the one asked for, one that is not final, and one of another programme."""
    if release.sha256 != sha256:
        raise ReleaseIsAnother(
            "评估服务给出的不是所指定的评估结果",
            "Scoring answered with another release than the one that was named",
        )
    if release.stage != "final":
        raise ReleaseNotFinal(
            "评估结果尚未最终公布(公示期未满或异议未处理),不能据此分配资金",
            "The release is not final (notice or objections are open); no money is allocated on it",
        )
    if release.programme != programme:
        raise ReleaseOfOtherProgramme(
            f"评估结果属于 {release.programme},不是 {programme}",
            f"The release belongs to the programme {release.programme}, not to {programme}",
        )


def check_day(as_of: date | None, *, today: date) -> None:
    """A decision rests on what is in effect, not on what will be."""
    if as_of is not None and as_of > today:
        raise DesignationsOfDayToCome(
            f"认定名单的日期 {as_of} 晚于业务日期 {today}",
            f"The day of the designations, {as_of}, is after the business date {today}",
        )


def check_designations(designations: DesignationSet, *, release: Release) -> None:
    """Refuses the names of another programme, and a day on which no unit of the release had its designation yet."""
    if designations.programme != release.programme:
        raise DesignationsOfOtherProgramme(
            f"认定名单属于 {designations.programme}",
            f"The designations belong to the programme {designations.programme}",
        )
    known = {entry.cluster for entry in designations.designations}
    if known.isdisjoint(unit.unit for unit in release.units):
        raise DesignationsNotRecorded(
            f"截至 {designations.as_of},本次评估的集群尚无认定",
            f"As of {designations.as_of} no cluster of this release has a designation",
        )


def candidates_of(release: Release, designations: DesignationSet) -> tuple[Candidate, ...]:
    status = {entry.cluster: entry.status for entry in designations.designations}
    return tuple(
        Candidate(
            unit=unit.unit,
            name=unit.name,
            county_code=unit.county_code,
            county_name=unit.county_name,
            division_path=unit.division_path,
            rank=unit.rank,
            status=status.get(unit.unit),
            eligible=unit.outcomes.eligible,
            developing_well=unit.outcomes.developing_well,
            removed=unit.removed,
            score=None if unit.score is None else Decimal(unit.score),
            contributions={entry.node: Decimal(entry.amount) for entry in unit.contributions},
        )
        for unit in release.units
    )
