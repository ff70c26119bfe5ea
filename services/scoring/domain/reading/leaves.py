"""Reading the leaves of a tree: their measure and their steps."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from services.scoring.domain.reading.conditions import read_measure
from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.steps import STEP_KEYS, read_steps
from services.scoring.domain.reading.tree_parts import NAME_KEYS, Inherited, read_name, read_weights
from services.scoring.domain.scheme.measures import Category, Measure, Plain
from services.scoring.domain.scheme.names import Name
from services.scoring.domain.scheme.steps import LeafSteps, Normalise, NormaliseMethod
from services.scoring.domain.scheme.tree import Direction, Leaf
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, Source, read_source


def read_leaf(
    document: object, path: str, problems: list[Item], inherited: Inherited, *, weighed: str
) -> Leaf:
    """A leaf: its own steps over the scheme's `defaults`."""
    keys: tuple[str, ...] = (
        "measure",
        "indicator",
        "category",
        "direction",
        *NAME_KEYS,
        *STEP_KEYS,
        *OPTIONAL_SOURCE_KEYS,
    )
    required = ("code", "weight") if weighed == "required" else ("code",)
    keys += ("weight",) if weighed == "allowed" else ()
    fields = Fields(document, path, problems, required=required, optional=keys)
    direction = inherited.direction
    if fields.has("direction") or direction is None:
        if not fields.has("direction"):
            fields.report("missing-key", "缺少键: direction", "key direction is missing")
        direction = fields.choice("direction", Direction)
    weight, of_group = read_weights(fields)
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


def no_leaf(source: Source) -> Leaf:
    return Leaf("", Name("", ""), source, Decimal(1), Plain("", 0), Direction.BENEFIT, Decimal(0), Decimal(1))
