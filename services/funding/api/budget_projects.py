"""Routes of county budget projects: what counties plan to spend of their quota."""

from fastapi import APIRouter

from services.funding.api.dependencies import CountyFinance, PathCode, PaymentReader
from services.funding.api.models.payments import BudgetProjectOut
from services.funding.use_cases.payments.change_budget_project import (
    BudgetProjectChange,
    BudgetProjectClosure,
    BudgetProjectSplit,
    change_budget_project,
    close_budget_project,
    split_budget_project,
)
from services.funding.use_cases.payments.register_budget_project import (
    BudgetProjectIn,
    register_budget_project,
)
from services.funding.use_cases.payments.show_budget_projects import show_budget_project, show_budget_projects
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["budget-projects"])


@router.post(
    "/budget-projects", status_code=201, summary="登记预算项目 · Put quota into a county budget project"
)
async def post_budget_project(
    session: Session, principal: CountyFinance, command: KeyedCommand, order: BudgetProjectIn, today: Today
) -> BudgetProjectOut:
    return await command.once(
        session,
        BudgetProjectOut,
        lambda: register_budget_project(session, principal, order, today=today),
    )


@router.get("/budget-projects", summary="预算项目列表 · Budget projects; a county sees its own")
async def get_budget_projects(
    session: Session,
    principal: PaymentReader,
    page: Paging,
    answer: AnswerPage,
) -> Page[BudgetProjectOut]:
    return answer.of(BudgetProjectOut, await show_budget_projects(session, principal, page))


@router.get(
    "/budget-projects/{code}", summary="预算项目 · A budget project of the own county, with its changes"
)
async def get_budget_project(session: Session, principal: CountyFinance, code: PathCode) -> BudgetProjectOut:
    return BudgetProjectOut.model_validate(await show_budget_project(session, principal, code))


@router.post(
    "/budget-projects/{code}/changes", status_code=201, summary="调整预算项目 · Change a budget project"
)
async def post_budget_project_change(
    session: Session,
    principal: CountyFinance,
    command: KeyedCommand,
    code: PathCode,
    change: BudgetProjectChange,
    today: Today,
) -> BudgetProjectOut:
    """Never below what is paid, nor beyond the quota. What was planned before stays visible."""
    return await command.once(
        session,
        BudgetProjectOut,
        lambda: change_budget_project(session, principal, code, change, today=today),
    )


@router.post(
    "/budget-projects/{code}/split", status_code=201, summary="拆分预算项目 · Split a budget project"
)
async def post_budget_project_split(
    session: Session,
    principal: CountyFinance,
    command: KeyedCommand,
    code: PathCode,
    split: BudgetProjectSplit,
    today: Today,
) -> BudgetProjectOut:
    """New projects take over what is not paid yet; answers the project that was split."""
    return await command.once(
        session, BudgetProjectOut, lambda: split_budget_project(session, principal, code, split, today=today)
    )


@router.post(
    "/budget-projects/{code}/closure", status_code=201, summary="关闭预算项目 · Close a budget project"
)
async def post_budget_project_closure(
    session: Session,
    principal: CountyFinance,
    command: KeyedCommand,
    code: PathCode,
    closure: BudgetProjectClosure,
    today: Today,
) -> BudgetProjectOut:
    """It plans what it paid; the rest of the quota is free for other projects."""
    return await command.once(
        session,
        BudgetProjectOut,
        lambda: close_budget_project(session, principal, code, closure, today=today),
    )
