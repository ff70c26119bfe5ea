"""Budget projects and payments for the county that made them, projects also for whom the budget is."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import BudgetProject, Payment
from services.funding.storage.payments.budget_projects import list_budget_projects
from services.funding.storage.payments.payments import find_payments, list_payments
from services.funding.use_cases.cursors import cursor_two_texts
from services.funding.use_cases.readers import WHOLE_BUDGET
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def show_budget_projects(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Listed[BudgetProject]:
    whole = principal.has(*WHOLE_BUDGET)
    found = await list_budget_projects(
        session,
        county=None if whole else principal.division,
        budget=principal.division if whole else None,
        after=cursor_two_texts(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda project: [project.county_code, project.code])


async def show_payments(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Payment]:
    found = await list_payments(
        session, county=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda payment: [payment.bank_serial])


async def show_payment(session: AsyncSession, principal: Principal, bank_serial: str) -> Payment:
    found = await find_payments(session, principal.division, [bank_serial])
    if not found:
        raise NotFound("支付", "payment")
    return found[0]
