"""Why a unit has its score: every indicator with its figures, its place between the goalposts, weight and
points.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.scoring.domain.engine.exact import decimal_text
from services.scoring.domain.engine.ranking.ranks import score_on
from services.scoring.domain.engine.results import AssessedUnit, LeafTrace
from services.scoring.domain.scheme.measures import Absent, Category, Growth, Measure, Ratio
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import Leaf, Node
from shared.contracts.snapshot import Snapshot, SnapshotUnit, SnapshotValue


def explain(scheme: Scheme, snapshot: Snapshot, unit: SnapshotUnit, result: AssessedUnit) -> dict[str, Any]:
    """The explanation as plain JSON: `indicators` in the scheme's order, `adjustments` that applied, next grade."""
    scored = result.scored
    traces = {trace.node: trace for trace in scored.trace}
    amounts = {c.node: decimal_text(c.amount) for c in scored.contributions}
    figures = _Figures(
        values={(value.indicator, value.data_year): value for value in unit.values},
        units={indicator.code: indicator.unit for indicator in snapshot.indicators},
        data_year=snapshot.data_year,
    )
    return {
        "unrounded_score": None if scored.unrounded is None else decimal_text(scored.unrounded),
        "excluded_by": scored.excluded_by,
        "indicators": [
            _described(group, leaf)
            | {"figures": figures.of(leaf.measure)}
            | _applied(traces.get(leaf.code))
            | {"contribution": amounts.get(leaf.code, "0")}
            for group, leaf in _leaves(scheme.root)
        ],
        "adjustments": [
            {
                "node": adjustment.code,
                "zh": adjustment.name.zh,
                "en": adjustment.name.en,
                "kind": adjustment.kind.value,
                "label": adjustment.source.label.value,
                "clause": adjustment.source.clause,
                "contribution": amounts[adjustment.code],
            }
            for adjustment in scheme.adjustments
            if adjustment.code in scored.adjusted
        ],
        "next_grade": _next_grade(scheme, result),
    }


@dataclass(frozen=True, slots=True)
class _Figures:
    """A unit's figures with their units of measurement."""

    values: Mapping[tuple[str, int], SnapshotValue]
    units: Mapping[str, str]
    data_year: int

    def of(self, measure: Measure) -> list[dict[str, Any]]:
        return [self._figure(*asked) for asked in _asked(measure, self.data_year)]

    def _figure(self, indicator: str, year: int) -> dict[str, Any]:
        value = self.values.get((indicator, year))
        return {
            "indicator": indicator,
            "data_year": year,
            "unit": self.units.get(indicator, ""),
            "state": value.state if value else "missing",
            "value": value.value if value else None,
            "provenance": value.provenance if value else None,
            "source": value.source if value else None,
        }


def _described(group: Node, leaf: Leaf) -> dict[str, Any]:
    return {
        "node": leaf.code,
        "zh": leaf.name.zh,
        "en": leaf.name.en,
        "group": group.code,
        "group_zh": group.name.zh,
        "group_en": group.name.en,
        "measure": _kind(leaf.measure),
        "direction": leaf.direction.value,
        **_normalisation(leaf),
    }


def _normalisation(leaf: Leaf) -> dict[str, Any]:
    """The method, and the goalposts of a method that has any; else they are null."""
    if leaf.steps is None:
        posts = decimal_text(leaf.minimum), decimal_text(leaf.maximum)
        return {"normalisation": "goalposts", "minimum": posts[0], "maximum": posts[1]}
    rule = leaf.steps.normalise
    return {
        "normalisation": rule.method.value,
        "minimum": None if rule.minimum is None else decimal_text(rule.minimum),
        "maximum": None if rule.maximum is None else decimal_text(rule.maximum),
    }


def _leaves(node: Node) -> Iterator[tuple[Node, Leaf]]:
    for child in node.children:
        if isinstance(child, Leaf):
            yield node, child
        else:
            yield from _leaves(child)


def _kind(measure: Measure) -> str:
    return {Growth: "growth", Ratio: "ratio", Category: "category"}.get(type(measure), "value")


def _asked(measure: Measure, data_year: int) -> tuple[tuple[str, int], ...]:
    if isinstance(measure, Category):
        return ()
    year = data_year + measure.year_offset
    if isinstance(measure, Growth):
        return ((measure.indicator, year), (measure.indicator, year - 1))
    if isinstance(measure, Ratio):
        return ((measure.numerator, year), (measure.denominator, year))
    return ((measure.indicator, year),)


def _applied(trace: LeafTrace | None) -> dict[str, Any]:
    if trace is None:
        return {"state": Absent.MISSING.value, "normalised": None, "weight": "0"}
    if isinstance(trace.value, Absent):
        return {"state": trace.value.value, "normalised": None, "weight": decimal_text(trace.weight)}
    return {
        "state": "value",
        "normalised": decimal_text(trace.value),
        "weight": decimal_text(trace.weight),
    }


def _next_grade(scheme: Scheme, result: AssessedUnit) -> dict[str, str] | None:
    """The band above and the points to it; none for the best, for quota grades and for a unit without a
    score.
    """
    if scheme.grades is None or not scheme.grades.bands or result.scored.score is None:
        return None
    score: Decimal = score_on(result.scored, scheme.band_on)
    above = [band for band in scheme.grades.bands if band.minimum > score]
    if not above:
        return None
    return {"grade": above[-1].code, "points": decimal_text(above[-1].minimum - score)}
