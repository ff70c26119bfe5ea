"""Scores, ranks and grades alone, where nobody asks for a trace: what a comparison of two schemes needs.

A plain scheme (fixed goalposts, one weighted sum, no rule after it but range, rounding and bands) on complete data
goes the fast way, to the same digits; any other is run as an assessment is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.scoring.domain.comparing.fast_scores import fast_ranks, fast_scores
from services.scoring.domain.engine.exact import EXACT
from services.scoring.domain.engine.ranking.adjustments import rounded
from services.scoring.domain.engine.ranking.grades import band_of
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.scheme.measures import Absent, Plain, UnitData, measure_of
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.ties import Basis, TieMethod
from services.scoring.domain.scheme.tree import leaves_of

TENS = {10**power: -power for power in range(41)}


@dataclass(frozen=True, slots=True)
class Standing:
    score: Decimal | None
    rank: int | None
    grade: str | None


def standings_of(scheme: Scheme, units: Sequence[UnitData], *, data_year: int) -> Mapping[str, Standing]:
    fast = _fast(scheme, units, data_year=data_year)
    if fast is not None:
        return fast
    return standings_in(run_scheme(scheme, units, data_year=data_year, share_out=False))


def standings_in(runs: Sequence[Run]) -> Mapping[str, Standing]:
    found = {}
    for run in runs:
        ranks = {placed.scored.unit: placed.rank for placed in run.placed}
        for unit in run.scored:
            found[unit.unit] = Standing(unit.score, ranks.get(unit.unit), run.grades.get(unit.unit))
    return found


def _fast(scheme: Scheme, units: Sequence[UnitData], *, data_year: int) -> Mapping[str, Standing] | None:
    """None where the scheme or the data are not plain enough, or equals have to be separated."""
    if not _plain(scheme):
        return None
    columns = _columns(scheme, units, data_year=data_year)
    if columns is None:
        return None
    unrounded = fast_scores(scheme, columns)
    if scheme.range_ is not None:
        low, high = scheme.range_
        unrounded = [min(max(score, low), high) for score in unrounded]
    scores = [rounded(score, scheme.rounding) for score in unrounded]
    if len(set(scores)) < len(scores) and scheme.ties.chain:
        return None
    ranks = fast_ranks(scheme, unrounded)
    grades = [
        None
        if scheme.grades is None
        else band_of(scheme.grades.bands, unit.unit, score if scheme.band_on is Basis.ROUNDED else exact)
        for unit, score, exact in zip(units, scores, unrounded, strict=True)
    ]
    return {
        unit.unit: Standing(score, rank, grade)
        for unit, score, rank, grade in zip(units, scores, ranks, grades, strict=True)
    }


def _plain(scheme: Scheme) -> bool:
    leaves = leaves_of(scheme.root)
    return (
        scheme.folds
        and all(leaf.fixed and isinstance(leaf.measure, Plain) for leaf in leaves)
        and not (scheme.adjustments or scheme.lexicographic or scheme.blend or scheme.peer_group)
        and scheme.rank_on is Basis.ROUNDED
        and scheme.ties.method is TieMethod.MIN
        and (scheme.grades is None or bool(scheme.grades.bands))
    )


def _columns(
    scheme: Scheme, units: Sequence[UnitData], *, data_year: int
) -> Mapping[str, Sequence[Decimal]] | None:
    columns: dict[str, list[Decimal]] = {}
    for leaf in leaves_of(scheme.root):
        column = [_decimal(measure_of(leaf.measure, unit, data_year=data_year)) for unit in units]
        complete = [value for value in column if value is not None]
        if len(complete) < len(column):
            return None
        columns[leaf.code] = complete
    return columns


def _decimal(cell: Fraction | Absent) -> Decimal | None:
    """The number as a decimal of at most 34 digits; None for what is absent or has more."""
    if isinstance(cell, Absent):
        return None
    if cell.denominator in TENS:
        value = Decimal(cell.numerator).scaleb(TENS[cell.denominator])
    else:
        power = next((p for p in range(41) if 10**p % cell.denominator == 0), None)
        if power is None:
            return None
        value = Decimal(cell.numerator * (10**power // cell.denominator)).scaleb(-power)
    return value if len(value.as_tuple().digits) <= EXACT.prec else None
