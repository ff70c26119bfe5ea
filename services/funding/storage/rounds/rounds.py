"""Rounds and the steps that people took."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Purpose
from services.funding.domain.rounds.round import Round, RoundBasis, RoundStep
from services.funding.domain.rounds.second_reward import EarlierReward
from services.funding.domain.rounds.states import Action, State, Taken
from services.funding.storage.orders.openings import not_reversed
from services.funding.storage.tables.ledger import account
from services.funding.storage.tables.orders import opened_award
from services.funding.storage.tables.rounds import appropriation, round_, round_step
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.web.principals import Principal, person_of

_ROUND = sa.select(*columns_of(Round, round_))


_LOCK_SPACE = 0x2E3A2D  # rounds on the results of one programme and year are opened one after another


async def lock_results(session: AsyncSession, programme: str, assessment_year: int) -> None:
    """Nobody else opens a round on these results until this transaction ends."""
    key = sa.func.hashtext(f"{programme}:{assessment_year}")
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_SPACE, key)))


async def earlier_rewards(
    session: AsyncSession,
    *,
    division_code: str,
    programme: str,
    assessment_year: int,
    purpose: str,
    before: datetime | None,
) -> list[EarlierReward]:
    """Rounds of a budget that reward the results of the same year for the same purpose, and awards of before the system
    that openings entered; before one, or all."""
    statement = (
        sa.select(
            round_.c.code.label("round"),
            round_.c.fiscal_year,
            round_.c.state,
            round_.c.pool_fen,
        )
        .where(
            round_.c.division_code == division_code,
            round_.c.programme == programme,
            round_.c.state != State.WITHDRAWN.value,
            round_.c.assessment_year == assessment_year,
            sa.func.lower(round_.c.purpose) == purpose.lower(),
        )
        .order_by(round_.c.recorded_at, round_.c.code)
    )
    if before is not None:
        statement = statement.where(round_.c.recorded_at < before)
    opened = await read_all(
        session,
        EarlierReward,
        _opened_rewards(division_code, programme, assessment_year, purpose, before=before),
    )
    rounds = await read_all(session, EarlierReward, statement)
    return [*opened, *(replace(found, state=State(str(found.state))) for found in rounds)]


def _opened_rewards(
    division_code: str, programme: str, assessment_year: int, purpose: str, *, before: datetime | None
) -> sa.Select[Any]:
    statement = (
        sa.select(
            sa.null().label("round"),
            appropriation.c.fiscal_year,
            sa.null().label("state"),
            sa.cast(sa.func.sum(opened_award.c.amount_fen), sa.BigInteger).label("pool_fen"),
            opened_award.c.fund_order.label("opening"),
        )
        .join(appropriation, appropriation.c.code == opened_award.c.appropriation)
        .where(
            appropriation.c.division_code == division_code,
            appropriation.c.programme == programme,
            opened_award.c.assessment_year == assessment_year,
            sa.func.lower(opened_award.c.purpose) == purpose.lower(),
            not_reversed(opened_award.c.fund_order, before=before),
        )
        .group_by(opened_award.c.fund_order, appropriation.c.fiscal_year)
        .order_by(opened_award.c.fund_order)
    )
    return statement if before is None else statement.where(opened_award.c.recorded_at < before)


async def add_round(session: AsyncSession, new: RoundBasis) -> str | None:
    """Opens a draft and returns its code; null where a live one exists for programme, year and purpose."""
    same = (
        round_.c.programme == new.programme,
        round_.c.fiscal_year == new.fiscal_year,
        round_.c.purpose == new.purpose,
    )
    number = int(await session.scalar(sa.select(sa.func.count()).select_from(round_).where(*same)) or 0) + 1
    code = f"{new.programme}-{new.fiscal_year}-{new.purpose}-{number}"
    added: str | None = await session.scalar(
        insert(round_)
        .values(**asdict(new), code=code, number=number, state=State.DRAFT.value, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(round_.c.code)
    )
    return added


async def find_round(session: AsyncSession, code: str, *, lock: bool = False) -> Round | None:
    statement = _ROUND.where(round_.c.code == code)
    return await read_one(session, Round, statement.with_for_update() if lock else statement)


async def kept_round(session: AsyncSession, code: str) -> Round:
    """A round that is known to exist, as it stands now."""
    found = await find_round(session, code)
    if found is None:  # pragma: no cover - a round is never deleted
        raise RuntimeError(f"the round {code} is missing")
    return found


async def list_rounds(
    session: AsyncSession, *, division_code: str, after: str | None, limit: int
) -> list[Round]:
    statement = _ROUND.where(round_.c.division_code == division_code).order_by(round_.c.code).limit(limit)
    if after is not None:
        statement = statement.where(round_.c.code > after)
    return await read_all(session, Round, statement)


async def rounds_of_lines(session: AsyncSession, lines: Collection[str]) -> Mapping[str, Round]:
    """The live round that spends each line: there is one at most."""
    statement = _ROUND.where(round_.c.appropriation.in_(lines), round_.c.state != State.WITHDRAWN.value)
    return {found.appropriation: found for found in await read_all(session, Round, statement)}


async def pass_down_rounds(
    session: AsyncSession, lines: Collection[str], *, actor: Principal, on: date
) -> Sequence[str]:
    """Moves the issued rounds whose awards are all passed down; returns their codes."""
    left = (
        sa.select(sa.func.coalesce(sa.func.sum(account.c.balance), 0))
        .where(account.c.appropriation == round_.c.appropriation, account.c.purpose == Purpose.AWARDED.value)
        .scalar_subquery()
    )
    moved = await session.scalars(
        sa.update(round_)
        .where(round_.c.appropriation.in_(lines), round_.c.state == State.ISSUED.value, left == 0)
        .values(state=State.PASSED_DOWN.value)
        .returning(round_.c.code)
    )
    codes = sorted(moved)
    if codes:
        last = (
            sa.select(sa.func.coalesce(sa.func.max(round_step.c.number), 0) + 1)
            .where(round_step.c.round == round_.c.code)
            .scalar_subquery()
        )
        step = sa.select(
            round_.c.code,
            last,
            sa.literal(Action.PASS_DOWN.value),
            sa.literal(actor.actor),
            sa.literal(actor.unit),
            sa.null(),
            sa.literal(on),
            sa.literal(utc_now()),
        ).where(round_.c.code.in_(codes))
        names = ["round", "number", "action", "subject", "unit", "note", "business_date", "recorded_at"]
        await session.execute(insert(round_step).from_select(names, step))
    return codes


async def move_round(
    session: AsyncSession, code: str, state: State, *, reserve_transfer: UUID | None = None
) -> None:
    statement = sa.update(round_).where(round_.c.code == code).values(state=state.value)
    if reserve_transfer is not None:
        statement = statement.values(reserve_transfer=reserve_transfer)
    await session.execute(statement)


async def add_step(
    session: AsyncSession, code: str, action: Action, *, actor: Principal, note: str | None, on: date
) -> None:
    last = await session.scalar(sa.select(sa.func.max(round_step.c.number)).where(round_step.c.round == code))
    await session.execute(
        insert(round_step).values(
            round=code,
            number=int(last or 0) + 1,
            action=action.value,
            subject=actor.actor,
            unit=actor.unit,
            note=note,
            business_date=on,
            recorded_at=utc_now(),
        )
    )


async def steps_of(session: AsyncSession, code: str) -> list[RoundStep]:
    statement = sa.select(*columns_of(RoundStep, round_step)).where(round_step.c.round == code)
    return await read_all(session, RoundStep, statement.order_by(round_step.c.number))


async def taken_steps(session: AsyncSession, code: str) -> list[Taken]:
    return [Taken(step.action, person_of(step.subject), step.unit) for step in await steps_of(session, code)]
