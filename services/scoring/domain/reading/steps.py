"""Reading the steps of a leaf: denominate, impute, outliers, transform, normalise."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.scheme.steps import (
    Denominator,
    Impute,
    ImputeMethod,
    LeafSteps,
    LookupStep,
    Normalise,
    NormaliseMethod,
    OutlierMethod,
    Outliers,
    RoundingMode,
    Transform,
    TransformMethod,
)
from shared.errors import Item

STEPS_LIMIT = 100
STEP_KEYS = ("denominate", "impute", "outliers", "transform", "normalise")
GROUP_METHODS = (ImputeMethod.GROUP_MEAN, ImputeMethod.GROUP_MEDIAN)
RANGE_KEYS = ("from", "to")
LIMIT_KEYS = ("lowest", "highest")  # of every method
NORMALISE_KEYS: Mapping[NormaliseMethod, tuple[tuple[str, ...], tuple[str, ...]]] = {
    NormaliseMethod.NONE: ((), ()),
    NormaliseMethod.GOALPOSTS: (("minimum", "maximum"), (*RANGE_KEYS, "clamp", "posts")),
    NormaliseMethod.MIN_MAX: ((), (*RANGE_KEYS, "clamp")),
    NormaliseMethod.Z_SCORE: ((), ("mean", "deviation", "population")),
    NormaliseMethod.NORMAL_SCORE: ((), (*RANGE_KEYS, "population")),
    NormaliseMethod.RANK: ((), ()),
    NormaliseMethod.PERCENTILE_RANK: ((), RANGE_KEYS),
    NormaliseMethod.BORDA: ((), ()),
    NormaliseMethod.DISTANCE_TO_MAX: ((), RANGE_KEYS),
    NormaliseMethod.FRACTION_OF_MAX: ((), RANGE_KEYS),
    NormaliseMethod.FRACTION_OF_MEAN: ((), RANGE_KEYS),
    NormaliseMethod.DISTANCE_TO_REFERENCE: (("reference",), (*RANGE_KEYS, "clamp")),
    NormaliseMethod.RATIO_TO_REFERENCE: (("reference",), RANGE_KEYS),
    NormaliseMethod.SCALED: (("minimum", "maximum"), (*RANGE_KEYS, "posts")),
    NormaliseMethod.EFFICACY: (("unsatisfactory", "satisfactory"), ("base", "span", "clamp", "posts")),
    NormaliseMethod.VECTOR: ((), ()),
    NormaliseMethod.SHARE: ((), ()),
    NormaliseMethod.LOOKUP: (("steps",), ()),
}


class Posts(StrEnum):
    """Whether goalposts are figures as they come in, or as they are after the transforms."""

    TRANSFORMED = "transformed"
    RAW = "raw"


def read_steps(fields: Fields, defaults: LeafSteps) -> LeafSteps:
    """The steps of one leaf, or of the scheme's `defaults`; what is not named is inherited."""
    steps, problems = defaults, fields.problems
    if fields.has("denominate"):
        below = Fields(
            fields.raw("denominate"), fields.at("denominate"), problems, required=("by",), optional=("per",)
        )
        per = below.decimal("per") if below.has("per") else Decimal(1)
        if per <= 0:
            below.report("per-positive", "须大于0", "must be above 0", at="per")
        steps = replace(steps, denominator=Denominator(below.text("by"), per))
    if fields.has("impute"):
        steps = replace(steps, impute=_read_impute(fields.raw("impute"), fields.at("impute"), problems))
    if fields.has("outliers"):
        steps = replace(
            steps, outliers=_read_outliers(fields.raw("outliers"), fields.at("outliers"), problems)
        )
    if fields.has("transform"):
        steps = replace(steps, transforms=read_transforms(fields))
    if fields.has("normalise"):
        steps = replace(
            steps, normalise=read_normalise(fields.raw("normalise"), fields.at("normalise"), problems)
        )
    return steps


def read_transforms(fields: Fields) -> tuple[Transform, ...]:
    """A list of transforms, or a single one by itself."""
    if isinstance(fields.raw("transform"), Mapping):
        return (_read_transform(fields.raw("transform"), fields.at("transform"), fields.problems),)
    return fields.each("transform", lambda d, at: _read_transform(d, at, fields.problems), limit=10)


def _read_impute(document: object, path: str, problems: list[Item]) -> Impute:
    fields = Fields(
        document, path, problems, required=("method",), optional=("group", "value", "maximum_share")
    )
    method = fields.choice("method", ImputeMethod)
    if (method in GROUP_METHODS) != fields.has("group"):
        zh, en = "仅按组填补时须给出 group", "group is given for group methods and only for them"
        fields.report("group-with-method", zh, en, at="group")
    if (method is ImputeMethod.FLOOR) != fields.has("value"):
        zh, en = "仅 floor 须给出 value", "value is given for the method floor and only for it"
        fields.report("value-with-method", zh, en, at="value")
    share = fields.optional_decimal("maximum_share")
    if share is not None and not 0 <= share <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="maximum_share")
    return Impute(
        method,
        fields.text("group") if fields.has("group") else None,
        fields.optional_decimal("value"),
        Decimal(1) if share is None else share,
    )


def _read_outliers(document: object, path: str, problems: list[Item]) -> Outliers:
    keys = ("skewness", "kurtosis", "maximum_points", "lower", "upper")
    fields = Fields(document, path, problems, required=("method",), optional=keys)
    method = fields.choice("method", OutlierMethod)
    allowed = {
        OutlierMethod.NONE: (),
        OutlierMethod.WINSORISE: keys[:3],
        OutlierMethod.PERCENTILE: keys[3:],
        OutlierMethod.CLIP: keys[3:],
    }[method]
    for key in keys:
        if fields.has(key) and key not in allowed:
            fields.report("key-with-method", f"{method}不用{key}", f"{method} does not use {key}", at=key)
    lower, upper = fields.optional_decimal("lower"), fields.optional_decimal("upper")
    if allowed == keys[3:] and lower is None and upper is None:
        fields.report("no-bound", "须给出 lower 或 upper", "lower or upper is expected")
    if lower is not None and upper is not None and lower >= upper:
        fields.report("bounds-order", "lower 须小于 upper", "lower must be below upper")
    for key, bound in (("lower", lower), ("upper", upper)):
        if method is OutlierMethod.PERCENTILE and bound is not None and not 0 <= bound <= 1:
            fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at=key)
    return Outliers(
        method,
        fields.decimal("skewness") if fields.has("skewness") else Decimal(2),
        fields.decimal("kurtosis") if fields.has("kurtosis") else Decimal("3.5"),
        fields.integer("maximum_points", minimum=0, maximum=100_000) if fields.has("maximum_points") else 5,
        lower,
        upper,
    )


def _read_transform(document: object, path: str, problems: list[Item]) -> Transform:
    keys = ("offset", "scale", "exponent", "base", "digits", "mode")
    fields = Fields(document, path, problems, required=("method",), optional=keys)
    method = fields.choice("method", TransformMethod)
    needed, allowed = {
        TransformMethod.LOG: ((), ("offset", "scale", "base")),
        TransformMethod.EXP: ((), ("offset", "scale", "base")),
        TransformMethod.POWER: (("exponent",), ("offset", "scale", "exponent")),
        TransformMethod.LINEAR: ((), ("offset", "scale")),
        TransformMethod.ROUND: (("digits", "mode"), ("digits", "mode")),
    }[method]
    for key in keys:
        if fields.has(key) and key not in allowed:
            fields.report("key-with-method", f"{method}不用{key}", f"{method} does not use {key}", at=key)
        if key in needed and not fields.has(key):
            fields.report("missing-key", f"缺少键: {key}", f"key {key} is missing")
    base = fields.optional_decimal("base")
    if base is not None and (base <= 0 or base == 1):
        fields.report("base-range", "底须为正且不为1", "a base is positive and not 1", at="base")
    scale = fields.optional_decimal("scale")
    if scale == 0:
        fields.report("scale-zero", "不可为0", "must not be 0", at="scale")
    return Transform(
        method,
        fields.optional_decimal("offset") or Decimal(0),
        Decimal(1) if scale is None else scale,
        fields.decimal("exponent") if fields.has("exponent") else Decimal(1),
        base,
        fields.integer("digits", minimum=-15, maximum=15) if fields.has("digits") else 0,
        fields.choice("mode", RoundingMode) if fields.has("mode") else RoundingMode.HALF_UP,
    )


def read_normalise(document: object, path: str, problems: list[Item]) -> Normalise:
    keys = sorted({key for needed, allowed in NORMALISE_KEYS.values() for key in (*needed, *allowed)})
    fields = Fields(document, path, problems, required=("method",), optional=(*keys, *LIMIT_KEYS))
    method = fields.choice("method", NormaliseMethod)
    needed, allowed = NORMALISE_KEYS[method]
    for key in keys:
        if fields.has(key) and key not in (*needed, *allowed):
            fields.report("key-with-method", f"{method}不用{key}", f"{method} does not use {key}", at=key)
        if key in needed and not fields.has(key):
            fields.report("missing-key", f"缺少键: {key}", f"key {key} is missing")
    efficacy = method is NormaliseMethod.EFFICACY
    posts = ("unsatisfactory", "satisfactory") if efficacy else ("minimum", "maximum")

    def number(key: str, otherwise: int) -> Decimal:
        return fields.decimal(key) if fields.has(key) else Decimal(otherwise)

    rule = Normalise(
        method,
        low=number("from", 0),
        high=number("to", 1),
        minimum=fields.optional_decimal(posts[0]),
        maximum=fields.optional_decimal(posts[1]),
        clamp=fields.flag("clamp") if fields.has("clamp") else True,
        mean=number("mean", 0),
        deviation=number("deviation", 1),
        reference=fields.optional_decimal("reference"),
        base=number("base", 60),
        span=number("span", 40),
        steps=fields.each("steps", lambda d, at: _read_lookup(d, at, problems), limit=STEPS_LIMIT)
        if fields.has("steps")
        else (),
        raw_posts=fields.has("posts") and fields.choice("posts", Posts) is Posts.RAW,
        population=fields.has("population") and fields.flag("population"),
        lowest=fields.optional_decimal("lowest"),
        highest=fields.optional_decimal("highest"),
    )
    _check_normalise(fields, rule)
    return rule


def _check_normalise(fields: Fields, rule: Normalise) -> None:
    if rule.minimum is not None and rule.maximum is not None and rule.minimum >= rule.maximum:
        fields.report("goalposts-order", "下限须小于上限", "the minimum must be below the maximum")
    if rule.low >= rule.high:
        fields.report("range-order", "from 须小于 to", "from must be below to")
    if rule.lowest is not None and rule.highest is not None and rule.lowest >= rule.highest:
        fields.report("range-order", "lowest 须小于 highest", "lowest must be below highest")
    if rule.deviation <= 0:
        fields.report("deviation-positive", "须大于0", "must be above 0", at="deviation")
    if (
        rule.reference is not None
        and rule.reference <= 0
        and rule.method is NormaliseMethod.RATIO_TO_REFERENCE
    ):
        fields.report("reference-positive", "参照值须大于0", "the reference must be above 0", at="reference")
    bounds = [step.at_least for step in rule.steps]
    if bounds != sorted(set(bounds), reverse=True):
        zh, en = "各档下限须从高到低且不重复", "steps go from the highest bound down, each once"
        fields.report("steps-order", zh, en, at="steps")


def _read_lookup(document: object, path: str, problems: list[Item]) -> LookupStep:
    fields = Fields(document, path, problems, required=("at_least", "value"))
    return LookupStep(fields.decimal("at_least"), fields.decimal("value"))
