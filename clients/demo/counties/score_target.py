"""Finds synthetic figures with which a cluster reaches a wanted score.

What is known (ranks that were published) is met by the choice of synthetic figures, never by touching a score
or a rank: the scoring service alone computes those. This module reads the scheme's goalposts and weights as
anybody can, and solves for figures; the demo then checks what the service makes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Figures = dict[tuple[str, int], Decimal | None]

_ONE = Decimal(1)


@dataclass(frozen=True)
class Leaf:
    """A leaf of the scheme: the weight in its group, the group's weight, what it measures, its goalposts."""

    code: str
    group: str
    weight: Decimal
    group_weight: Decimal
    kind: str  # indicator | growth | ratio
    indicators: tuple[str, ...]
    is_cost: bool
    low: Decimal
    high: Decimal

    def position(self, figures: Figures, year: int) -> Decimal | None:
        """0 at the worse goalpost, 1 at the better; None where a figure is missing."""
        measured = self._measure(figures, year)
        if measured is None:
            return None
        place = (measured - self.low) / (self.high - self.low)
        return min(_ONE, max(Decimal(0), _ONE - place if self.is_cost else place))

    def value_at(self, position: Decimal) -> Decimal:
        """The measure at a position."""
        place = _ONE - position if self.is_cost else position
        return self.low + (self.high - self.low) * place

    def _measure(self, figures: Figures, year: int) -> Decimal | None:
        if self.kind == "indicator":
            return figures.get((self.indicators[0], year))
        if self.kind == "growth":
            now, before = figures.get((self.indicators[0], year)), figures.get((self.indicators[0], year - 1))
        else:
            now, before = (figures.get((indicator, year)) for indicator in self.indicators)
        if now is None or not before:
            return None
        return now / before - (_ONE if self.kind == "growth" else 0)


class SchemeReader:
    """The scheme's leaves, and the score that figures reach before vetoes and penalties."""

    def __init__(self, scheme: Mapping[str, Any], *, data_year: int) -> None:
        self.year = data_year
        self.scale = Decimal(str(scheme["scale"]))
        self.leaves = tuple(_leaves(scheme["tree"]["children"]))

    def leaf(self, code: str) -> Leaf:
        return next(leaf for leaf in self.leaves if leaf.code == code)

    def score(self, figures: Figures) -> Decimal:
        """Weighted means of groups, the weight of a missing leaf going to its siblings."""
        sums: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
        for leaf in self.leaves:
            got, weights, _ = sums.get(leaf.group, (Decimal(0), Decimal(0), leaf.group_weight))
            position = leaf.position(figures, self.year)
            if position is not None:
                got, weights = got + leaf.weight * position, weights + leaf.weight
            sums[leaf.group] = (got, weights, leaf.group_weight)
        return self.scale * sum(
            (group_weight * got / weights for got, weights, group_weight in sums.values()), Decimal(0)
        )

    def points(self, leaf: Leaf) -> Decimal:
        """Points of the score between the leaf's goalposts."""
        return self.scale * leaf.group_weight * leaf.weight


def _leaves(groups: Iterable[Mapping[str, Any]]) -> Iterable[Leaf]:
    for group in groups:
        for leaf in group["children"]:
            ((kind, named),) = leaf["measure"].items()
            yield Leaf(
                code=leaf["code"],
                group=group["code"],
                weight=Decimal(leaf["weight"]),
                group_weight=Decimal(group["weight"]),
                kind=kind,
                indicators=(named["numerator"], named["denominator"]) if kind == "ratio" else (named,),
                is_cost=leaf["direction"] == "cost",
                low=Decimal(leaf["normalise"]["minimum"]),
                high=Decimal(leaf["normalise"]["maximum"]),
            )
