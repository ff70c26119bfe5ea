"""What another version of a scheme would change: the units whose score, rank or grade moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.scoring_run import Run


@dataclass(frozen=True, slots=True)
class UnitMove:
    unit: str
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    grade_before: str | None
    grade_after: str | None


def moves_between(before: Sequence[Run], after: Sequence[Run]) -> tuple[UnitMove, ...]:
    """Units whose rank or grade differs, or who are scored by one version only; by code."""
    old, new = _standings(before), _standings(after)
    nobody: tuple[None, None, None] = (None, None, None)
    moves = []
    for unit in sorted(old.keys() | new.keys()):
        was, now = old.get(unit, nobody), new.get(unit, nobody)
        if was[1:] != now[1:]:
            moves.append(UnitMove(unit, was[0], now[0], was[1], now[1], was[2], now[2]))
    return tuple(moves)


def _standings(runs: Sequence[Run]) -> dict[str, tuple[Decimal | None, int | None, str | None]]:
    found = {}
    for run in runs:
        ranks = {placed.scored.unit: placed.rank for placed in run.placed}
        for unit in run.scored:
            found[unit.unit] = (unit.score, ranks.get(unit.unit), run.grades.get(unit.unit))
    return found
