"""Appropriations and rounds with their steps and allocation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.result import Allocation
from services.funding.domain.rounds.states import Action, State, Taken
from services.funding.storage.tables.rounds import allocation, appropriation, award, round_, round_step
from shared.data.business_clock import utc_now
from shared.web.principals import Principal, person_of

#: The states in which a round's awards are known to everybody.
ISSUED = (State.ISSUED.value, State.PASSED_DOWN.value, State.CLOSED.value)


async def add_appropriation(session: AsyncSession, values: Mapping[str, Any]) -> None:
    await session.execute(insert(appropriation).values(**values, recorded_at=utc_now()))


async def find_appropriation(session: AsyncSession, code: str) -> Any | None:
    return (await session.execute(sa.select(appropriation).where(appropriation.c.code == code))).one_or_none()


async def budget_divisions(session: AsyncSession, codes: Collection[str]) -> Mapping[str, str]:
    """Whose budget each line belongs to."""
    rows = await session.execute(
        sa.select(appropriation.c.code, appropriation.c.division_code).where(appropriation.c.code.in_(codes))
    )
    return {row.code: row.division_code for row in rows}


async def list_appropriations(
    session: AsyncSession, *, division_code: str, fiscal_year: int | None, after: str | None, limit: int
) -> Sequence[Any]:
    statement = (
        sa.select(appropriation)
        .where(appropriation.c.division_code == division_code)
        .order_by(appropriation.c.code)
        .limit(limit)
    )
    if fiscal_year is not None:
        statement = statement.where(appropriation.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(appropriation.c.code > after)
    return (await session.execute(statement)).all()


async def add_round(session: AsyncSession, values: Mapping[str, Any]) -> str | None:
    """Opens a draft and returns its code; null where a live one exists for programme, year and purpose."""
    same = (
        round_.c.programme == values["programme"],
        round_.c.fiscal_year == values["fiscal_year"],
        round_.c.purpose == values["purpose"],
    )
    number = int(await session.scalar(sa.select(sa.func.count()).select_from(round_).where(*same)) or 0) + 1
    code = f"{values['programme']}-{values['fiscal_year']}-{values['purpose']}-{number}"
    added: str | None = await session.scalar(
        insert(round_)
        .values(**values, code=code, number=number, state=State.DRAFT.value, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(round_.c.code)
    )
    return added


async def find_round(session: AsyncSession, code: str, *, lock: bool = False) -> Any | None:
    statement = sa.select(round_).where(round_.c.code == code)
    return (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()


async def list_rounds(
    session: AsyncSession, *, division_code: str, after: str | None, limit: int
) -> Sequence[Any]:
    statement = (
        sa.select(round_).where(round_.c.division_code == division_code).order_by(round_.c.code).limit(limit)
    )
    if after is not None:
        statement = statement.where(round_.c.code > after)
    return (await session.execute(statement)).all()


async def move_round(
    session: AsyncSession, code: str, state: State, *, reserve_transfer: UUID | None = None
) -> None:
    values: dict[str, Any] = {"state": state.value}
    if reserve_transfer is not None:
        values["reserve_transfer"] = reserve_transfer
    await session.execute(sa.update(round_).where(round_.c.code == code).values(**values))


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


async def steps_of(session: AsyncSession, code: str) -> Sequence[Any]:
    return (
        await session.execute(
            sa.select(round_step).where(round_step.c.round == code).order_by(round_step.c.number)
        )
    ).all()


async def taken_steps(session: AsyncSession, code: str) -> list[Taken]:
    return [
        Taken(Action(row.action), person_of(row.subject), row.unit) for row in await steps_of(session, code)
    ]


async def add_allocation(
    session: AsyncSession, code: str, made: Allocation, *, clauses: Mapping[str, str]
) -> None:
    """Keeps an allocation with its steps; ``clauses`` is the rule that each tier follows."""
    await session.execute(
        insert(allocation).values(
            round=code,
            reserve_fen=made.reserve_fen,
            awarded_fen=made.awarded_fen,
            unallocated_fen=made.unallocated_fen,
            disposition=made.disposition.value,
            steps=[asdict(step) for step in made.steps],
            recorded_at=utc_now(),
        )
    )
    rows = [
        {
            "round": code,
            "serial": serial,
            "cluster": entry.candidate.unit,
            "name": entry.candidate.name,
            "county_code": entry.candidate.county_code,
            "county_name": entry.candidate.county_name,
            "division_path": list(entry.candidate.division_path),
            "rank": entry.rank,
            "tier": entry.tier,
            "amount_fen": entry.amount_fen,
            "clause": clauses[entry.tier],
        }
        for serial, entry in enumerate(made.awards, start=1)
    ]
    if rows:
        await session.execute(insert(award), rows)


async def find_allocation(session: AsyncSession, code: str) -> Any | None:
    return (await session.execute(sa.select(allocation).where(allocation.c.round == code))).one_or_none()


async def awards_of(session: AsyncSession, code: str) -> Sequence[Any]:
    return (
        await session.execute(sa.select(award).where(award.c.round == code).order_by(award.c.serial))
    ).all()


async def awards_within(
    session: AsyncSession,
    *,
    division: str,
    own_before_issue: bool,
    fiscal_year: int | None,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[Any]:
    """Awards of a division by the path that each award carries, in the order of round and serial number; those that
    are not issued yet where they are of its own budget, if ``own_before_issue``."""
    statement = (
        sa.select(award, round_.c.state, round_.c.fiscal_year, round_.c.assessment_year)
        .join(round_, round_.c.code == award.c.round)
        .where(sa.literal(division) == sa.any_(award.c.division_path))
        .order_by(award.c.round, award.c.serial)
        .limit(limit)
    )
    known: sa.ColumnElement[bool] = round_.c.state.in_(ISSUED)
    if own_before_issue:
        known = sa.or_(known, round_.c.division_code == division)
    statement = statement.where(known)
    if fiscal_year is not None:
        statement = statement.where(round_.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(sa.tuple_(award.c.round, award.c.serial) > sa.tuple_(*after))
    return (await session.execute(statement)).all()


async def round_of_line(session: AsyncSession, appropriation_code: str) -> Any | None:
    """The live round that spends a line: there is one at most."""
    statement = sa.select(round_).where(
        round_.c.appropriation == appropriation_code, round_.c.state != State.WITHDRAWN.value
    )
    return (await session.execute(statement)).one_or_none()


async def issued_awards_of_line(session: AsyncSession, appropriation_code: str) -> Sequence[Any]:
    """The awards of a line's issued list; none before it is issued."""
    statement = (
        sa.select(award)
        .join(round_, round_.c.code == award.c.round)
        .where(
            round_.c.appropriation == appropriation_code,
            round_.c.state.in_(ISSUED),
        )
        .order_by(award.c.serial)
    )
    return (await session.execute(statement)).all()
