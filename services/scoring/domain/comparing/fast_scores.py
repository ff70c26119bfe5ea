"""Scores and ranks of many units at once, digit for digit those of the official engine, without a trace.

For a tree that folds, over fixed goalposts and complete columns. Everything is a whole number: a column in units
of its last decimal, a normalised value in quanta, a weight in 10^-15. Floats only *guess*: a whole number below
2^50 is the one nearest to its float, and a quotient is corrected by its remainder, which taken modulo 2^64 is
exact. Products of quanta and weights are summed in halves of eight digits, so no sum leaves 64 bits. Numbers too
large for that take the way over `decimal` columns.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from itertools import repeat
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.engine.exact import EXACT, PRECISION
from services.scoring.domain.engine.working import MODES
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import Direction, Leaf, leaves_of
from services.scoring.domain.scheme.weights import WEIGHT_DIGITS, effective_weights

CUT = Context(prec=PRECISION, rounding=ROUND_DOWN)
HALF_UP = Context(prec=PRECISION, rounding=ROUND_HALF_UP)
WIDE = Context(prec=60, traps=[Inexact])
HALF = 10**8
EXACT_FLOAT = (
    2.0**50
)  # a decimal below this, in units of its last digit, is the whole number nearest to its float
Whole: TypeAlias = NDArray[np.int64]


def fast_scores(scheme: Scheme, columns: Mapping[str, Sequence[Decimal]]) -> list[Decimal]:
    """Unrounded scores before adjustments, unit by unit. Columns are keyed by leaf code."""
    leaves = leaves_of(scheme.root)
    if not scheme.folds or not all(leaf.fixed for leaf in leaves):
        raise ValueError("the scheme does not fold, or looks at other units")
    weights = effective_weights(scheme.root)
    try:
        quanta = [_quanta(leaf, columns[leaf.code], scheme.quantum_digits) for leaf in leaves]
        return _summed(scheme, np.array(quanta), [weights[leaf.code] for leaf in leaves])
    except (OverflowError, Inexact):
        return _by_decimals(scheme, leaves, columns, weights)


def fast_ranks(scheme: Scheme, scores: Sequence[Decimal]) -> list[int]:
    """Ranks 1, 2, 2, 4 of the scores rounded as the scheme publishes them."""
    quantum = Decimal(1).scaleb(-scheme.rounding.digits)
    context = Context(prec=50, rounding=MODES[scheme.rounding.mode])
    rounded = list(map(context.quantize, scores, repeat(quantum)))
    first: dict[Decimal, int] = {}
    for place, score in enumerate(sorted(rounded, reverse=not scheme.ascending), 1):
        first.setdefault(score, place)
    return [first[score] for score in rounded]


def _quanta(leaf: Leaf, values: Sequence[Decimal], digits: int) -> Whole:
    """The normalised column in quanta: round half up of distance / span * 10^digits."""
    low, high = leaf.minimum, leaf.maximum
    with localcontext(WIDE):
        together = sum(values, low + high)  # a sum has the decimals of its finest summand
        factor = 10 ** max(0, -int(together.as_tuple().exponent))
        first, last = int(low * factor), int(high * factor)
    near = np.fromiter(map(float, values), dtype=np.float64, count=len(values)) * float(factor)
    if factor > 10**22 or max(abs(first), abs(last), float(np.abs(near).max())) >= EXACT_FLOAT:
        raise OverflowError
    column = np.rint(near).astype(np.int64)
    np.clip(column, first, last, out=column)
    column = column - first if leaf.direction is Direction.BENEFIT else last - column
    span, one = np.int64(last - first), np.int64(10**digits)
    guess = np.rint(column * (float(one) / float(span))).astype(np.int64)
    left = column * one - guess * span  # both wrap; their difference is small and therefore right
    return np.asarray(guess + (2 * left + span) // (2 * span))


def _summed(scheme: Scheme, quanta: Whole, weights: Sequence[Decimal]) -> list[Decimal]:
    units_of_weight = [int(weight.scaleb(WEIGHT_DIGITS)) for weight in weights]
    if len(weights) > HALF // 100:
        raise OverflowError
    upper = np.array([weight // HALF for weight in units_of_weight], dtype=np.int64)
    lower = np.array([weight % HALF for weight in units_of_weight], dtype=np.int64)
    high, low = np.divmod(quanta, HALF)
    sums = (upper @ high, upper @ low + lower @ high, lower @ low)
    exponent = -WEIGHT_DIGITS - scheme.quantum_digits
    scale = int(scheme.scale)
    return [
        Decimal(((a * HALF + b) * HALF + c) * scale).scaleb(exponent, EXACT)
        for a, b, c in zip(*(part.tolist() for part in sums), strict=True)
    ]


def _by_decimals(
    scheme: Scheme,
    leaves: Sequence[Leaf],
    columns: Mapping[str, Sequence[Decimal]],
    weights: Mapping[str, Decimal],
) -> list[Decimal]:
    """The division is cut off, not rounded, at 34 digits before the value is rounded half up to the quantum."""
    quantum = Decimal(1).scaleb(-scheme.quantum_digits)
    total: Sequence[Decimal] = [Decimal(0)] * len(columns[leaves[0].code])
    for leaf in leaves:
        weight = EXACT.multiply(weights[leaf.code], scheme.scale).normalize(EXACT)
        low, high = leaf.minimum, leaf.maximum
        inside = map(min, map(max, columns[leaf.code], repeat(low)), repeat(high))
        distance = (
            map(CUT.subtract, inside, repeat(low))
            if leaf.direction is Direction.BENEFIT
            else map(CUT.subtract, repeat(high), inside)
        )
        values = map(HALF_UP.quantize, map(CUT.divide, distance, repeat(high - low)), repeat(quantum))
        total = list(map(EXACT.fma, values, repeat(weight), total))
    return list(total)
