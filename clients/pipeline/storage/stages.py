"""The stages of a cycle, as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.states import StageState
from clients.pipeline.storage.tables import stage
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all
from shared.documents.canonical import Json


@dataclass(frozen=True, slots=True)
class StageRow:
    """``turn`` counts how often it was begun; ``proposers`` are persons whose own work the proposal holds."""

    code: str
    ordinal: int
    state: StageState
    turn: int
    plan_version: str
    begins_on: date | None
    due_on: date | None
    due_basis: str | None
    is_provisional: bool
    proposal: Any
    proposal_sha256: str | None
    proposers: Sequence[str]
    result: Any
    reasons: Any
    problem: Any
    failures: int
    try_at: datetime | None
    done_on: date | None
    changed_at: datetime


_COLUMNS = columns_of(StageRow, stage)


async def add_stages(session: AsyncSession, cycle_id: UUID, plan: Plan) -> None:
    await session.execute(
        sa.insert(stage),
        [_new(cycle_id, plan, code, ordinal) for ordinal, code in enumerate(plan.by_code)],
    )


def _new(cycle_id: UUID, plan: Plan, code: str, ordinal: int) -> dict[str, object]:
    return {
        "cycle_id": cycle_id, "code": code, "ordinal": ordinal, "state": StageState.WAITING, "turn": 1,
        "plan_version": plan.version, "is_provisional": False, "proposers": [], "reasons": [], "failures": 0,
        "changed_at": utc_now(),
    }  # fmt: skip


async def list_stages(session: AsyncSession, cycle_id: UUID) -> list[StageRow]:
    statement = sa.select(*_COLUMNS).where(stage.c.cycle_id == cycle_id).order_by(stage.c.ordinal)
    return await read_all(session, StageRow, statement)


async def change_stage(session: AsyncSession, cycle_id: UUID, code: str, **values: object) -> None:
    await session.execute(
        sa.update(stage)
        .where(stage.c.cycle_id == cycle_id, stage.c.code == code)
        .values(**values, changed_at=utc_now())
    )


async def keep_problem(
    session: AsyncSession, cycle_id: UUID, row: StageRow, problem: Mapping[str, Json]
) -> None:
    """What a service said against a command of this turn."""
    await session.execute(
        sa.update(stage)
        .where(stage.c.cycle_id == cycle_id, stage.c.code == row.code, stage.c.turn == row.turn)
        .values(problem=problem)
    )


class StageMoved(Exception):
    """Somebody sent the stage back or waived it meanwhile: what was about to be done to it is not done."""


async def check_unmoved(session: AsyncSession, cycle_id: UUID, row: StageRow) -> None:
    """With the cycle locked: the stage is still where it was read."""
    now = await session.execute(
        sa.select(stage.c.state, stage.c.turn).where(stage.c.cycle_id == cycle_id, stage.c.code == row.code)
    )
    if now.one_or_none() != (row.state, row.turn):
        raise StageMoved


async def begin_again(
    session: AsyncSession, cycle_id: UUID, codes: Sequence[str], *, plan_version: str
) -> None:
    """These stages are done anew by the plan in force, each in its next turn; their effects stand."""
    await session.execute(
        sa.update(stage)
        .where(stage.c.cycle_id == cycle_id, stage.c.code.in_(codes))
        .values(
            state=StageState.WAITING, turn=stage.c.turn + 1, proposal=sa.null(), proposal_sha256=None, proposers=[],
            result=sa.null(), reasons=[], problem=sa.null(), failures=0, try_at=None, done_on=None, begins_on=None,
            due_on=None, due_basis=None, is_provisional=False, plan_version=plan_version, changed_at=utc_now(),
        )
    )  # fmt: skip


async def follow_plan(session: AsyncSession, cycle_id: UUID, plan: Plan, *, keeping: frozenset[str]) -> None:
    """The stages of a new plan: those that have begun stay as they are, all others are as the new plan says."""
    await session.execute(
        sa.delete(stage).where(stage.c.cycle_id == cycle_id, stage.c.code.not_in(sorted(keeping)))
    )
    for ordinal, code in enumerate(plan.by_code):
        if code in keeping:
            await session.execute(
                sa.update(stage)
                .where(stage.c.cycle_id == cycle_id, stage.c.code == code)
                .values(ordinal=ordinal)
            )
        else:
            await session.execute(sa.insert(stage).values(_new(cycle_id, plan, code, ordinal)))
