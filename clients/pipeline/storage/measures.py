"""What is measured of all cycles at one moment, in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.states import BEHIND, CycleState, GateState
from clients.pipeline.storage.tables import attempt, cycle, effect, gate, notice, stage
from shared.data.rows import columns_of, read_all


@dataclass(frozen=True, slots=True)
class StageMeasure:
    programme: str
    assessment_year: int
    stage: str
    state: str
    age_seconds: int
    is_overdue: bool
    failures: int


@dataclass(frozen=True, slots=True)
class CycleMeasure:
    """``tick_age_seconds``: since the last tick; null where there was none."""

    programme: str
    assessment_year: int
    state: str
    tick_age_seconds: int | None
    gates_open: int
    gates_overdue: int
    notices_waiting: int


@dataclass(frozen=True, slots=True)
class EffectMeasure:
    """``status``: of the answer; ``none`` where there is none yet."""

    service: str
    status: str
    effects: int


@dataclass(frozen=True, slots=True)
class AttemptMeasure:
    phase: str
    attempts: int


def _age(column: sa.ColumnElement[object]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp() - column), sa.Integer)


async def measure_stages(session: AsyncSession, *, today: date) -> list[StageMeasure]:
    """Of cycles under way, the stages that are not behind."""
    overdue = sa.func.coalesce(stage.c.due_on < today, sa.false())
    statement = (
        sa.select(
            cycle.c.programme, cycle.c.assessment_year, stage.c.code.label("stage"), stage.c.state,
            _age(stage.c.changed_at).label("age_seconds"), overdue.label("is_overdue"), stage.c.failures,
        )
        .join_from(stage, cycle)
        .where(cycle.c.state != CycleState.CLOSED, stage.c.state.not_in(sorted(BEHIND)))
        .order_by(cycle.c.programme, cycle.c.assessment_year, stage.c.ordinal)
    )  # fmt: skip
    return await read_all(session, StageMeasure, statement)


async def measure_cycles(session: AsyncSession, *, today: date) -> list[CycleMeasure]:
    is_open = sa.and_(gate.c.cycle_id == cycle.c.id, gate.c.state == GateState.OPEN)
    open_gates = sa.select(sa.func.count()).where(is_open).scalar_subquery()
    overdue = sa.select(sa.func.count()).where(is_open, gate.c.due_on < today).scalar_subquery()
    waiting = (
        sa.select(sa.func.count())
        .where(notice.c.cycle_id == cycle.c.id, notice.c.sent_at.is_(None))
        .scalar_subquery()
    )
    statement = sa.select(
        cycle.c.programme, cycle.c.assessment_year, cycle.c.state, _age(cycle.c.ticked_at).label("tick_age_seconds"),
        open_gates.label("gates_open"), overdue.label("gates_overdue"), waiting.label("notices_waiting"),
    ).order_by(cycle.c.programme, cycle.c.assessment_year)  # fmt: skip
    return await read_all(session, CycleMeasure, statement)


async def measure_effects(session: AsyncSession) -> Sequence[EffectMeasure]:
    status = sa.func.coalesce(sa.cast(effect.c.status, sa.Text), "none").label("status")
    statement = sa.select(effect.c.service, status, sa.func.count().label("effects")).group_by(
        effect.c.service, status
    )
    return await read_all(session, EffectMeasure, statement.order_by(effect.c.service, status))


async def measure_attempts(session: AsyncSession) -> Sequence[AttemptMeasure]:
    statement = sa.select(*columns_of(AttemptMeasure, attempt), sa.func.count().label("attempts"))
    return await read_all(
        session, AttemptMeasure, statement.group_by(attempt.c.phase).order_by(attempt.c.phase)
    )
