"""Reconciliations for the county that made them, for its city and for the province."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.reconciliation import KeptComparison, Reconciliation
from services.funding.domain.payments.wanted import ReconciliationsWanted
from services.funding.storage.ledger.reports import holders_within
from services.funding.storage.payments.reconciliations import (
    find_reconciliation,
    list_reconciliations,
)
from services.funding.use_cases.payments.listing import check_order, number_before
from shared.data.division_recodes import read_recodes
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest
from shared.web.principals import Principal


async def show_reconciliation(session: AsyncSession, principal: Principal, wanted: UUID) -> Reconciliation:
    found = await find_reconciliation(session, wanted)
    if found is None or found.county_code not in await holders_within(session, principal):
        raise NotFound("对账结果", "reconciliation")
    return found


async def show_reconciliations(
    session: AsyncSession, principal: Principal, wanted: ReconciliationsWanted, page: PageRequest
) -> Listed[KeptComparison]:
    """In the order of recording, so that what is recorded meanwhile comes on a later page."""
    check_order(wanted.from_day, wanted.to_day)
    check_order(wanted.recorded_from, wanted.recorded_to)
    found = await list_reconciliations(
        session,
        replace(
            wanted,
            county=wanted.county and (await read_recodes(session)).kept(wanted.county),
            after=number_before(page, wanted.after),
        ),
        counties=await holders_within(session, principal),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda kept: [kept.number])
