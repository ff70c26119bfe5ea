"""Who stands for the reward: a unit's result in the final release and its designation, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.funding.domain.refusals import (
    DesignationsNotRecorded,
    DesignationsOfOtherProgramme,
    ReleaseIsAnother,
    ReleaseNotFinal,
    ReleaseOfOtherProgramme,
    ReleaseSuperseded,
)
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release, ReleaseUnit
from shared.contracts.snapshot import RoundKind
from shared.errors import Item, Refusal
from shared.text.hygiene import UnfitCharacter, key

#: The measure that hold-harmless rules refer to.
LAST_YEAR: Final = "last_year"
#: How a flag says yes or no in a table, as a key; an empty cell is a no. Any other word is refused, never guessed at.
YES: Final = frozenset({"yes", "y", "true", "1", "是"})
NO: Final = frozenset({"no", "n", "false", "0", "否", ""})
YES_NO_ZH: Final = "应为 是、yes、y、true、1,或 否、no、n、false、0、空"
YES_NO_EN: Final = "expected yes, y, true, 1 or 是; or no, n, false, 0, 否 or nothing"


def yes_or_no(word: str) -> bool | None:
    """What a flag says; none where the word is of neither list."""
    try:
        plain = key(word)
    except UnfitCharacter:
        return None
    return True if plain in YES else False if plain in NO else None


@dataclass(frozen=True, slots=True)
class Released:
    """Where a unit of one list of several releases comes from: the kind of filing round, and its rank there."""

    kind: RoundKind
    rank: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """``rank`` is the competition rank of its list, ``removed`` why it is out; outcomes and status are ``words``.

    ``row`` is where it stands in the table that it was read from; ``released`` where it stood before releases were
    joined.
    """

    unit: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    rank: int | None
    removed: str | None
    score: Decimal | None
    contributions: Mapping[str, Decimal]
    measures: Mapping[str, Fraction] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None
    released: Released | None = None

    @property
    def told_zh(self) -> str:
        """The unit as a message names it: with its row where it comes from a table."""
        return self.unit if self.row is None else f"第{self.row}行 {self.unit}"

    @property
    def told_en(self) -> str:
        return self.unit if self.row is None else f"row {self.row}, {self.unit}"

    def figure(self, column: str) -> Fraction | None:
        """A number by its column: ``score``, ``rank``, a measure, or what a node adds to the score."""
        if column == "rank":
            return None if self.rank is None else Fraction(self.rank)
        if column == "score":
            return None if self.score is None else Fraction(self.score)
        if column in self.measures:
            return self.measures[column]
        return Fraction(self.contributions[column]) if column in self.contributions else None

    def word(self, column: str) -> str:
        """A text by its column; an empty one where there is none."""
        return self.words.get(column, "")


def check_release(release: Release, *, sha256: str, programme: str, at: str) -> None:
    """Refuses another document than the one asked for, one that is not final, and one of another programme; ``at``:
    where the release is named."""
    if release.sha256 != sha256:
        raise ReleaseIsAnother(
            "评估服务给出的不是所指定的评估结果",
            "Scoring answered with another release than the one that was named",
            items=[_named(at, ReleaseIsAnother, sha256)],
        )
    if release.stage != "final":
        raise ReleaseNotFinal(
            "评估结果尚未最终公布(公示期未满或异议未处理),不能据此分配资金",
            "The release is not final (notice or objections are open); no money is allocated on it",
            items=[_named(at, ReleaseNotFinal, sha256)],
        )
    if release.programme != programme:
        raise ReleaseOfOtherProgramme(
            f"评估结果属于 {release.programme},不是 {programme}",
            f"The release belongs to the programme {release.programme}, not to {programme}",
            items=[_named(at, ReleaseOfOtherProgramme, sha256)],
        )


def check_newest(release: Release, *, newest_sha256: str | None, at: str) -> None:
    """``newest_sha256``: the final release that its filing round stands on now."""
    if release.sha256 != newest_sha256:
        raise ReleaseSuperseded(
            f"该评估结果已被同一轮申报的新结果取代({newest_sha256 or '尚无'}),不能据此分配资金",
            "The filing round of this release has a newer final release "
            f"({newest_sha256 or 'none yet'}): no money is allocated on the older one",
            items=[_named(at, ReleaseSuperseded, release.sha256)],
        )


def _named(at: str, refusal: type[Refusal], sha256: str) -> Item:
    """Which of the releases that are named it is."""
    return Item(at, refusal.code, f"评估结果 {sha256}", f"the release {sha256}")


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


def candidates_of(
    release: Release, designations: DesignationSet, *, last_year: Mapping[str, int] | None = None
) -> tuple[Candidate, ...]:
    """``last_year`` is what each cluster was awarded the fiscal year before; whoever is not in it got nothing."""
    status = {entry.cluster: entry.status for entry in designations.designations}
    before = last_year or {}
    return tuple(
        Candidate(
            unit=unit.unit,
            name=unit.name,
            county_code=unit.county_code,
            county_name=unit.county_name,
            division_path=unit.division_path,
            rank=unit.rank,
            removed=unit.removed,
            score=None if unit.score is None else Decimal(unit.score),
            contributions={entry.node: Decimal(entry.amount) for entry in unit.contributions},
            measures={LAST_YEAR: Fraction(before.get(unit.unit, 0))},
            words=_words_of(unit, status.get(unit.unit)),
        )
        for unit in release.units
    )


def _words_of(unit: ReleaseUnit, status: str | None) -> dict[str, str]:
    """What strata, limits and tests of the rules may read of a released unit as words."""
    city = unit.division_path[1] if len(unit.division_path) > 2 else unit.county_code
    return {
        "unit": unit.unit,
        "county": unit.county_code,
        "city": city,
        "grade": unit.grade or "",
        "status": status or "",
        "eligible": "yes" if unit.outcomes.eligible else "no",
        "developing_well": "yes" if unit.outcomes.developing_well else "no",
        "proposed_status": unit.outcomes.proposed_status,
    }
