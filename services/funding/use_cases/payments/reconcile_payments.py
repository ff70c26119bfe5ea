"""Reconciles the recorded payments of a county with its treasury's own list, and keeps the result."""

import hashlib
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.reconciliation import (
    Difference,
    Paid,
    differences_between,
    read_payments,
)
from services.funding.domain.refusals import PaymentFileInvalid, PeriodReversed
from services.funding.storage.payments.budget_projects import (
    add_reconciliation,
    find_payments,
    find_reconciliation,
    payments_between,
    spends,
)
from services.funding.use_cases.payment_answers import ReconciliationDifferenceOut, ReconciliationOut
from services.funding.use_cases.rounds.show_rounds import WHOLE_BUDGET
from shared.data.events import append_event
from shared.data.identifiers import new_id
from shared.errors import Item, NotFound
from shared.web.principals import Principal


async def reconcile_payments(
    session: AsyncSession, principal: Principal, content: bytes, *, from_day: date, to_day: date
) -> ReconciliationOut:
    """Nothing is corrected by itself: what does not match is listed, for people to settle."""
    if from_day > to_day:
        raise PeriodReversed("起始日晚于截止日", "The period ends before it begins")
    file = read_payments(content)
    outside = [paid for paid in file if not from_day <= paid.paid_on <= to_day]
    if outside:
        raise PaymentFileInvalid(
            f"有{len(outside)}行不在所选期间内",
            f"{len(outside)} row(s) lie outside of the period",
            items=[
                Item("paid_on", "within-period", "不在期间内", "outside of the period", row=paid.row)
                for paid in outside[:100]
            ],
        )
    county = principal.division
    rows = {row.bank_serial: row for row in await payments_between(session, county, from_day, to_day)}
    others = [paid.bank_serial for paid in file if paid.bank_serial not in rows]
    rows |= {row.bank_serial: row for row in await find_payments(session, county, others)}
    recorded = {serial: Paid(serial, row.actual_fen, row.paid_on) for serial, row in rows.items()}
    matched, differences = differences_between(file, recorded)
    found = ReconciliationOut(
        id=new_id(),
        county_code=county,
        from_day=from_day,
        to_day=to_day,
        file_sha256=f"sha256:{hashlib.sha256(content).hexdigest()}",
        matched=matched,
        differences=[_out(difference) for difference in differences],
    )
    await add_reconciliation(
        session,
        {
            **found.model_dump(exclude={"differences"}),
            "differences": [entry.model_dump(mode="json") for entry in found.differences],
            "recorded_by": principal.actor,
        },
    )
    await append_event(
        session,
        "treasury_payments.reconciled",
        subject=county,
        actor=principal.actor,
        data={"matched": matched, "differences": len(differences)},
    )
    return found


async def show_reconciliation(session: AsyncSession, principal: Principal, found: UUID) -> ReconciliationOut:
    row = await find_reconciliation(session, found)
    if row is None or not (
        principal.division == row.county_code
        or (principal.has(*WHOLE_BUDGET) and await spends(session, row.county_code, principal.division))
    ):
        raise NotFound("对账结果", "reconciliation")
    return ReconciliationOut.model_validate(row)


def _out(difference: Difference) -> ReconciliationDifferenceOut:
    file, recorded = difference.file, difference.recorded
    return ReconciliationDifferenceOut(
        bank_serial=difference.bank_serial,
        kind=difference.kind,
        row=file and file.row,
        file_fen=file and file.amount_fen,
        recorded_fen=recorded and recorded.amount_fen,
        file_day=file and file.paid_on,
        recorded_day=recorded and recorded.paid_on,
    )
