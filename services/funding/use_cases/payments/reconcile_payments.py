"""Reconciles the recorded payments of a county with its treasury's own list, and keeps the result."""

import hashlib
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.reconciliation import (
    ListedDifference,
    Paid,
    Reconciliation,
    check_period,
    differences_between,
    read_payments,
)
from services.funding.domain.refusals import PeriodReversed
from services.funding.storage.payments.budget_projects import spends
from services.funding.storage.payments.payments import find_payments, payments_between
from services.funding.storage.payments.reconciliations import add_reconciliation, find_reconciliation
from services.funding.use_cases.readers import WHOLE_BUDGET
from shared.data.events import append_event
from shared.errors import NotFound
from shared.text.identifiers import new_id
from shared.web.principals import Principal


async def reconcile_payments(
    session: AsyncSession, principal: Principal, content: bytes, *, from_day: date, to_day: date
) -> Reconciliation:
    """Nothing is corrected by itself: what does not match is listed, for people to settle."""
    if from_day > to_day:
        raise PeriodReversed("起始日晚于截止日", "The period ends before it begins")
    file = read_payments(content)
    check_period(file, from_day=from_day, to_day=to_day)
    county = principal.division
    payments = {p.bank_serial: p for p in await payments_between(session, county, from_day, to_day)}
    others = [paid.bank_serial for paid in file if paid.bank_serial not in payments]
    payments |= {p.bank_serial: p for p in await find_payments(session, county, others)}
    recorded = {serial: Paid(serial, p.actual_fen, p.paid_on) for serial, p in payments.items()}
    matched, differences = differences_between(file, recorded)
    found = Reconciliation(
        id=new_id(),
        county_code=county,
        from_day=from_day,
        to_day=to_day,
        file_sha256=f"sha256:{hashlib.sha256(content).hexdigest()}",
        matched=matched,
        differences=tuple(ListedDifference.of(difference) for difference in differences),
    )
    await add_reconciliation(session, found, recorded_by=principal.actor)
    await append_event(
        session,
        "treasury_payments.reconciled",
        subject=county,
        actor=principal.actor,
        data={"matched": matched, "differences": len(differences)},
    )
    return found


async def show_reconciliation(session: AsyncSession, principal: Principal, wanted: UUID) -> Reconciliation:
    found = await find_reconciliation(session, wanted)
    if found is None or not (
        principal.division == found.county_code
        or (principal.has(*WHOLE_BUDGET) and await spends(session, found.county_code, principal.division))
    ):
        raise NotFound("对账结果", "reconciliation")
    return found
