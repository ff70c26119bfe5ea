"""Simulations of a round, kept as they were answered; and what earlier lists awarded."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.trials.simulation import Simulation
from services.funding.domain.trials.variants import PastAward
from services.funding.storage.tables.rounds import award, award_list, round_, simulation
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all

_SIMULATION: TypeAdapter[Simulation] = TypeAdapter(Simulation)


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    round: str
    number: int
    note: str | None
    simulated_by: str
    simulated_on: date
    recorded_at: datetime


async def next_simulation(session: AsyncSession, round_code: str) -> int:
    last = await session.scalar(
        sa.select(sa.func.max(simulation.c.number)).where(simulation.c.round == round_code)
    )
    return int(last or 0) + 1


async def add_simulation(session: AsyncSession, made: Simulation) -> None:
    await session.execute(
        insert(simulation).values(
            round=made.round,
            number=made.number,
            note=made.note,
            result=_SIMULATION.dump_python(made, mode="json"),
            simulated_by=made.simulated_by,
            simulated_on=made.simulated_on,
            recorded_at=utc_now(),
        )
    )


async def find_simulation(session: AsyncSession, round_code: str, number: int) -> Simulation | None:
    result = await session.scalar(
        sa.select(simulation.c.result).where(simulation.c.round == round_code, simulation.c.number == number)
    )
    return None if result is None else _SIMULATION.validate_python(result)


async def list_simulations(
    session: AsyncSession, round_code: str, *, after: int | None, limit: int
) -> list[SimulationSummary]:
    statement = (
        sa.select(*columns_of(SimulationSummary, simulation))
        .where(simulation.c.round == round_code, simulation.c.number > (after or 0))
        .order_by(simulation.c.number)
        .limit(limit)
    )
    return await read_all(session, SimulationSummary, statement)


async def past_awards(
    session: AsyncSession,
    *,
    division_code: str,
    programme: str,
    purpose: str,
    fiscal_year: int,
    before: datetime,
) -> list[PastAward]:
    """By cluster, what lists of a fiscal year awarded that were issued before a moment: it never changes again."""
    statement = (
        sa.select(
            award.c.cluster,
            sa.func.max(award.c.name).label("name"),
            sa.func.max(award.c.county_code).label("county_code"),
            sa.func.max(award.c.county_name).label("county_name"),
            sa.cast(sa.func.sum(award.c.amount_fen), sa.BigInteger).label("amount_fen"),
        )
        .join(round_, round_.c.code == award.c.round)
        .join(award_list, award_list.c.round == award.c.round)
        .where(
            round_.c.division_code == division_code,
            round_.c.programme == programme,
            round_.c.purpose == purpose,
            round_.c.fiscal_year == fiscal_year,
            award_list.c.recorded_at < before,
        )
        .group_by(award.c.cluster)
        .order_by(award.c.cluster)
    )
    return [PastAward(*row) for row in await session.execute(statement)]
