"""The rules of a scheme that follow the scores: rounding, ties, grades; and what every rule carries."""

from dataclasses import dataclass
from enum import StrEnum

from services.scoring.domain.scheme.measures import Measure
from services.scoring.domain.scheme.steps import RoundingMode


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
