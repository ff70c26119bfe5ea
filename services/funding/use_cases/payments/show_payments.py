"""Budget projects and payments for the county that made them, projects also for whom the budget is."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.payments.budget_projects import (
    find_payments,
    list_budget_projects,
    list_payments,
)
from services.funding.use_cases.payment_answers import BudgetProjectOut, PaymentOut
from services.funding.use_cases.rounds.show_rounds import WHOLE_BUDGET
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal


async def show_budget_projects(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Page[BudgetProjectOut]:
    whole = principal.has(*WHOLE_BUDGET)
    rows = await list_budget_projects(
        session,
        county=None if whole else principal.division,
        budget=principal.division if whole else None,
        after=_county_and_code(page.after),
        limit=page.limit + 1,
    )
    items = [BudgetProjectOut.model_validate(row) for row in rows[: page.limit]]
    following = encode_cursor([items[-1].county_code, items[-1].code]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


async def show_payments(session: AsyncSession, principal: Principal, page: PageRequest) -> Page[PaymentOut]:
    rows = await list_payments(
        session, county=principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    items = [PaymentOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].bank_serial]) if len(rows) > page.limit else None)


async def show_payment(session: AsyncSession, principal: Principal, bank_serial: str) -> PaymentOut:
    rows = await find_payments(session, principal.division, [bank_serial])
    if not rows:
        raise NotFound("支付", "payment")
    return PaymentOut.model_validate(rows[0])


def _county_and_code(after: list[str | int] | None) -> tuple[str, str] | None:
    match after:
        case None:
            return None
        case [str(county), str(code)]:
            return county, code
    raise CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")
