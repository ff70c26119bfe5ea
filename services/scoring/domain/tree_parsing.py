"""Reading the tree of a scheme: inner nodes, leaves, and what happens to values that are not there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from services.scoring.domain.aggregating import TOGETHER, needs_floor
from services.scoring.domain.condition_parsing import read_measure
from services.scoring.domain.fields import Fields, Problem
from services.scoring.domain.measures import Category, Measure, Plain
from services.scoring.domain.ranking_rules import Label, Name, Source
from services.scoring.domain.scheme import Absence, AbsencePolicy, Aggregation, Direction, Leaf, Node
from services.scoring.domain.step_parsing import STEP_KEYS, read_normalise, read_steps, read_transforms
from services.scoring.domain.steps import LeafSteps, Normalise, NormaliseMethod, WeightMethod

DEPTH_LIMIT = 12
CHILDREN_LIMIT = 10_000
ABSENCE_KEYS = ("floor", "minimum_share", "minimum_number")
WEIGHED = (WeightMethod.GIVEN, WeightMethod.RELATIVE)
UNWEIGHED = frozenset({Aggregation.SUM, Aggregation.MINIMUM})
OWN_STEPS = ("transform", "normalise")
SOURCE_KEYS = ("label", "clause", "basis")
NAME_KEYS = ("zh", "en")
NO_STEPS = LeafSteps()


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a node takes from above where it does not say so itself."""

    source: Source
    missing: Absence
    not_applicable: Absence
    depth: int
    version: int = 1
    defaults: LeafSteps = NO_STEPS
    direction: Direction | None = None


def read_name(fields: Fields) -> Name:
    """Both names; where a scheme of version 2 leaves them out, the code stands for them."""
    if not fields.has("zh") and not fields.has("en") and fields.has("code"):
        return Name(fields.code("code"), fields.code("code"))
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


def read_absence(document: object, path: str, problems: list[Problem], *, version: int = 1) -> Absence:
    fields = Fields(document, path, problems, required=("policy",), optional=ABSENCE_KEYS)
    policy = fields.choice("policy", AbsencePolicy)
    if version == 1 and not fields.has("minimum_share"):
        fields.report("missing-key", "缺少键: minimum_share", "key minimum_share is missing")
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
    if version == 1 and floor is not None and not 0 <= floor <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="floor")
    return Absence(policy, floor, share, number)


def read_root(document: object, path: str, problems: list[Problem], *, inherited: Inherited) -> Node:
    return _read_node(document, path, problems, inherited=inherited, root=True)


def _read_child(
    document: object, path: str, problems: list[Problem], inherited: Inherited, *, weighed: str
) -> Node | Leaf:
    if inherited.depth > DEPTH_LIMIT:
        zh, en = f"指标树超过{DEPTH_LIMIT}层", f"the tree is more than {DEPTH_LIMIT} levels deep"
        problems.append(Problem(path, "too-deep", zh, en))
        return _no_leaf(inherited.source)
    if isinstance(document, Mapping) and "children" in document:
        return _read_node(document, path, problems, inherited=inherited, weighed=weighed)
    if inherited.version == 1:
        return _read_fixed_leaf(document, path, problems, inherited)
    return _read_leaf(document, path, problems, inherited, weighed=weighed)


def _read_node(
    document: object, path: str, problems: list[Problem], *, inherited: Inherited, root: bool = False,
    weighed: str = "refused",
) -> Node:  # fmt: skip
    names, later = (NAME_KEYS, ()) if inherited.version == 1 else ((), (*NAME_KEYS, "weights", "weights_by", "floor", *OWN_STEPS))
    required = ("code", *names, "aggregation", "children", *(("weight",) if weighed == "required" else ()))
    optional = (
        *SOURCE_KEYS,
        "missing",
        "not_applicable",
        *later,
        *(("weight",) if weighed == "allowed" else ()),
    )
    fields = Fields(document, path, problems, required=required, optional=optional)
    source = read_source(fields) if fields.has("label") else inherited.source
    missing, not_applicable = inherited.missing, inherited.not_applicable
    version = inherited.version
    if fields.has("missing"):
        missing = read_absence(fields.raw("missing"), fields.at("missing"), problems, version=version)
    if fields.has("not_applicable"):
        at = fields.at("not_applicable")
        not_applicable = read_absence(fields.raw("not_applicable"), at, problems, version=version)
    below = replace(
        inherited, source=source, missing=missing, not_applicable=not_applicable, depth=inherited.depth + 1
    )
    weighting = fields.choice("weights", WeightMethod) if fields.has("weights") else WeightMethod.GIVEN
    aggregation, parameter = _read_aggregation(fields, version=version)
    weigh = "refused"
    if weighting in WEIGHED:
        weigh = "allowed" if aggregation in UNWEIGHED else "required"
    children = fields.each(
        "children", lambda d, at: _read_child(d, at, problems, below, weighed=weigh), limit=CHILDREN_LIMIT
    )
    floor = fields.optional_decimal("floor")
    group = fields.optional_text("weights_by")
    _check_node(fields, children, weighting, aggregation, parameter, floor, group)
    weight, of_group = _read_weights(fields, relative=version == 2)
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
    )


def _read_aggregation(fields: Fields, *, version: int) -> tuple[Aggregation, Decimal]:
    """A word, or `{method: power, exponent}` and `{method: vikor, v}`."""
    held = fields.raw("aggregation")
    if version == 1 or not isinstance(held, Mapping):
        method = fields.choice("aggregation", Aggregation)
        if version == 1 and method is not Aggregation.ARITHMETIC:
            zh, en = "第1版方案只有 arithmetic", "a scheme of version 1 has arithmetic only"
            fields.report("choice-expected", zh, en, at="aggregation")
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
    if any((child.weights_of_group is None) != (group is None) for child in children):
        zh, en = "按组给权重须写 weights_by", "weights by group and weights_by go together"
        fields.report("weights-by-group", zh, en, at="children")
        return
    if group is not None and (aggregation in TOGETHER or weighting not in WEIGHED):
        zh, en = "此节点不能按组给权重", "a node like this cannot have weights by group"
        fields.report("weights-by-group", zh, en, at="weights_by")
    if weighting is WeightMethod.GIVEN and aggregation not in UNWEIGHED:
        for name, total in _weight_sums(children):
            zh, en = f"{name}下级权重之和为{total},应恰为1", f"the children's weights {name}add up to {total}, not to 1"
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
        (f"({name}) ", sum(((child.weights_of_group or {}).get(name, Decimal(0)) for child in children), Decimal(0)))
        for name in names
    ]


def _read_leaf(
    document: object, path: str, problems: list[Problem], inherited: Inherited, *, weighed: str
) -> Leaf:
    """A leaf of version 2: its own steps over the scheme's `defaults`."""
    keys: tuple[str, ...] = (
        "measure",
        "indicator",
        "category",
        "direction",
        *NAME_KEYS,
        *STEP_KEYS,
        *SOURCE_KEYS,
    )
    required = ("code", "weight") if weighed == "required" else ("code",)
    keys += ("weight",) if weighed == "allowed" else ()
    fields = Fields(document, path, problems, required=required, optional=keys)
    direction = inherited.direction
    if fields.has("direction") or direction is None:
        if not fields.has("direction"):
            fields.report("missing-key", "缺少键: direction", "key direction is missing")
        direction = fields.choice("direction", Direction)
    weight, of_group = _read_weights(fields, relative=True)
    steps = read_steps(fields, inherited.defaults)
    rule = steps.normalise
    plain = steps == LeafSteps(normalise=rule) and rule.method is NormaliseMethod.GOALPOSTS
    plain = plain and rule == Normalise(rule.method, minimum=rule.minimum, maximum=rule.maximum)
    if rule.method is NormaliseMethod.GOALPOSTS and rule.minimum is None:
        fields.report("no-normalisation", "未规定标准化", "neither leaf nor defaults say how to normalise")
    return Leaf(
        code=fields.code("code"),
        name=read_name(fields),
        source=read_source(fields) if fields.has("label") else inherited.source,
        weight=weight,
        measure=_read_measure(fields),
        direction=direction,
        minimum=Decimal(0) if rule.minimum is None else rule.minimum,
        maximum=Decimal(1) if rule.maximum is None else rule.maximum,
        steps=None if plain else steps,
        weights_of_group=of_group,
    )


def _read_measure(fields: Fields) -> Measure:
    """`indicator: NAME` for short, a `measure`, or a `category` with its scale; else the leaf's own code."""
    named = [key for key in ("indicator", "measure", "category") if fields.has(key)]
    if len(named) > 1:
        zh, en = "indicator、measure、category 不可并用", "indicator, measure and category exclude each other"
        fields.report("one-measure", zh, en)
    if named == ["measure"]:
        return read_measure(fields.raw("measure"), fields.at("measure"), fields.problems)
    if named == ["category"]:
        at = fields.at("category")
        inner = Fields(fields.raw("category"), at, fields.problems, required=("column", "scale"))
        scale = inner.raw("scale")
        if not isinstance(scale, Mapping) or not scale or not all(isinstance(word, str) for word in scale):
            inner.report("mapping-expected", "此处应为键值对", "a mapping of words to numbers", at="scale")
            return Plain("", 0)
        numbers = Fields(scale, inner.at("scale"), fields.problems, required=tuple(scale))
        return Category(
            inner.text("column"), tuple((word, Fraction(numbers.decimal(word))) for word in scale)
        )
    return Plain(fields.text("indicator") if named else fields.code("code"), 0)


def _read_fixed_leaf(document: object, path: str, problems: list[Problem], inherited: Inherited) -> Leaf:
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


def _read_weights(fields: Fields, *, relative: bool) -> tuple[Decimal, Mapping[str, Decimal] | None]:
    """One weight, or a mapping of a weight to each group (`weights_by` of the node above)."""
    held = fields.raw("weight")
    if not relative or not isinstance(held, Mapping):
        return _read_weight(fields, relative=relative) if fields.has("weight") else Decimal(1), None
    names = tuple(str(name) for name in held)
    inner = Fields({str(k): v for k, v in held.items()}, fields.at("weight"), fields.problems, required=names)
    weights = {name: inner.decimal(name) for name in names}
    for name, weight in weights.items():
        if weight < 0:
            inner.report("weight-range", "权重不可为负", "a weight is not negative", at=name)
    return Decimal(1), weights


def _read_weight(fields: Fields, *, relative: bool = False) -> Decimal:
    weight = fields.decimal("weight")
    if relative and weight > 1:
        return weight  # the sum of the siblings is checked where it must be 1
    if not 0 < weight <= 1:
        zh, en = "权重须大于0且不超过1", "a weight is above 0 and at most 1"
        fields.report("weight-range", zh, en, at="weight")
    return weight


def _no_leaf(source: Source) -> Leaf:
    return Leaf("", Name("", ""), source, Decimal(1), Plain("", 0), Direction.BENEFIT, Decimal(0), Decimal(1))
