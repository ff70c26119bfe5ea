"""What another version of a scheme would change: the units whose score, rank or grade moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.domain.comparing.standings import Standing


@dataclass(frozen=True, slots=True)
class UnitMove:
    unit: str
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    grade_before: str | None
    grade_after: str | None


def moves_between(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> tuple[UnitMove, ...]:
    """Units whose rank or grade differs, or who are scored by one version only; by code."""
    nobody = Standing(None, None, None)
    moves = []
    for unit in sorted(before.keys() | after.keys()):
        was, now = before.get(unit, nobody), after.get(unit, nobody)
        if (was.rank, was.grade) != (now.rank, now.grade):
            moves.append(UnitMove(unit, was.score, now.score, was.rank, now.rank, was.grade, now.grade))
    return tuple(moves)
