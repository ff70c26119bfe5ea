"""What was entered of before the system, line by line, and what was reversed of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.opening_orders import OpenedAward, Opening
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import KeptOrder
from services.funding.storage.orders.fund_orders import list_orders
from services.funding.storage.orders.openings import reversals_of
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """An opening with the sums of its parts; ``reversed_by``: the order that took it back."""

    number: str
    basis: str
    appropriation: str
    fiscal_year: int
    assessment_year: int
    purpose: str
    state: OrderState
    document_number: str
    balances_of: date
    reversed_by: str | None
    awards: Sequence[OpenedAward]
    returned_fen: int
    carried_over_fen: int
    total_fen: int


async def own_opening(session: AsyncSession, principal: Principal, number: str) -> KeptOrder:
    found = await show_fund_order(session, principal, number)
    if found.kind != "opening":
        raise NotFound("期初余额", "opening")
    return found


async def show_opening(session: AsyncSession, principal: Principal, number: str) -> OpenedLine:
    (shown,) = await _shown(session, [await own_opening(session, principal, number)])
    return shown


async def show_openings(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[OpenedLine]:
    found = await list_orders(
        session,
        division_code=principal.division,
        state=None,
        kind="opening",
        appropriation_code=None,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    listed = Listed.cut(found, page, lambda kept: [kept.number])
    return Listed(await _shown(session, listed.rows), listed.next)


async def _shown(session: AsyncSession, orders: Sequence[KeptOrder]) -> list[OpenedLine]:
    reversals = await reversals_of(session, [kept.number for kept in orders])
    return [
        OpenedLine(
            number=kept.number,
            basis="before_the_system",
            appropriation=order.appropriation,
            fiscal_year=kept.fiscal_year,
            assessment_year=order.assessment_year,
            purpose=order.purpose,
            state=kept.state,
            document_number=order.document_number,
            balances_of=order.document_date,
            reversed_by=reversals.get(kept.number),
            awards=order.awards,
            returned_fen=order.returned_fen,
            carried_over_fen=order.carried_over_fen,
            total_fen=order.total_fen,
        )
        for kept in orders
        if isinstance(order := kept.order, Opening)
    ]
