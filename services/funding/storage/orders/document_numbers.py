"""What bears a document number: lines, lists and orders, each by the live fund order that gave it the number."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.document_numbers import use_of
from services.funding.domain.orders.facts import DocumentUse
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import KeptOrder
from services.funding.storage.orders.openings import not_reversed
from services.funding.storage.tables.orders import fund_order
from services.funding.storage.tables.rounds import appropriation, award_list_number
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all

_DOCUMENT_LOCK = 0xD0C
_LIVE = (OrderState.PROPOSED.value, OrderState.APPROVED.value)


async def uses_of_documents(
    session: AsyncSession, numbers: Collection[str], *, lock: bool
) -> dict[str, list[tuple[str, DocumentUse]]]:
    """Everything that bears each number, with the order that gave it; two that lock a number take turns. Numbers are
    in the one form in which they are kept. A number that a correction replaced is no longer borne by what it was
    typed for by mistake."""
    if lock:
        await lock_texts(session, _DOCUMENT_LOCK, numbers)
    statement = (
        sa.select(*columns_of(KeptOrder, fund_order))
        .where(
            fund_order.c.document_number == sa.any_(sa.literal(list(numbers), ARRAY(sa.Text))),
            fund_order.c.state.in_(_LIVE),
            ~_is_replaced(),
        )
        .order_by(fund_order.c.number)
    )
    found: dict[str, list[tuple[str, DocumentUse]]] = {number: [] for number in numbers}
    for kept in await read_all(session, KeptOrder, statement):
        use = use_of(kept.asked, is_decided=kept.state is OrderState.APPROVED)
        if use is not None and kept.document_number is not None:
            found[kept.document_number].append((kept.number, use))
    return found


def _is_replaced() -> sa.ColumnElement[bool]:
    """Whether the line or the list has another number since the order gave it this one, or the opening is reversed."""
    number, approved = fund_order.c.document_number, fund_order.c.state == OrderState.APPROVED.value
    of_list = (
        sa.select(award_list_number.c.document_number)
        .where(award_list_number.c.list_number == fund_order.c.body["award_list"].astext)
        .order_by(award_list_number.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    of_line = (
        sa.select(appropriation.c.document_number)
        .where(appropriation.c.code == fund_order.c.appropriation)
        .scalar_subquery()
    )
    kind = fund_order.c.kind
    return sa.and_(
        approved,
        sa.or_(
            sa.and_(kind == "award_list_number", of_list != number),
            sa.and_(kind == "opening", ~not_reversed(fund_order.c.number)),
            sa.and_(kind.in_(["appropriation", "appropriation_correction"]), of_line != number),
        ),
    )
