"""Reading the tree of a scheme: inner nodes, leaves, and what happens to values that are not there."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from services.scoring.domain.engine.tree.aggregation import TOGETHER, needs_floor
from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.leaves import no_leaf, read_leaf
from services.scoring.domain.reading.steps import read_normalise, read_transforms
from services.scoring.domain.reading.tree_parts import (
    CHILDREN_LIMIT,
    DEPTH_LIMIT,
    NAME_KEYS,
    OWN_STEPS,
    UNWEIGHED,
    WEIGHED,
    Inherited,
    read_absence,
    read_name,
    read_weights,
)
from services.scoring.domain.scheme.steps import WeightMethod
from services.scoring.domain.scheme.tree import Aggregation, Leaf, Node
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, read_source


def read_root(document: object, path: str, problems: list[Item], *, inherited: Inherited) -> Node:
    return _read_node(document, path, problems, inherited=inherited, root=True)


def _read_child(
    document: object, path: str, problems: list[Item], inherited: Inherited, *, weighed: str
) -> Node | Leaf:
    if inherited.depth > DEPTH_LIMIT:
        zh, en = f"指标树超过{DEPTH_LIMIT}层", f"the tree is more than {DEPTH_LIMIT} levels deep"
        problems.append(Item(path, "too-deep", zh, en))
        return no_leaf(inherited.source)
    if isinstance(document, Mapping) and "children" in document:
        return _read_node(document, path, problems, inherited=inherited, weighed=weighed)
    return read_leaf(document, path, problems, inherited, weighed=weighed)


def _read_node(
    document: object, path: str, problems: list[Item], *, inherited: Inherited, root: bool = False,
    weighed: str = "refused",
) -> Node:  # fmt: skip
    required = ("code", "aggregation", "children", *(("weight",) if weighed == "required" else ()))
    optional = (
        *OPTIONAL_SOURCE_KEYS,
        "missing",
        "not_applicable",
        *NAME_KEYS,
        "weights",
        "weights_by",
        "floor",
        *OWN_STEPS,
        *(("weight",) if weighed == "allowed" else ()),
    )
    fields = Fields(document, path, problems, required=required, optional=optional)
    source = read_source(fields) if fields.has("label") else inherited.source
    missing, not_applicable = inherited.missing, inherited.not_applicable
    if fields.has("missing"):
        missing = read_absence(fields.raw("missing"), fields.at("missing"), problems)
    if fields.has("not_applicable"):
        at = fields.at("not_applicable")
        not_applicable = read_absence(fields.raw("not_applicable"), at, problems)
    below = replace(
        inherited, source=source, missing=missing, not_applicable=not_applicable, depth=inherited.depth + 1
    )
    weighting = fields.choice("weights", WeightMethod) if fields.has("weights") else WeightMethod.GIVEN
    read, parameter = _read_aggregation(fields)
    aggregation = read or Aggregation.ARITHMETIC
    weigh = "refused"
    if weighting in WEIGHED:
        weigh = "allowed" if read is None or aggregation in UNWEIGHED else "required"
    children = fields.each(
        "children", lambda d, at: _read_child(d, at, problems, below, weighed=weigh), limit=CHILDREN_LIMIT
    )
    floor = fields.optional_decimal("floor")
    group = fields.optional_text("weights_by")
    if read is not None:
        _check_node(fields, children, weighting, aggregation, parameter, floor, group)
    weight, of_group = read_weights(fields)
    at = fields.at("normalise")
    return Node(
        code=fields.code("code"),
        name=read_name(fields),
        source=source,
        weight=Decimal(1) if root else weight,
        aggregation=aggregation,
        missing=missing,
        not_applicable=not_applicable,
        children=children,
        weighting=weighting,
        floor=floor,
        parameter=parameter,
        transforms=read_transforms(fields) if fields.has("transform") else (),
        normalise=read_normalise(fields.raw("normalise"), at, problems) if fields.has("normalise") else None,
        weight_group=group,
        weights_of_group=of_group,
        turned=aggregation is Aggregation.VIKOR and not root,
    )


def _read_aggregation(fields: Fields) -> tuple[Aggregation | None, Decimal]:
    """A word, or `{method: power, exponent}` and `{method: vikor, v}`."""
    held = fields.raw("aggregation")
    if not isinstance(held, Mapping):
        method = fields.choice("aggregation", Aggregation)
        if not isinstance(held, str) or held not in set(Aggregation):
            return None, Decimal(1)  # said once; nothing that follows from another method is said besides
        if method is Aggregation.POWER:
            fields.report("missing-key", "缺少键: exponent", "key exponent is missing", at="aggregation")
        return method, Decimal("0.5") if method is Aggregation.VIKOR else Decimal(1)
    at = fields.at("aggregation")
    inner = Fields(held, at, fields.problems, required=("method",), optional=("exponent", "v"))
    method = inner.choice("method", Aggregation)
    needed = {Aggregation.POWER: "exponent", Aggregation.VIKOR: "v"}.get(method)
    for key in ("exponent", "v"):
        if inner.has(key) != (key == needed):
            zh, en = f"{key}与方法不符", f"{key} belongs to its method, and the method to it"
            inner.report("key-with-method", zh, en, at=key)
    value = inner.decimal(needed) if needed is not None and inner.has(needed) else Decimal(1)
    if method is Aggregation.VIKOR and not 0 <= value <= 1:
        inner.report("share-range", "应在0与1之间", "must be between 0 and 1", at="v")
    return method, value


def _check_node(
    fields: Fields,
    children: tuple[Node | Leaf, ...],
    weighting: WeightMethod,
    aggregation: Aggregation,
    parameter: Decimal,
    floor: Decimal | None,
    group: str | None,
) -> None:
    if not children:
        fields.report("no-children", "节点没有下级", "the node has no children", at="children")
        return
    if aggregation is Aggregation.RATIO and len(children) != 2:
        zh, en = "ratio 须恰有两个下级", "a ratio has exactly two children: what is divided, and by what"
        fields.report("ratio-of-two", zh, en, at="children")
    if any((child.weights_of_group is None) != (group is None) for child in children):
        zh, en = "按组给权重须写 weights_by", "weights by group and weights_by go together"
        fields.report("weights-by-group", zh, en, at="children")
        return
    if group is not None and (aggregation in TOGETHER or weighting not in WEIGHED):
        zh, en = "此节点不能按组给权重", "a node like this cannot have weights by group"
        fields.report("weights-by-group", zh, en, at="weights_by")
    if weighting is WeightMethod.GIVEN and aggregation not in UNWEIGHED:
        for name, total in _weight_sums(children):
            zh, en = (
                f"{name}下级权重之和为{total},应恰为1",
                f"the children's weights {name}add up to {total}, not to 1",
            )
            if total != 1:
                fields.report("weights-sum", zh, en, at="children")
    if needs_floor(aggregation, parameter) and (floor is None or floor <= 0):
        zh, en = f"{aggregation}平均须有正的 floor", f"a {aggregation} mean needs a positive floor"
        fields.report("floor-missing", zh, en, at="floor")


def _weight_sums(children: tuple[Node | Leaf, ...]) -> list[tuple[str, Decimal]]:
    """The sum of the weights; where they are given by group, for every group that any child names."""
    names = sorted({name for child in children for name in child.weights_of_group or ()})
    if not names:
        return [("", sum((child.weight for child in children), Decimal(0)))]
    return [
        (
            f"({name}) ",
            sum(((child.weights_of_group or {}).get(name, Decimal(0)) for child in children), Decimal(0)),
        )
        for name in names
    ]
