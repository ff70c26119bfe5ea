"""What an assessment says of each unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.scheme import Status


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one node, one adjustment, the range or the rounding adds to the score, in points."""

    node: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LeafTrace:
    """How a leaf came to its contribution; `weight` is the one applied after absences, zero where it fell
    out; `filled`: a policy put the value there, the unit has none.
    """

    node: str
    value: Decimal | Absent
    weight: Decimal
    filled: bool = False


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """`excluded_by` names the node whose policy took the unit out; then there is no score and no rank.

    `nodes` are the values of nodes and leaves where the tree does not fold.
    The contributions add up to `score` exactly; all but the one named `rounding` to `unrounded`.
    """

    unit: str
    excluded_by: str | None
    unrounded: Decimal | None
    score: Decimal | None
    contributions: tuple[Contribution, ...]
    trace: tuple[LeafTrace, ...]
    adjusted: tuple[str, ...]
    nodes: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssessedUnit:
    scored: ScoredUnit
    rank: int | None
    grade: str | None
    eligible: bool
    developing_well: bool
    proposed_status: Status
