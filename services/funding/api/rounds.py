"""Routes of rounds: open, allocate, propose, review, issue, withdraw."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.funding.api.dependencies import (
    BudgetReader,
    FinanceMaker,
    FinanceReviewer,
    LevelsDep,
    Officer,
    Proposer,
    RoundCode,
    Runner,
    UpstreamDep,
)
from services.funding.api.models.prerequisites import PrerequisitesOut
from services.funding.api.models.rounds import (
    AllocationOut,
    AwardListOut,
    RoundDetailOut,
    RoundList,
    RoundOut,
)
from services.funding.domain.rounds.states import Action
from services.funding.use_cases.rounds.allocate_round import allocate_round
from services.funding.use_cases.rounds.check_round import check_round
from services.funding.use_cases.rounds.close_round import RoundClosing, close_round
from services.funding.use_cases.rounds.issue_award_list import issue_award_list
from services.funding.use_cases.rounds.open_round import RoundOrder, open_round
from services.funding.use_cases.rounds.propose_round import Proposal, propose_round
from services.funding.use_cases.rounds.review_round import Review, review_round
from services.funding.use_cases.rounds.review_rounds import RoundReviews, review_rounds
from services.funding.use_cases.rounds.show_rounds import show_allocation, show_round, show_rounds
from services.funding.use_cases.rounds.withdraw_round import RoundWithdrawal, withdraw_round
from shared.web.dependencies import ClockDep, DatabaseDep, Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/rounds", tags=["rounds"])
reviews = APIRouter(prefix="/round-reviews", tags=["rounds"])

StepName = Literal["allocation", "proposal", "review", "issue", "closing", "withdrawal"]
_STEPS: Mapping[StepName, Action] = {
    "allocation": Action.ALLOCATE,
    "proposal": Action.PROPOSE,
    "review": Action.APPROVE,
    "issue": Action.ISSUE,
    "closing": Action.CLOSE,
    "withdrawal": Action.WITHDRAW,
}


@router.post("", status_code=201, summary="开启分配轮次 · Open a round on final releases")
async def post_round(
    database: DatabaseDep,
    clock: ClockDep,
    upstream: UpstreamDep,
    principal: Runner,
    command: KeyedCommand,
    order: RoundOrder,
) -> RoundOut:
    """One live round for programme, fiscal year and purpose; releases and designations are kept by value. Several
    releases of a year take rules that make one list of them."""
    return await open_round(database, clock, upstream, principal, command, order, answer=RoundOut)


@router.get("", summary="分配轮次列表 · Rounds of the own budget")
async def get_rounds(
    session: Session,
    principal: BudgetReader,
    page: Paging,
    answer: AnswerPage,
) -> Page[RoundOut]:
    return answer.of(RoundOut, await show_rounds(session, principal, page))


@router.get("/{code}", summary="分配轮次 · A round with the steps that people took")
async def get_round(session: Session, principal: BudgetReader, code: RoundCode) -> RoundDetailOut:
    return RoundDetailOut.model_validate(await show_round(session, principal, code))


@router.post("/{code}/allocation", status_code=201, summary="分配并预留资金 · Allocate and reserve the money")
async def post_allocation(
    session: Session, principal: Runner, command: KeyedCommand, code: RoundCode, today: Today
) -> AllocationOut:
    return await command.once(
        session, AllocationOut, lambda: allocate_round(session, principal, code, today=today)
    )


@router.get("/{code}/allocation", summary="分配过程 · Why each got what, step by step")
async def get_allocation(session: Session, principal: BudgetReader, code: RoundCode) -> AllocationOut:
    return AllocationOut.model_validate(await show_allocation(session, principal, code))


@router.post("/{code}/proposal", summary="提出分配方案 · Propose the list")
async def post_proposal(
    session: Session,
    principal: Proposer,
    command: KeyedCommand,
    code: RoundCode,
    proposal: Proposal,
    today: Today,
) -> RoundOut:
    return await command.once(
        session, RoundOut, lambda: propose_round(session, principal, code, proposal, today=today)
    )


@router.post("/{code}/review", summary="审核分配方案 · Review the list: other person, other unit")
async def post_review(
    session: Session,
    principal: FinanceReviewer,
    command: KeyedCommand,
    code: RoundCode,
    review: Review,
    levels: LevelsDep,
    today: Today,
) -> RoundOut:
    return await command.once(
        session, RoundOut, lambda: review_round(session, principal, code, review, levels, today=today)
    )


@router.get("/{code}/prerequisites", summary="前提检查 · Every reason against a step of the round")
async def get_prerequisites(
    session: Session,
    principal: BudgetReader,
    code: RoundCode,
    step: Annotated[StepName, Query()],
    today: Today,
) -> PrerequisitesOut:
    return PrerequisitesOut.model_validate(
        await check_round(session, principal, code, _STEPS[step], today=today)
    )


@router.post("/{code}/closing", summary="办结轮次 · Close a round that is passed down and settled")
async def post_closing(
    session: Session,
    principal: FinanceMaker,
    command: KeyedCommand,
    code: RoundCode,
    closing: RoundClosing,
    today: Today,
) -> RoundOut:
    return await command.once(
        session, RoundOut, lambda: close_round(session, principal, code, closing, today=today)
    )


@router.post("/{code}/issue", status_code=201, summary="下达奖励名单 · Issue the award list")
async def post_issue(
    session: Session, principal: FinanceMaker, command: KeyedCommand, code: RoundCode, today: Today
) -> AwardListOut:
    return await command.once(
        session, AwardListOut, lambda: issue_award_list(session, principal, code, today=today)
    )


@router.post("/{code}/withdrawal", summary="撤回分配轮次 · Withdraw a round; its money is available again")
async def post_withdrawal(
    session: Session,
    principal: Officer,
    command: KeyedCommand,
    code: RoundCode,
    withdrawal: RoundWithdrawal,
    today: Today,
) -> RoundOut:
    return await command.once(
        session,
        RoundOut,
        lambda: withdraw_round(session, principal, code, withdrawal, today=today),
    )


@reviews.post("", summary="批量审核 · Review several lists, all of them or none")
async def post_round_reviews(
    session: Session,
    principal: FinanceReviewer,
    command: KeyedCommand,
    review: RoundReviews,
    levels: LevelsDep,
    today: Today,
) -> RoundList:
    return await command.once(
        session, RoundList, lambda: review_rounds(session, principal, review, levels, today=today)
    )
