"""Reconciles the recorded payments and returns of a county with its treasury's own list, and keeps the result."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import Payment, RecordedReturn
from services.funding.domain.payments.reconciliation import (
    Comparison,
    ListedDifference,
    Paid,
    Reconciliation,
    check_period,
    differences_between,
    read_payments,
    sums_of,
)
from services.funding.domain.refusals import PeriodReversed
from services.funding.storage.payments.payments import find_payments, payments_between
from services.funding.storage.payments.reconciliations import add_reconciliation
from services.funding.storage.payments.returns import find_returns, returns_between
from services.funding.use_cases.payments.show_reconciliations import show_reconciliation
from shared.data.events import append_event
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
    in_period = _entries(
        await payments_between(session, county, from_day, to_day),
        await returns_between(session, county, from_day, to_day),
    )
    other_days = await _of_other_days(session, county, file, in_period)
    matched, differences = differences_between(file, chain(in_period, other_days))
    listed, recorded = sums_of(file), sums_of(in_period)
    found = Comparison(
        id=new_id(),
        county_code=county,
        from_day=from_day,
        to_day=to_day,
        file_sha256=f"sha256:{hashlib.sha256(content).hexdigest()}",
        matched=matched,
        file_paid_fen=listed.paid_fen,
        file_returned_fen=listed.returned_fen,
        recorded_paid_fen=recorded.paid_fen,
        recorded_returned_fen=recorded.returned_fen,
        difference_count=len(differences),
    )
    await _keep(session, principal, found, [ListedDifference.of(difference) for difference in differences])
    return await show_reconciliation(session, principal, found.id)


def _entries(payments: Iterable[Payment], returns: Iterable[RecordedReturn]) -> list[Paid]:
    return [
        *(Paid(paid.bank_serial, paid.actual_fen, paid.paid_on) for paid in payments),
        *(Paid(back.return_serial, back.amount_fen, back.returned_on, entry="return") for back in returns),
    ]


async def _of_other_days(
    session: AsyncSession, county: str, file: Sequence[Paid], in_period: Sequence[Paid]
) -> list[Paid]:
    """What the list has within the period and the record has under the same serial on another day."""
    known = {paid.key for paid in in_period}
    others = {
        entry: [paid.bank_serial for paid in file if paid.entry == entry and paid.key not in known]
        for entry in ("payment", "return")
    }
    return _entries(
        await find_payments(session, county, others["payment"]),
        await find_returns(session, county, others["return"]),
    )


async def _keep(
    session: AsyncSession, principal: Principal, found: Comparison, differences: Sequence[ListedDifference]
) -> None:
    await append_event(
        session,
        "treasury_payments.reconciled",
        subject=found.county_code,
        actor=principal.actor,
        data={
            "matched": found.matched,
            "differences": found.difference_count,
            "net_difference_fen": found.net_difference_fen,
        },
    )
    await add_reconciliation(session, found, differences, recorded_by=principal.actor)
