"""Grades as data: absolute bands over the score, quotas in rank order, or a lookup over sub-grades."""

from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.scheme.names import Name
from shared.policy.source import Source


@dataclass(frozen=True, slots=True)
class Band:
    """`minimum <= score < maximum`; the top band includes its maximum."""

    code: str
    name: Name
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class QuotaBand:
    """The next `places` units in rank order, or the next `share` of all ranked units (rounded down)."""

    code: str
    name: Name
    places: int | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class SubGrade:
    """A node graded by itself: the first band from the top whose minimum is reached."""

    code: str
    node: str
    bands: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class GradeLookup:
    """A final grade looked up from sub-grades: the first row that matches all of them."""

    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[tuple[str, ...] | None, ...], str], ...]


@dataclass(frozen=True, slots=True)
class Grades:
    """Absolute bands from the top down, or quota bands of which the last takes the rest."""

    source: Source
    bands: tuple[Band, ...]
    quotas: tuple[QuotaBand, ...]
    subgrades: tuple[SubGrade, ...] = ()
    lookup: GradeLookup | None = None

    def codes(self) -> frozenset[str]:
        looked_up = frozenset(grade for _, grade in self.lookup.rows) if self.lookup else frozenset()
        bands = frozenset(band.code for band in self.bands) | frozenset(quota.code for quota in self.quotas)
        return bands | looked_up
