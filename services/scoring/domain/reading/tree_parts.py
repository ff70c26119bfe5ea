"""What nodes and leaves of a tree share when they are read: names, sources, absences, weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.scheme.names import Name
from services.scoring.domain.scheme.steps import LeafSteps, WeightMethod
from services.scoring.domain.scheme.tree import Absence, AbsencePolicy, Aggregation, Direction
from shared.errors import Item
from shared.policy.source import Source

DEPTH_LIMIT = 12
CHILDREN_LIMIT = 10_000
ABSENCE_KEYS = ("floor", "minimum_share", "minimum_number")
WEIGHED = (WeightMethod.GIVEN, WeightMethod.RELATIVE)
UNWEIGHED = frozenset({Aggregation.SUM, Aggregation.MINIMUM, Aggregation.PRODUCT, Aggregation.RATIO})
OWN_STEPS = ("transform", "normalise")
NAME_KEYS = ("zh", "en")
NO_STEPS = LeafSteps()


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a node takes from above where it does not say so itself."""

    source: Source
    missing: Absence
    not_applicable: Absence
    depth: int
    defaults: LeafSteps = NO_STEPS
    direction: Direction | None = None


def read_name(fields: Fields) -> Name:
    """Both names; where the scheme leaves them out, the code stands for them."""
    if not fields.has("zh") and not fields.has("en") and fields.has("code"):
        return Name(fields.code("code"), fields.code("code"))
    return Name(zh=fields.text("zh"), en=fields.text("en"))


def read_absence(document: object, path: str, problems: list[Item]) -> Absence:
    fields = Fields(document, path, problems, required=("policy",), optional=ABSENCE_KEYS)
    policy = fields.choice("policy", AbsencePolicy)
    share = fields.decimal("minimum_share") if fields.has("minimum_share") else Decimal(0)
    floor = fields.optional_decimal("floor")
    number = (
        fields.integer("minimum_number", minimum=0, maximum=CHILDREN_LIMIT)
        if fields.has("minimum_number")
        else 0
    )
    if not 0 <= share <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="minimum_share")
    if (policy is AbsencePolicy.FLOOR) != (floor is not None):
        zh, en = (
            "仅当 policy 为 floor 时须给出 floor",
            "floor is given when, and only when, the policy is floor",
        )
        fields.report("floor-with-policy", zh, en, at="floor")
    return Absence(policy, floor, share, number)


def read_weights(fields: Fields) -> tuple[Decimal, Mapping[str, Decimal] | None]:
    """One weight, or a mapping of a weight to each group (`weights_by` of the node above)."""
    held = fields.raw("weight")
    if not isinstance(held, Mapping):
        return _read_weight(fields) if fields.has("weight") else Decimal(1), None
    names = tuple(str(name) for name in held)
    inner = Fields({str(k): v for k, v in held.items()}, fields.at("weight"), fields.problems, required=names)
    weights = {name: inner.decimal(name) for name in names}
    for name, weight in weights.items():
        if weight < 0:
            inner.report("weight-range", "权重不可为负", "a weight is not negative", at=name)
    return Decimal(1), weights


def _read_weight(fields: Fields) -> Decimal:
    """Above 0; the sum of the siblings is checked where it must be 1."""
    weight = fields.decimal("weight")
    if weight <= 0:
        fields.report("weight-range", "权重须大于0", "a weight is above 0", at="weight")
    return weight
