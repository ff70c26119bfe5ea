"""What may happen to one indicator before the tree: denominate, impute, treat, transform, normalise.

The definitions follow the OECD/JRC Handbook on composite indicators (2008) and COINr; `docs/schemes.md` gives
each formula with an example.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ImputeMethod(StrEnum):
    NONE = "none"
    ZERO = "zero"
    FLOOR = "floor"
    MEAN = "mean"
    MEDIAN = "median"
    GROUP_MEAN = "group_mean"
    GROUP_MEDIAN = "group_median"
    LAST_YEAR = "last_year"


FITTED_IMPUTATIONS = frozenset(
    {ImputeMethod.MEAN, ImputeMethod.MEDIAN, ImputeMethod.GROUP_MEAN, ImputeMethod.GROUP_MEDIAN}
)


class OutlierMethod(StrEnum):
    NONE = "none"
    WINSORISE = "winsorise"
    PERCENTILE = "percentile"
    CLIP = "clip"


class TransformMethod(StrEnum):
    LOG = "log"
    EXP = "exp"
    POWER = "power"
    LINEAR = "linear"
    ROUND = "round"


class NormaliseMethod(StrEnum):
    NONE = "none"
    GOALPOSTS = "goalposts"
    MIN_MAX = "min_max"
    Z_SCORE = "z_score"
    NORMAL_SCORE = "normal_score"
    RANK = "rank"
    PERCENTILE_RANK = "percentile_rank"
    BORDA = "borda"
    DISTANCE_TO_MAX = "distance_to_max"
    FRACTION_OF_MAX = "fraction_of_max"
    FRACTION_OF_MEAN = "fraction_of_mean"
    DISTANCE_TO_REFERENCE = "distance_to_reference"
    RATIO_TO_REFERENCE = "ratio_to_reference"
    SCALED = "scaled"
    EFFICACY = "efficacy"
    VECTOR = "vector"
    SHARE = "share"
    LOOKUP = "lookup"


class WeightMethod(StrEnum):
    """`given` weights add up to 1; `relative` ones are divided by their sum; the others are computed."""

    GIVEN = "given"
    RELATIVE = "relative"
    EQUAL = "equal"
    ENTROPY = "entropy"
    CRITIC = "critic"
    STANDARD_DEVIATION = "standard_deviation"
    PCA = "pca"


COMPUTED = frozenset(
    {WeightMethod.ENTROPY, WeightMethod.CRITIC, WeightMethod.STANDARD_DEVIATION, WeightMethod.PCA}
)


class RoundingMode(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    HALF_DOWN = "half_down"
    DOWN = "down"
    UP = "up"
    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Denominator:
    """The measure over another indicator of the same year, times `per` (1000: per thousand)."""

    indicator: str
    per: Decimal


@dataclass(frozen=True, slots=True)
class Impute:
    """What stands for a missing value. More than `maximum_share` of the units imputed stops the run."""

    method: ImputeMethod = ImputeMethod.NONE
    group: str | None = None
    value: Decimal | None = None
    maximum_share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Outliers:
    """`winsorise` moves at most `maximum_points` to their neighbour while both limits are exceeded."""

    method: OutlierMethod = OutlierMethod.NONE
    skewness: Decimal = Decimal(2)
    kurtosis: Decimal = Decimal("3.5")
    maximum_points: int = 5
    lower: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Transform:
    """`log`: scale * ln(x + offset) / ln(base); `exp`: scale * base^(x + offset);
    `power`: scale * (x + offset)^exponent; `linear`, `round`.
    """

    method: TransformMethod
    offset: Decimal = Decimal(0)
    scale: Decimal = Decimal(1)
    exponent: Decimal = Decimal(1)
    base: Decimal | None = None
    digits: int = 0
    mode: RoundingMode = RoundingMode.HALF_UP


@dataclass(frozen=True, slots=True)
class LookupStep:
    at_least: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Normalise:
    """`raw_posts`: the posts are figures before the transforms, and go through them too. `population`: a
    deviation divided by n, not n - 1. Whatever the method gives is kept between `lowest` and `highest`.
    """

    method: NormaliseMethod
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(1)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    clamp: bool = True
    mean: Decimal = Decimal(0)
    deviation: Decimal = Decimal(1)
    reference: Decimal | None = None
    base: Decimal = Decimal(60)
    span: Decimal = Decimal(40)
    steps: tuple[LookupStep, ...] = ()
    raw_posts: bool = False
    population: bool = False
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LeafSteps:
    denominator: Denominator | None = None
    impute: Impute = Impute()
    outliers: Outliers = Outliers()
    transforms: tuple[Transform, ...] = ()
    normalise: Normalise = Normalise(NormaliseMethod.GOALPOSTS)


def largest_of(rule: Normalise) -> Decimal | None:
    """The largest size of a normalised value by the rule alone; None where only the data bound it."""
    methods = NormaliseMethod
    if rule.lowest is not None and rule.highest is not None:
        return max(abs(rule.lowest), abs(rule.highest))
    between = max(abs(rule.low), abs(rule.high))
    if rule.method in (methods.GOALPOSTS, methods.MIN_MAX, methods.DISTANCE_TO_MAX):
        return between if rule.clamp else None
    if rule.method in (methods.PERCENTILE_RANK, methods.NORMAL_SCORE):
        return between
    if rule.method is methods.EFFICACY:
        return abs(rule.base) + abs(rule.span) if rule.clamp else None
    if rule.method is methods.LOOKUP:
        return max((abs(step.value) for step in rule.steps), default=Decimal(0))
    return None


NEEDED: Mapping[NormaliseMethod, tuple[str, ...]] = {
    NormaliseMethod.MIN_MAX: ("minimum", "maximum"),
    NormaliseMethod.DISTANCE_TO_MAX: ("minimum", "maximum"),
    NormaliseMethod.Z_SCORE: ("mean", "deviation"),
    NormaliseMethod.NORMAL_SCORE: ("mean", "deviation"),
    NormaliseMethod.FRACTION_OF_MAX: ("maximum",),
    NormaliseMethod.FRACTION_OF_MEAN: ("mean",),
    NormaliseMethod.DISTANCE_TO_REFERENCE: ("minimum",),
    NormaliseMethod.VECTOR: ("norm",),
    NormaliseMethod.SHARE: ("total",),
}
