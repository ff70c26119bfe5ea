"""The lines of a programme in one year: its targets, and what each county keeps to in every year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.measures import ClustersAbove, Measure
from services.registry.domain.programme.targets import CountyLine, Path, Target, Tolerance
from services.registry.domain.targets.judgement import Goal
from shared.errors import NotFound

_ALL: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its goal. ``year`` is null where it holds in every year; ``below`` is where the next tier begins."""

    kind: Literal["target", "county_line"]
    code: str
    zh: str
    en: str
    clause: str | None
    label: str
    unit: str
    year: int | None
    goal: Goal
    measure: Measure | None
    tolerance: Tolerance | None = None
    path: Path | None = None
    projection: Literal["linear", "constant"] = "linear"
    counting: Literal["nested", "exclusive"] | None = None
    next_tier: Decimal | None = None

    @property
    def base_year(self) -> int | None:
        return None if self.measure is None else self.measure.base_year

    def years(self, year: int) -> list[int]:
        """The years whose figures are asked for to show the way until ``year``: from the base year on."""
        if self.base_year is None or self.year is None or self.base_year >= year:
            return [year]
        return [*range(self.base_year, min(year, self.year + 1)), year]

    def expected(self, year: int) -> Decimal | None:
        """What is expected of a year: the step on the way, or from the target's year on the target itself."""
        if self.year is None or year >= self.year:
            return self.goal.value
        steps = {} if self.path is None else {step.year: Decimal(step.value) for step in self.path.steps}
        return steps.get(year)


def lines_of(programme: Programme, year: int) -> list[Line]:
    """All lines. Of a target that is set for several years: the one that the year leads to."""
    return [
        *(_of_target(programme, target) for target in _due(programme.targets, year)),
        *(_of_county(entry) for entry in programme.county_lines),
    ]


def line_of(programme: Programme, code: str, year: int) -> Line:
    found = next((line for line in lines_of(programme, year) if line.code == code), None)
    if found is None:
        raise NotFound("目标", "target")
    return found


def _due(targets: Iterable[Target], year: int) -> list[Target]:
    by_code: dict[str, list[Target]] = {}
    for target in targets:
        by_code.setdefault(target.code, []).append(target)
    return [_next(entries, year) for entries in by_code.values()]


def _next(entries: Sequence[Target], year: int) -> Target:
    ordered = sorted(entries, key=lambda target: target.year)
    return next((target for target in ordered if target.year >= year), ordered[-1])


def _of_target(programme: Programme, target: Target) -> Line:
    counting = next((tiers.counting for tiers in programme.tiers if tiers.code == target.tier), None)
    return Line(
        kind="target",
        code=target.code,
        zh=target.zh,
        en=target.en,
        clause=target.clause,
        label=target.label,
        unit=target.unit,
        year=target.year,
        goal=Goal.of(target),
        measure=target.measure,
        tolerance=target.tolerance,
        path=target.path,
        projection=target.projection,
        counting=counting,
        next_tier=_next_tier(programme, target) if counting == "exclusive" else None,
    )


def _next_tier(programme: Programme, target: Target) -> Decimal | None:
    """The threshold of the next higher tier of the ladder in the same year."""
    rungs = {
        Decimal(other.measure.threshold.value)
        for other in programme.targets
        if isinstance(other.measure, ClustersAbove)
        and other.tier == target.tier
        and other.year == target.year
    }
    own = target.measure
    if not isinstance(own, ClustersAbove):
        return None
    return min((rung for rung in rungs if rung > Decimal(own.threshold.value)), default=None)


def _of_county(entry: CountyLine) -> Line:
    return Line(
        kind="county_line",
        code=entry.code,
        zh=entry.zh,
        en=entry.en,
        clause=entry.clause,
        label=entry.label,
        unit="%",
        year=None,
        goal=Goal("equals", _ALL),
        measure=entry.measure,
    )
