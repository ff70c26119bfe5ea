"""Simulations to read as they were answered, and a round's allocation beside last year's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.second_reward import EarlierReward
from services.funding.domain.rounds.states import State
from services.funding.domain.trials.simulation import Simulation
from services.funding.domain.trials.variants import Row, compare_counties, rows_beside_last_year
from services.funding.storage.rounds.allocations import awards_of
from services.funding.storage.rounds.simulations import SimulationSummary, find_simulation, list_simulations
from services.funding.use_cases.cursors import cursor_int32
from services.funding.use_cases.evidence.round_evidence import candidates_for, past_of
from services.funding.use_cases.rounds.earlier_rounds import earlier_than
from services.funding.use_cases.rounds.find_round import own_round
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Comparison:
    """A round's allocation beside the fiscal year before; one amount for each row."""

    round: str
    state: State
    fiscal_year: int
    last_year: int
    clusters: Sequence[Row]
    counties: Sequence[Row]
    second_reward_ground: str | None
    earlier_rewards: Sequence[EarlierReward]


async def show_simulations(
    session: AsyncSession, principal: Principal, code: str, page: PageRequest
) -> Listed[SimulationSummary]:
    await own_round(session, principal, code)
    found = await list_simulations(session, code, after=cursor_int32(page.after), limit=page.limit + 1)
    return Listed.cut(found, page, lambda made: [made.number])


async def show_simulation(session: AsyncSession, principal: Principal, code: str, number: int) -> Simulation:
    await own_round(session, principal, code)
    found = await find_simulation(session, code, number)
    if found is None:
        raise NotFound("模拟测算", "simulation")
    return found


async def show_comparison(session: AsyncSession, principal: Principal, code: str) -> Comparison:
    """What each cluster and county gets by this round, and what last year's issued lists gave them."""
    round_ = await own_round(session, principal, code)
    past = await past_of(session, round_)
    awards = {award.cluster: award.amount_fen for award in await awards_of(session, code)}
    rows = rows_beside_last_year(await candidates_for(session, round_, past), awards, past)
    return Comparison(
        round=code,
        state=round_.state,
        fiscal_year=round_.fiscal_year,
        last_year=round_.fiscal_year - 1,
        clusters=rows,
        counties=compare_counties(rows),
        second_reward_ground=round_.second_reward_ground,
        earlier_rewards=await earlier_than(session, round_),
    )
