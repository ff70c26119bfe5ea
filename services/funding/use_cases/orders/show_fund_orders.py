"""Fund orders for the desk that made them and for the budget whose money they move."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.kinds import FundOrder, PassDown
from services.funding.storage.orders.finance_divisions import finance_codes
from services.funding.storage.orders.fund_orders import (
    find_order,
    list_orders,
    passed_down_to,
    steps_of_orders,
)
from services.funding.use_cases.fund_order_answers import FundOrderOut, FundOrderStepOut, QuotaNoticeOut
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_text, encode_cursor
from shared.web.principals import Principal

_ORDER: TypeAdapter[FundOrder] = TypeAdapter(FundOrder)


def order_of(body: dict[str, Any]) -> FundOrder:
    """The order as it was kept."""
    return _ORDER.validate_python(body)


def may_see(principal: Principal, row: Any) -> bool:
    return principal.division in (row.division_code, row.budget_division)


async def show_fund_order(session: AsyncSession, principal: Principal, number: str) -> FundOrderOut:
    row = await find_order(session, number)
    if row is None or not may_see(principal, row):
        raise NotFound("资金单", "fund order")
    return (await orders_out(session, [row]))[0]


async def show_fund_orders(
    session: AsyncSession,
    principal: Principal,
    page: PageRequest,
    *,
    state: str | None,
    appropriation: str | None,
) -> Page[FundOrderOut]:
    rows = await list_orders(
        session,
        division_code=principal.division,
        state=state,
        appropriation_code=appropriation,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    items = await orders_out(session, rows[: page.limit])
    return Page(items=items, next=encode_cursor([items[-1].number]) if len(rows) > page.limit else None)


async def orders_out(session: AsyncSession, rows: Sequence[Any]) -> list[FundOrderOut]:
    steps = await steps_of_orders(session, [row.number for row in rows])
    return [
        FundOrderOut(
            number=row.number,
            kind=row.kind,
            appropriation=row.appropriation,
            division_code=row.division_code,
            fiscal_year=row.fiscal_year,
            document_number=row.document_number,
            state=row.state,
            body=row.body,
            transfer_id=row.transfer_id,
            steps=[FundOrderStepOut.model_validate(step) for step in steps[row.number]],
        )
        for row in rows
    ]


async def show_quota_notices(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Page[QuotaNoticeOut]:
    """What was passed down to the reader's division; a page is a page of orders, whole."""
    rows = await passed_down_to(
        session, principal.division, after=cursor_text(page.after), limit=page.limit + 1
    )
    codes = await finance_codes(session, [principal.division])
    items = [
        notice
        for row in rows[: page.limit]
        for notice in _notices(row, principal.division, codes.get(principal.division))
    ]
    following = encode_cursor([rows[page.limit - 1].number]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


def _notices(row: Any, division: str, finance_code: str | None) -> list[QuotaNoticeOut]:
    order = order_of(row.body)
    if not isinstance(order, PassDown):  # pragma: no cover - the list holds nothing else
        return []
    return [
        QuotaNoticeOut(
            order=row.number,
            appropriation=row.appropriation,
            from_division=row.division_code,
            document_number=order.document_number,
            document_date=order.document_date,
            deadline=order.deadline,
            performance_targets=order.performance_targets,
            cluster=line.cluster,
            amount_fen=line.amount_fen - line.deducted_fen,
            deducted_fen=line.deducted_fen,
            finance_code=finance_code,
        )
        for line in order.lines
        if line.to_division == division
    ]
