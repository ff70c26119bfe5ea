"""Routes of simulations: rules and budgets side by side, nothing held."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.funding.api.dependencies import BudgetReader, Proposer, RoundCode, UpstreamDep
from services.funding.api.models.simulations import ComparisonOut, SimulationOut, SimulationShortOut
from services.funding.use_cases.simulations.show_simulations import (
    show_comparison,
    show_simulation,
    show_simulations,
)
from services.funding.use_cases.simulations.simulate_round import SimulationOrder, simulate_round
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/rounds/{code}", tags=["simulations"])

SimulationNumber = Annotated[int, Path(ge=1, le=1_000_000)]


@router.post("/simulations", status_code=201, summary="模拟测算 · Try rules and budgets side by side")
async def post_simulation(
    database: DatabaseDep,
    clock: ClockDep,
    upstream: UpstreamDep,
    principal: Proposer,
    command: KeyedCommand,
    code: RoundCode,
    order: SimulationOrder,
) -> SimulationOut:
    """Any number before the allocation; nothing is held. Drafts of rules may be tried before they are published."""
    return await simulate_round(
        database, clock, upstream, principal, command, code, order, answer=SimulationOut
    )


@router.get("/simulations", summary="模拟测算列表 · Simulations of a round")
async def get_simulations(
    session: Session,
    principal: BudgetReader,
    page: Paging,
    answer: AnswerPage,
    code: RoundCode,
) -> Page[SimulationShortOut]:
    return answer.of(SimulationShortOut, await show_simulations(session, principal, code, page))


@router.get("/simulations/{number}", summary="模拟测算结果 · A simulation as it was answered")
async def get_simulation(
    session: Session, principal: BudgetReader, code: RoundCode, number: SimulationNumber
) -> SimulationOut:
    return SimulationOut.model_validate(await show_simulation(session, principal, code, number))


@router.get(
    "/comparison", summary="与上年比较 · The round's amounts beside last year's, by cluster and county"
)
async def get_comparison(session: Session, principal: BudgetReader, code: RoundCode) -> ComparisonOut:
    return ComparisonOut.model_validate(await show_comparison(session, principal, code))
