"""The rules of a scheme that follow the scores: rounding, ties, grades; and what every rule carries."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.measures import Measure
from services.scoring.domain.steps import GradeLookup, RoundingMode, SubGrade
from shared.policy.source import Source


class Basis(StrEnum):
    ROUNDED = "rounded"
    UNROUNDED = "unrounded"


class TieMethod(StrEnum):
    """`min` ranks 1, 2, 2, 4; `max` 1, 3, 3, 4; `dense` 1, 2, 2, 3."""

    MIN = "min"
    MAX = "max"
    DENSE = "dense"


class Exhausted(StrEnum):
    """Units that no tie-break separates share a rank, or stop the run."""

    SHARE = "share"
    REFUSE = "refuse"


class AtCut(StrEnum):
    """A group of equals that does not fit the places left: all of it enters, none of it, or the run stops."""

    ALL = "all"
    NONE = "none"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Name:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Rounding:
    digits: int
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class TieKey:
    """Either a node's value, a measure, or the score (unrounded or `rounded`) decides between equals."""

    node: str | None
    measure: Measure | None
    descending: bool
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Ties:
    method: TieMethod
    chain: tuple[TieKey, ...]
    exhausted: Exhausted
    at_cut: AtCut


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
