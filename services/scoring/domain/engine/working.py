"""Arithmetic of the steps that cannot be exact: 50 digits, so that 15 decimals of a result are certain.

Sums are taken in ascending order of their summands, so the order of units or columns changes no digit. `ln`,
`exp` and `sqrt` of this context are correctly rounded; x^p is exp(p ln x).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.steps import RoundingMode

WORK = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
MODES = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.HALF_DOWN: ROUND_HALF_DOWN,
    RoundingMode.DOWN: ROUND_DOWN,
    RoundingMode.UP: ROUND_UP,
    RoundingMode.FLOOR: ROUND_FLOOR,
    RoundingMode.CEILING: ROUND_CEILING,
}


def working(value: Fraction) -> Decimal:
    return WORK.divide(Decimal(value.numerator), Decimal(value.denominator))


def to_quantum(value: Decimal, digits: int, mode: RoundingMode = RoundingMode.HALF_UP) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), context=Context(prec=60, rounding=MODES[mode])) + 0


LARGEST = Decimal(10) ** 15
BEYOND_NORMAL = 13  # less than 10^-37 of a normal distribution lies beyond
SMALLEST = Decimal("1e-48")
ROOT_OF_TWO_PI = WORK.sqrt(Decimal("6.2831853071795864769252867665590057683943387987502116"))


@contextmanager
def computing(code: str) -> Iterator[None]:
    """Whatever cannot be computed on these figures is refused with the leaf or node where it happened."""
    try:
        yield
    except (DecimalException, OverflowError) as error:
        zh, en = "数值过大,无法计算", "a number is too large to be computed with"
        raise StepNotPossible.at(code, "too-large", zh, en) from error


def kept(code: str, value: Decimal, digits: int) -> Decimal:
    """A value of the tree: rounded to its quantum, below 10^15 so that every sum stays exact."""
    if abs(value) >= LARGEST:
        zh, en = f"{value:.6g}超过10^15,请先换算", f"{value:.6g} is above 10^15: rescale it first"
        raise StepNotPossible.at(code, "too-large", zh, en)
    return to_quantum(value, digits)


def total(values: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for value in sorted(values):
        result = WORK.add(result, value)
    return result


def mean(values: Sequence[Decimal]) -> Decimal:
    return WORK.divide(total(values), Decimal(len(values)))


def median(values: Sequence[Decimal]) -> Decimal:
    return quantile(values, Decimal("0.5"))


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """Linear between neighbours (type 7 of Hyndman and Fan 1996, the usual one)."""
    ordered = sorted(values)
    place = WORK.multiply(share, Decimal(len(ordered) - 1))
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    step = WORK.multiply(place - below, WORK.subtract(ordered[above], ordered[below]))
    return WORK.add(ordered[below], step)


def deviation(values: Sequence[Decimal], *, population: bool = False) -> Decimal:
    """Standard deviation of a sample (divided by n - 1) or of a population (by n)."""
    centre = mean(values)
    squares = total(WORK.power(WORK.subtract(value, centre), 2) for value in values)
    return WORK.sqrt(WORK.divide(squares, Decimal(len(values) - (not population))))


def shape(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Sample skewness G1 and excess kurtosis G2 (Joanes and Gill 1998, type 2), as COINr takes them."""
    n = Decimal(len(values))
    centre = mean(values)
    moments = [
        WORK.divide(total(WORK.power(WORK.subtract(value, centre), power) for value in values), n)
        for power in (2, 3, 4)
    ]
    skewness = WORK.divide(moments[1], WORK.multiply(moments[0], WORK.sqrt(moments[0])))
    skewness = WORK.divide(WORK.multiply(skewness, WORK.sqrt(n * (n - 1))), n - 2)
    excess = WORK.subtract(WORK.divide(moments[2], WORK.multiply(moments[0], moments[0])), Decimal(3))
    kurtosis = WORK.divide((n - 1) * WORK.add(WORK.multiply(n + 1, excess), Decimal(6)), (n - 2) * (n - 3))
    return skewness, kurtosis


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """base^exponent for a base above zero; whole exponents also for others."""
    if exponent == 0:
        return Decimal(1)
    if exponent == exponent.to_integral_value() and abs(exponent) <= 100:
        return WORK.power(base, exponent)
    if base == 0 and exponent > 0:
        return Decimal(0)
    return WORK.exp(WORK.multiply(exponent, WORK.ln(base)))


def correlation(left: Sequence[Decimal], right: Sequence[Decimal]) -> Decimal:
    a, b = mean(left), mean(right)
    pairs = list(zip(left, right, strict=True))
    cross = total(WORK.multiply(WORK.subtract(x, a), WORK.subtract(y, b)) for x, y in pairs)
    spread_left = total(WORK.power(WORK.subtract(x, a), 2) for x in left)
    spread_right = total(WORK.power(WORK.subtract(y, b), 2) for y in right)
    return WORK.divide(cross, WORK.sqrt(WORK.multiply(spread_left, spread_right)))


def normal_share(z: Decimal) -> Decimal:
    """The standard normal distribution function: 1/2 + phi(z) (z + z^3/3 + z^5/15 + ...), Marsaglia 2004."""
    size = abs(z)
    if size > BEYOND_NORMAL:
        return Decimal(int(z > 0))
    square = WORK.multiply(size, size)
    term = summed = size
    divisor = 1
    while term > SMALLEST:
        divisor += 2
        term = WORK.divide(WORK.multiply(term, square), Decimal(divisor))
        summed = WORK.add(summed, term)
    density = WORK.divide(WORK.exp(WORK.divide(square, Decimal(-2))), ROOT_OF_TWO_PI)
    above = WORK.add(Decimal("0.5"), WORK.multiply(density, summed))
    return above if z >= 0 else WORK.subtract(Decimal(1), above)
