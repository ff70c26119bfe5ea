"""Simulations of a round, kept as they were answered; and what earlier lists awarded."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.trials.simulation import Simulation
from services.funding.domain.trials.variants import PastAward
from services.funding.storage.orders.openings import not_reversed
from services.funding.storage.tables.orders import opened_award
from services.funding.storage.tables.rounds import appropriation, award, award_list, round_, simulation
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
    """By cluster, what was awarded of a fiscal year by lists that were issued before a moment, and before the system by
    openings as they were known then: it never changes again."""
    names = ("cluster", "name", "county_code", "county_name", "amount_fen")
    issued = (
        sa.select(*(award.c[name] for name in names))
        .join(round_, round_.c.code == award.c.round)
        .join(award_list, award_list.c.round == award.c.round)
        .where(
            round_.c.division_code == division_code,
            round_.c.programme == programme,
            round_.c.purpose == purpose,
            round_.c.fiscal_year == fiscal_year,
            award_list.c.recorded_at < before,
        )
    )
    opened = (
        sa.select(*(opened_award.c[name] for name in names))
        .join(appropriation, appropriation.c.code == opened_award.c.appropriation)
        .where(
            appropriation.c.division_code == division_code,
            appropriation.c.programme == programme,
            opened_award.c.purpose == purpose,
            appropriation.c.fiscal_year == fiscal_year,
            opened_award.c.recorded_at < before,
            not_reversed(opened_award.c.fund_order, before=before),
        )
    )
    awarded = sa.union_all(issued, opened).subquery()
    statement = (
        sa.select(
            awarded.c.cluster,
            *(sa.func.max(awarded.c[name]).label(name) for name in names[1:4]),
            sa.cast(sa.func.sum(awarded.c.amount_fen), sa.BigInteger).label("amount_fen"),
        )
        .group_by(awarded.c.cluster)
        .order_by(awarded.c.cluster)
    )
    return await read_all(session, PastAward, statement)
