"""Reading the tree of a scheme: inner nodes, leaves, and what happens to values that are not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.condition_parsing import read_measure
from services.scoring.domain.fields import Fields, Problem
from services.scoring.domain.measures import Plain
from services.scoring.domain.scheme import (
    Absence,
    AbsencePolicy,
    Aggregation,
    Direction,
    Label,
    Leaf,
    Name,
    Node,
    Source,
)

DEPTH_LIMIT = 12
CHILDREN_LIMIT = 1_000
SOURCE_KEYS = ("label", "clause", "basis")
NAME_KEYS = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a node takes from above where it does not say so itself."""

    source: Source
    missing: Absence
    not_applicable: Absence
    depth: int


def read_name(fields: Fields) -> Name:
    return Name(zh=fields.text("zh"), en=fields.text("en"))


def read_source(fields: Fields) -> Source:
    """An official rule cites its clause; a rule of ours never does, but may name what it follows (`basis`)."""
    label = fields.choice("label", Label)
    source = Source(label, fields.optional_text("clause"), fields.optional_text("basis"))
    if label is Label.OFFICIAL and source.clause is None:
        fields.report("clause-missing", "官方规则须注明条款", "an official rule must name its clause")
    if label is Label.ILLUSTRATIVE and source.clause is not None:
        zh, en = "示例规则不得引用条款(可用 basis)", "an illustrative rule cites no clause (use basis)"
        fields.report("clause-of-own-rule", zh, en, at="clause")
    return source


def read_absence(document: object, path: str, problems: list[Problem]) -> Absence:
    fields = Fields(document, path, problems, required=("policy", "minimum_share"), optional=("floor",))
    policy = fields.choice("policy", AbsencePolicy)
    share, floor = fields.decimal("minimum_share"), fields.optional_decimal("floor")
    if not 0 <= share <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="minimum_share")
    if (policy is AbsencePolicy.FLOOR) != (floor is not None):
        zh, en = (
            "仅当 policy 为 floor 时须给出 floor",
            "floor is given when, and only when, the policy is floor",
        )
        fields.report("floor-with-policy", zh, en, at="floor")
    if floor is not None and not 0 <= floor <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="floor")
    return Absence(policy, floor, share)


def read_root(document: object, path: str, problems: list[Problem], *, inherited: Inherited) -> Node:
    required = ("code", *NAME_KEYS, "aggregation", "children")
    return _read_node(document, path, problems, inherited=inherited, required=required)


def _read_child(document: object, path: str, problems: list[Problem], inherited: Inherited) -> Node | Leaf:
    if inherited.depth > DEPTH_LIMIT:
        zh, en = f"指标树超过{DEPTH_LIMIT}层", f"the tree is more than {DEPTH_LIMIT} levels deep"
        problems.append(Problem(path, "too-deep", zh, en))
        return _no_leaf(inherited.source)
    if isinstance(document, Mapping) and "children" in document:
        required = ("code", *NAME_KEYS, "weight", "aggregation", "children")
        return _read_node(document, path, problems, inherited=inherited, required=required)
    return _read_leaf(document, path, problems, inherited)


def _read_node(
    document: object, path: str, problems: list[Problem], *, inherited: Inherited, required: tuple[str, ...]
) -> Node:
    optional = (*SOURCE_KEYS, "missing", "not_applicable")
    fields = Fields(document, path, problems, required=required, optional=optional)
    source = read_source(fields) if fields.has("label") else inherited.source
    missing, not_applicable = inherited.missing, inherited.not_applicable
    if fields.has("missing"):
        missing = read_absence(fields.raw("missing"), fields.at("missing"), problems)
    if fields.has("not_applicable"):
        not_applicable = read_absence(fields.raw("not_applicable"), fields.at("not_applicable"), problems)
    below = Inherited(source, missing, not_applicable, inherited.depth + 1)
    children = fields.each(
        "children", lambda d, at: _read_child(d, at, problems, below), limit=CHILDREN_LIMIT
    )
    if not children:
        fields.report("no-children", "节点没有下级", "the node has no children", at="children")
    elif sum(child.weight for child in children) != 1:
        total = sum(child.weight for child in children)
        zh, en = f"下级权重之和为{total},应恰为1", f"the children's weights add up to {total}, not to 1"
        fields.report("weights-sum", zh, en, at="children")
    return Node(
        code=fields.code("code"),
        name=read_name(fields),
        source=source,
        weight=_read_weight(fields) if "weight" in required else Decimal(1),
        aggregation=fields.choice("aggregation", Aggregation),
        missing=missing,
        not_applicable=not_applicable,
        children=children,
    )


def _read_leaf(document: object, path: str, problems: list[Problem], inherited: Inherited) -> Leaf:
    required = ("code", *NAME_KEYS, "weight", "measure", "direction", "goalposts")
    fields = Fields(document, path, problems, required=required, optional=SOURCE_KEYS)
    posts = Fields(fields.raw("goalposts"), fields.at("goalposts"), problems, required=("minimum", "maximum"))
    minimum, maximum = posts.decimal("minimum"), posts.decimal("maximum")
    if minimum >= maximum:
        zh, en = "下限须小于上限", "the minimum must be below the maximum"
        posts.report("goalposts-order", zh, en)
    return Leaf(
        code=fields.code("code"),
        name=read_name(fields),
        source=read_source(fields) if fields.has("label") else inherited.source,
        weight=_read_weight(fields),
        measure=read_measure(fields.raw("measure"), fields.at("measure"), problems),
        direction=fields.choice("direction", Direction),
        minimum=minimum,
        maximum=maximum,
    )


def _read_weight(fields: Fields) -> Decimal:
    weight = fields.decimal("weight")
    if not 0 < weight <= 1:
        zh, en = "权重须大于0且不超过1", "a weight is above 0 and at most 1"
        fields.report("weight-range", zh, en, at="weight")
    return weight


def _no_leaf(source: Source) -> Leaf:
    return Leaf("", Name("", ""), source, Decimal(1), Plain("", 0), Direction.BENEFIT, Decimal(0), Decimal(1))
