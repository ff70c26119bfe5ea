"""The tree of a scheme: leaves that measure, nodes that aggregate, and what happens to values that are not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.scheme.measures import Measure
from services.scoring.domain.scheme.names import Name
from services.scoring.domain.scheme.steps import LeafSteps, Normalise, Transform, WeightMethod, largest_of
from shared.policy.source import Source


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
    turned: bool = False  # a method by which less is better gives one minus its value

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
