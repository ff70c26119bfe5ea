"""From the sum of the tree to the published score: vetoes, penalties and bonuses in order, range, rounding.

Each step is a contribution of its own, so that all of them add up to the score, digit for digit.
"""

from collections.abc import Iterator
from decimal import Context, Decimal

from services.scoring.domain.engine.exact import EXACT
from services.scoring.domain.engine.results import Contribution
from services.scoring.domain.engine.working import MODES, WORK, to_quantum, working
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.conditions import Known, holds
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.scheme import Adjustment, AdjustmentKind, Scheme
from services.scoring.domain.scheme.ties import Rounding

RANGE = "range"
ROUNDING = "rounding"


def adjustments_of(scheme: Scheme, base: Decimal, known: Known) -> Iterator[Contribution]:
    """What changes the sum of the tree, in the order of the scheme. A veto is final: nothing lifts the
    score after it.
    """
    score = base
    for adjustment in scheme.adjustments:
        if not holds(adjustment.when, known):
            continue
        points = _points(adjustment, known, scheme.quantum_digits)
        amount = {
            AdjustmentKind.VETO: EXACT.subtract(adjustment.points, score),
            AdjustmentKind.PENALTY: points.copy_negate(),
            AdjustmentKind.BONUS: points,
            AdjustmentKind.CAP: min(EXACT.subtract(adjustment.points, score), Decimal(0)),
        }[adjustment.kind]
        score = EXACT.add(score, amount)
        yield Contribution(adjustment.code, amount)
        if adjustment.kind is AdjustmentKind.VETO:
            break
    if scheme.range_ is None:
        return
    clamped = min(max(score, scheme.range_[0]), scheme.range_[1])
    if clamped != score:
        yield Contribution(RANGE, EXACT.subtract(clamped, score))


def _points(adjustment: Adjustment, known: Known, digits: int) -> Decimal:
    """Fixed points, or so many for each unit of a measure up to the adjustment's points."""
    if adjustment.measured is None:
        return adjustment.points
    cell = known.measure(adjustment.measured.measure)
    if isinstance(cell, Absent):
        return min(adjustment.measured.if_missing, adjustment.points)
    if cell < 0:
        zh, en = "计分的指标不可为负", "a measure that gives points must not be negative"
        raise StepNotPossible.at(adjustment.code, "points-negative", zh, en)
    found = WORK.multiply(working(cell), adjustment.measured.per)
    return min(to_quantum(found, digits), adjustment.points)


def rounded(score: Decimal, rounding: Rounding) -> Decimal:
    """Rounded as the scheme says; nothing is less than nothing: minus zero is zero."""
    found = score.quantize(
        Decimal(1).scaleb(-rounding.digits), context=Context(prec=50, rounding=MODES[rounding.mode])
    )
    return found if found else abs(found)
