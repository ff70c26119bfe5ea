"""What happens in each year of the demo: who has which part, and how the money is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

from clients.demo.calendar import DAYS, Days


@dataclass(frozen=True)
class Parts:
    """Scores of the clusters with a part in a later year, all of them generated: no named cluster gets a synthetic
    fault. All others go on from where they were, and so does who filed nothing before.

    ``falling``: of the weakest holders, below the line at which a holder is kept; ``silent``: so many of the next ones
    file nothing; ``rectifying``: of those in rectification, the better one first; ``applying``: of the best that are
    cultivated, against the bar of a designation.
    """

    falling: tuple[Decimal, ...] = ()
    silent: int = 0
    rectifying: tuple[Decimal, ...] = ()
    applying: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class DemoYear:
    """``payments``: by place on the award list, shares of the award that were requested and paid, in percent;
    ``comes_back``: place and payment that the bank sends back; ``given_up``: the place whose project is given up."""

    year: int
    rounds: tuple[str, ...]
    payments: Mapping[int, tuple[tuple[int, int], ...]]
    comes_back: tuple[int, int] | None = None
    given_up: int | None = None
    parts: Parts = field(default=Parts())

    @cached_property
    def days(self) -> Days:
        return DAYS[self.year]

    @property
    def appropriation(self) -> str:
        return f"{self.year}-incentive-fund"


def _all_paid(*, but: Mapping[int, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """One payment of each award, of all of it or of the percent that is named."""
    shares = {place: but.get(place, 100) for place in range(1, 12)}
    return {place: ((share, share),) for place, share in shares.items()}


YEARS: Final = (
    DemoYear(
        2024,
        ("2024-application",),
        payments={1: ((50, 50), (40, 25)), 5: ((60, 60), (30, 30)), 9: ((100, 100),)},
        comes_back=(5, 2),
        given_up=11,
    ),
    DemoYear(
        2025,
        ("2025-assessment", "2025-application"),
        payments=_all_paid(but={2: 60, 4: 80, 6: 50, 8: 70, 10: 60}),
        parts=Parts(
            falling=(Decimal("45.8"), Decimal("43.5")),
            silent=1,
            applying=(Decimal("61.2"), Decimal("54.6")),
        ),
    ),
    DemoYear(
        2026,
        ("2026-assessment",),
        payments=_all_paid(but={4: 90}),
        given_up=4,
        parts=Parts(rectifying=(Decimal("58.6"), Decimal("44.1"))),
    ),
)
