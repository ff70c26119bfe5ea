"""Sums over the ledger, spending progress, and the export that an outside accounting tool balances."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.beancount import beancount_of
from services.funding.domain.ledger.books import Grouping
from services.funding.domain.payments.spending import Spending
from services.funding.domain.refusals import PeriodReversed
from services.funding.storage.ledger.reports import (
    GroupedSum,
    exported_lines,
    held_by_clusters,
    holders_within,
    sums_by,
)
from services.funding.storage.payments.budget_projects import planned_by_quota
from services.funding.use_cases.readers import WHOLE_BUDGET
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class KeyedSums:
    """What moved on the accounts with one key, by purpose."""

    key: str
    movements: Sequence[GroupedSum]


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    by: Grouping
    from_day: date | None
    to_day: date | None
    recorded_at: datetime | None
    sums: Sequence[KeyedSums]


async def summarise_ledger(
    session: AsyncSession,
    principal: Principal,
    by: Grouping,
    *,
    fiscal_year: int | None,
    from_day: date | None,
    to_day: date | None,
    recorded_at: datetime | None,
) -> LedgerSummary:
    """Opening, movements and closing per purpose, grouped; at any pair of business days and of knowledge."""
    if from_day is not None and to_day is not None and from_day > to_day:
        raise PeriodReversed("起始日晚于截止日", "The period ends before it begins")
    found = await sums_by(
        session,
        by,
        division_code=principal.division,
        fiscal_year=fiscal_year,
        from_day=from_day,
        to_day=to_day,
        recorded_at=recorded_at,
    )
    sums: dict[str, list[GroupedSum]] = defaultdict(list)
    for entry in found:
        sums[entry.key].append(entry)
    keyed = [KeyedSums(key, movements) for key, movements in sums.items()]
    return LedgerSummary(by, from_day, to_day, recorded_at, keyed)


async def show_spending(
    session: AsyncSession, principal: Principal, *, appropriation: str | None
) -> list[Spending]:
    """A desk of a budget sees all holders of it; a county sees itself, a city also its districts."""
    holdings = await held_by_clusters(
        session,
        budget=principal.division if principal.has(*WHOLE_BUDGET) else None,
        holders=await holders_within(session, principal),
        appropriation_code=appropriation,
    )
    planned = await planned_by_quota(session, {held.appropriation for held in holdings})
    return [
        Spending(
            appropriation=held.appropriation,
            division=held.holder,
            cluster=held.cluster,
            held_fen=held.held_fen,
            planned_fen=planned.get((held.appropriation, held.holder, held.cluster), 0),
            paid_fen=held.paid_fen,
            settlement_due_fen=held.settlement_due_fen,
        )
        for held in holdings
    ]


async def export_beancount(session: AsyncSession, principal: Principal, *, fiscal_year: int | None) -> str:
    lines = await exported_lines(session, division_code=principal.division, fiscal_year=fiscal_year)
    year = "" if fiscal_year is None else f" {fiscal_year}"
    return "".join(beancount_of(lines, title=f"{principal.division}{year}"))
