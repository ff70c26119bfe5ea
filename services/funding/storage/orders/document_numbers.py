"""What bears a document number: appropriations, issued award lists, live fund orders."""

from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.document_numbers import DocumentUse, use_of_order
from services.funding.domain.orders.kinds import FundOrder, OrderState
from services.funding.storage.tables.orders import fund_order
from services.funding.storage.tables.rounds import appropriation, award_list, award_list_number, round_

_DOCUMENT_LOCK = 0xD0C
_ORDER: TypeAdapter[FundOrder] = TypeAdapter(FundOrder)


async def uses_of_document(
    session: AsyncSession, document_number: str, *, but: str | None = None, lock: bool = True
) -> list[DocumentUse]:
    """Everything (other than the order ``but``) that bears the number, however it was typed; two that lock it take
    turns."""
    wanted = _as_read(sa.literal(document_number))
    if lock:
        key = sa.func.hashtext(wanted)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_DOCUMENT_LOCK, key)))
    rows = await session.execute(sa.union_all(_lines(wanted), _lists(wanted), _orders(wanted, but=but)))
    return [_use(row) for row in rows]


def _lines(wanted: sa.ColumnElement[str]) -> sa.Select[Any]:
    return sa.select(
        sa.literal("appropriation").label("bearer"),
        appropriation.c.code,
        appropriation.c.division_code,
        appropriation.c.effective_at.label("dated"),
        appropriation.c.code.label("appropriation"),
        sa.null().cast(JSONB).label("body"),
        sa.false().label("is_decided"),
    ).where(_as_read(appropriation.c.document_number) == wanted)


def _lists(wanted: sa.ColumnElement[str]) -> sa.Select[Any]:
    return (
        sa.select(
            sa.literal("award_list"),
            award_list.c.list_number,
            round_.c.division_code,
            award_list_number.c.issued_by_office_on,
            round_.c.appropriation,
            sa.null().cast(JSONB),
            sa.false(),
        )
        .join_from(award_list_number, award_list)
        .join(round_, round_.c.code == award_list.c.round)
        .where(_as_read(award_list_number.c.document_number) == wanted)
    )


def _orders(wanted: sa.ColumnElement[str], *, but: str | None) -> sa.Select[Any]:
    live = (OrderState.PROPOSED.value, OrderState.APPROVED.value)
    statement = sa.select(
        sa.literal("fund_order"),
        fund_order.c.number,
        fund_order.c.division_code,
        sa.null().cast(sa.Date),
        fund_order.c.appropriation,
        fund_order.c.body,
        fund_order.c.state == OrderState.APPROVED.value,
    ).where(_as_read(fund_order.c.document_number) == wanted, fund_order.c.state.in_(live))
    return statement if but is None else statement.where(fund_order.c.number != but)


def _use(row: sa.Row[Any]) -> DocumentUse:
    if row.body is not None:
        order = _ORDER.validate_python(row.body)
        return use_of_order(order, code=row.code, division_code=row.division_code, is_decided=row.is_decided)
    return DocumentUse(row.bearer, row.code, row.division_code, row.dated, row.appropriation)


def _as_read(document_number: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """财预〔2024〕18号, 财预[2024]18号 and 财预(2024)18 号 are one document to whoever reads them."""
    plain = sa.func.normalize(document_number, sa.literal_column("NFKC"))
    return sa.func.translate(plain, "[]()【】 ", "〔〕〔〕〔〕")
