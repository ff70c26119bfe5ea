"""A scoring scheme as data: a tree of weighted indicators and the ordered rules that follow it.

A `Scheme` exists only after `scheme_document.parse_scheme` found no problem in it, so the engine may rely on
every invariant named there: codes unique, weights of siblings adding to exactly 1, goalposts in order, bands
without gap or overlap, and sums that fit the official precision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.conditions import Condition
from services.scoring.domain.measures import Measure
from services.scoring.domain.ranking_rules import Basis, Grades, Name, Rounding, TieKey, Ties
from services.scoring.domain.steps import (
    Blend,
    Cohort,
    DataRules,
    Example,
    LeafSteps,
    Normalise,
    Robustness,
    Transform,
    WeightMethod,
    largest_of,
)
from shared.calendar.working_days import DayKind
from shared.policy.source import Source

FOLDED_LIMIT = Decimal(10_000)


class Aggregation(StrEnum):
    ARITHMETIC = "arithmetic"
    SUM = "sum"
    GEOMETRIC = "geometric"
    HARMONIC = "harmonic"
    POWER = "power"
    MINIMUM = "min"
    PRODUCT = "product"
    RATIO = "ratio"
    TOPSIS = "topsis"
    VIKOR = "vikor"
    COPELAND = "copeland"


class Direction(StrEnum):
    BENEFIT = "benefit"
    COST = "cost"


class AbsencePolicy(StrEnum):
    """What a node does about a child without a value."""

    RENORMALISE = "renormalise"
    ZERO = "zero"
    FLOOR = "floor"
    EXCLUDE_UNIT = "exclude_unit"
    REFUSE = "refuse"


class AdjustmentKind(StrEnum):
    VETO = "veto"
    PENALTY = "penalty"
    BONUS = "bonus"
    CAP = "cap"


class Kind(StrEnum):
    APPLICATION = "application"
    ASSESSMENT = "assessment"


class Status(StrEnum):
    DESIGNATE = "designate"
    CULTIVATE = "cultivate"
    REFUSE = "refuse"
    KEEP = "keep"
    RECTIFY = "rectify"
    REMOVE = "remove"


PLAIN_DATA, EVERYBODY, USUAL_ROBUSTNESS = DataRules(), Cohort(), Robustness()
STATUSES_OF_KIND: Mapping[Kind, frozenset[Status]] = {
    Kind.APPLICATION: frozenset({Status.DESIGNATE, Status.CULTIVATE, Status.REFUSE}),
    Kind.ASSESSMENT: frozenset({Status.KEEP, Status.RECTIFY, Status.REMOVE}),
}


@dataclass(frozen=True, slots=True)
class Absence:
    """`minimum_share`: a node whose children with a value hold less weight than this has no value itself;
    `minimum_number`: the same for their count.
    """

    policy: AbsencePolicy
    floor: Decimal | None
    minimum_share: Decimal
    minimum_number: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """One measure. Without `steps` it stands between two fixed goalposts, clamped to 0..1."""

    code: str
    name: Name
    source: Source
    weight: Decimal
    measure: Measure
    direction: Direction
    minimum: Decimal
    maximum: Decimal
    steps: LeafSteps | None = None

    weights_of_group: Mapping[str, Decimal] | None = None

    @property
    def fixed(self) -> bool:
        """Whether no other unit and no cohort has a say in its value."""
        return self.steps is None

    @property
    def largest(self) -> Decimal | None:
        """What its value cannot exceed in size, whatever the data; None where the scheme sets no bound."""
        return Decimal(1) if self.steps is None else largest_of(self.steps.normalise)


@dataclass(frozen=True, slots=True)
class Node:
    code: str
    name: Name
    source: Source
    weight: Decimal
    aggregation: Aggregation
    missing: Absence
    not_applicable: Absence
    children: tuple["Node | Leaf", ...]
    weighting: WeightMethod = WeightMethod.GIVEN
    floor: Decimal | None = None
    parameter: Decimal = Decimal(1)
    transforms: tuple[Transform, ...] = ()
    normalise: Normalise | None = None
    weight_group: str | None = None
    weights_of_group: Mapping[str, Decimal] | None = None

    @property
    def folds(self) -> bool:
        """An arithmetic tree with given weights is one weighted sum of its leaves."""
        return (
            self.aggregation is Aggregation.ARITHMETIC
            and self.weighting is WeightMethod.GIVEN
            and self.floor is None
            and not self.transforms
            and self.normalise is None
            and self.weight_group is None
            and all(isinstance(child, Leaf) or child.folds for child in self.children)
        )


@dataclass(frozen=True, slots=True)
class MeasuredPoints:
    """So many points for each unit of a measure, from none to the adjustment's `points`."""

    measure: Measure
    per: Decimal
    if_missing: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Applied in the order of the scheme. A veto sets the score to `points`, a cap keeps it at or below them; a
    penalty and a bonus add to it, as much as is `measured` where the scheme says so.
    """

    code: str
    name: Name
    source: Source
    kind: AdjustmentKind
    when: Condition
    points: Decimal
    measured: MeasuredPoints | None = None


@dataclass(frozen=True, slots=True)
class NamedOutcome:
    code: str
    source: Source
    when: Condition


@dataclass(frozen=True, slots=True)
class StatusStep:
    """Takes units in rank order that no earlier step took and that satisfy `when`, up to `places`."""

    status: Status
    source: Source
    when: Condition
    places: int | None


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How long the proposed list is public before it can become final."""

    source: Source
    days: int
    day_kind: DayKind


@dataclass(frozen=True, slots=True)
class Scheme:
    id: str
    version: str
    programme: str
    title: Name
    source: Source
    effective_from: date
    effective_to: date | None
    scale: Decimal
    quantum_digits: int
    root: Node
    adjustments: tuple[Adjustment, ...]
    rounding: Rounding
    rank_on: Basis
    band_on: Basis
    ties: Ties
    grades: Grades | None
    eligible: NamedOutcome
    developing_well: NamedOutcome
    proposed_status: Mapping[Kind, tuple[StatusStep, ...]]
    notice: NoticeRules
    data: DataRules = PLAIN_DATA
    cohort: Cohort = EVERYBODY
    range_: tuple[Decimal, Decimal] | None = None
    peer_group: str | None = None
    blend: Blend | None = None
    lexicographic: tuple[TieKey, ...] = ()
    ascending: bool = False
    robustness: Robustness = USUAL_ROBUSTNESS
    examples: tuple[Example, ...] = ()

    @property
    def folds(self) -> bool:
        """Whether a score is one exact sum: 15 decimals of a value, 15 of a weight, four digits before the point."""
        return self.root.folds and self._largest_score < FOLDED_LIMIT

    @property
    def _largest_score(self) -> Decimal:
        values = [leaf.largest for leaf in leaves_of(self.root)]
        floors = [
            absence.floor
            for node in nodes_of(self.root)
            for absence in (node.missing, node.not_applicable)
            if absence.floor is not None
        ]
        bounded = [value for value in (*values, *floors) if value is not None]
        if len(bounded) < len(values) + len(floors):
            return FOLDED_LIMIT
        points = sum((abs(adjustment.points) for adjustment in self.adjustments), Decimal(0))
        return max(map(abs, bounded), default=Decimal(0)) * self.scale + points

    @property
    def observes(self) -> bool:
        """Whether a unit's score depends on the others: then they are computed together."""
        return not self.folds or not all(leaf.fixed for leaf in leaves_of(self.root))


def leaves_of(node: Node) -> tuple[Leaf, ...]:
    """All leaves below a node, in the order of the scheme."""
    found: list[Leaf] = []
    for child in node.children:
        found.extend((child,) if isinstance(child, Leaf) else leaves_of(child))
    return tuple(found)


def nodes_of(node: Node) -> tuple[Node, ...]:
    """The node itself and all inner nodes below it, in the order of the scheme."""
    found = [node]
    for child in node.children:
        if isinstance(child, Node):
            found.extend(nodes_of(child))
    return tuple(found)
