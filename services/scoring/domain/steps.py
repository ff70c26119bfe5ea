"""What may happen to one indicator before the tree: denominate, impute, treat, transform, normalise.

The definitions follow the OECD/JRC Handbook on composite indicators (2008) and COINr; `docs/schemes.md` gives
each formula with an example.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whose values minima, means and weights are taken from; `frozen` holds them once they are fixed.

    Keyed by the code of a leaf or node, then by the name of the parameter; with peer groups first by the group.
    """

    name: str = "all"
    group: str | None = None
    members: tuple[str, ...] = ()
    frozen: Mapping[str, Mapping[str, Decimal]] | None = field(default=None)
    frozen_by_group: Mapping[str, Mapping[str, Mapping[str, Decimal]]] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class DataRules:
    """How a table is read: which column names the unit, which are groups, and what stands for no value."""

    unit: str = "unit"
    year: str | None = None
    data_year: int = 0
    groups: tuple[str, ...] = ()
    denominators: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("", "NA")
    not_applicable: tuple[str, ...] = ("not_applicable",)


@dataclass(frozen=True, slots=True)
class Blend:
    """Final score: data weight times the score of the tree plus the rest times the experts' score."""

    data_weight: Decimal
    indicator: str
    data_only_if_missing: bool


@dataclass(frozen=True, slots=True)
class SubGrade:
    """A node graded by itself: the first band from the top whose minimum is reached."""

    code: str
    node: str
    bands: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class GradeLookup:
    """A final grade looked up from sub-grades: the first row that matches all of them."""

    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[tuple[str, ...] | None, ...], str], ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """`stated`: whether the scheme has the section, or the documented defaults hold."""

    draws: int = 10_000
    seed: int = 1
    top: int = 10
    weights: str = "uniform"
    spread: Decimal = Decimal("0.25")
    concentration: Decimal = Decimal(100)
    normalisations: tuple[Normalise, ...] = ()
    aggregations: tuple[str, ...] = ()
    leave_one_out: bool = False
    sobol_samples: int = 0
    stable: Decimal = Decimal("0.95")
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A policy officer's own example: given these values, expect this score."""

    name: str
    values: Mapping[str, str | None]
    facts: Mapping[str, str]
    groups: Mapping[str, str]
    score: Decimal
    nodes: Mapping[str, Decimal]


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
