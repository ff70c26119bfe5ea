"""Sums over the ledger, spending progress, and the export that an outside accounting tool balances."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.beancount import ExportedLine, beancount_of
from services.funding.domain.ledger.books import Grouping, Purpose
from services.funding.domain.refusals import PeriodReversed
from services.funding.storage.ledger import reports
from services.funding.storage.payments.budget_projects import planned_by_quota
from services.funding.use_cases.answers import Answer
from services.funding.use_cases.payment_answers import SpendingList, SpendingOut
from services.funding.use_cases.rounds.show_rounds import WHOLE_BUDGET
from shared.web.principals import Principal


class MovementOut(Answer):
    purpose: str = Field(examples=["awarded"])
    opening_fen: int
    debits_fen: int
    credits_fen: int
    closing_fen: int


class LedgerSumOut(Answer):
    key: str
    movements: list[MovementOut]


class LedgerSummaryOut(Answer):
    by: Grouping
    from_day: date | None
    to_day: date | None
    recorded_at: datetime | None
    sums: list[LedgerSumOut]


async def summarise_ledger(
    session: AsyncSession,
    principal: Principal,
    by: Grouping,
    *,
    fiscal_year: int | None,
    from_day: date | None,
    to_day: date | None,
    recorded_at: datetime | None,
) -> LedgerSummaryOut:
    """Opening, movements and closing per purpose, grouped; at any pair of business days and of knowledge."""
    if from_day is not None and to_day is not None and from_day > to_day:
        raise PeriodReversed("起始日晚于截止日", "The period ends before it begins")
    rows = await reports.sums_by(
        session,
        by,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        from_day=from_day,
        to_day=to_day,
        recorded_at=recorded_at,
    )
    sums = defaultdict(list)
    for row in rows:
        sums[str(row.key)].append(
            MovementOut(
                purpose=row.purpose,
                opening_fen=int(row.opening),
                debits_fen=int(row.debits),
                credits_fen=-int(row.credits),
                closing_fen=int(row.closing),
            )
        )
    return LedgerSummaryOut(
        by=by,
        from_day=from_day,
        to_day=to_day,
        recorded_at=recorded_at,
        sums=[LedgerSumOut(key=key, movements=movements) for key, movements in sums.items()],
    )


async def show_spending(
    session: AsyncSession, principal: Principal, *, appropriation: str | None
) -> SpendingList:
    """A desk of a budget sees all holders of it; a county sees itself, a city also its districts."""
    rows = await reports.held_by_clusters(
        session,
        budget=principal.division if principal.has(*WHOLE_BUDGET) else None,
        holders=await reports.holders_within(session, principal.division),
        appropriation_code=appropriation,
    )
    planned = await planned_by_quota(session, {row.appropriation for row in rows})
    return SpendingList(
        lines=[_spending(row, planned.get((row.appropriation, row.holder, row.cluster), 0)) for row in rows]
    )


def _spending(row: object, planned: int) -> SpendingOut:
    held, paid, due = (
        int(getattr(row, purpose.value))
        for purpose in (Purpose.PASSED_DOWN, Purpose.PAID, Purpose.SETTLEMENT_DUE)
    )
    received = held + paid + due
    share = Decimal(paid) / received if received else Decimal(0)
    return SpendingOut(
        appropriation=str(getattr(row, "appropriation", "")),
        division=str(getattr(row, "holder", "")),
        cluster=str(getattr(row, "cluster", "")),
        received_fen=received,
        held_fen=held,
        planned_fen=planned,
        paid_fen=paid,
        settlement_due_fen=due,
        spent_share=str(share.quantize(Decimal("0.0001"))),
    )


async def export_beancount(session: AsyncSession, principal: Principal, *, fiscal_year: int | None) -> str:
    rows = await reports.export_rows(session, division_code=principal.division, fiscal_year=fiscal_year)
    lines = [
        ExportedLine(
            transfer=str(row.id),
            kind=row.kind,
            description=row.description,
            key=row.idempotency_key,
            effective_at=row.effective_at,
            account=row.code,
            purpose=row.purpose,
            amount_fen=row.amount,
        )
        for row in rows
    ]
    balances = {row.code: row.balance for row in rows}
    year = "" if fiscal_year is None else f" {fiscal_year}"
    return "".join(beancount_of(lines, balances, title=f"{principal.division}{year}"))
