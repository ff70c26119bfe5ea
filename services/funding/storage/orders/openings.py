"""Awards of before the system, as approved openings entered them; what was reversed counts no longer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.opening_orders import (
    EarlierListingsReversal,
    Opening,
    OpeningReversal,
)
from services.funding.domain.orders.order import OrderState
from services.funding.storage.tables.orders import fund_order, opened_award, opening_reversal
from services.funding.storage.tables.payments import budget_project
from shared.data.business_clock import utc_now

_LIVE = (OrderState.PROPOSED.value, OrderState.APPROVED.value)


def not_reversed(opening: sa.ColumnElement[str], *, before: datetime | None = None) -> sa.ColumnElement[bool]:
    """Now, or as it was known before a moment."""
    reversal = sa.select(opening_reversal.c.opening).where(opening_reversal.c.opening == opening)
    if before is not None:
        reversal = reversal.where(opening_reversal.c.recorded_at < before)
    return ~reversal.exists()


async def add_opened_awards(session: AsyncSession, new: Mapping[str, Opening]) -> None:
    """By the order that enters them."""
    now = utc_now()
    rows = [
        {
            "fund_order": number,
            "cluster": award.cluster,
            "appropriation": order.appropriation,
            "assessment_year": order.assessment_year,
            "purpose": order.purpose,
            "name": award.name,
            "county_code": award.county_code,
            "county_name": award.county_name,
            "division_path": list(award.division_path),
            "document_number": award.document_number,
            "document_date": award.document_date,
            "amount_fen": award.awarded_fen,
            "recorded_at": now,
        }
        for number, order in new.items()
        for award in order.awards
    ]
    if rows:
        await session.execute(insert(opened_award), rows)


async def add_opening_reversals(
    session: AsyncSession, new: Mapping[str, OpeningReversal | EarlierListingsReversal]
) -> None:
    """By the order that reverses each."""
    rows = [
        {"fund_order": number, "opening": order.opening, "recorded_at": utc_now()}
        for number, order in new.items()
    ]
    if rows:
        await session.execute(insert(opening_reversal), rows)


async def openings_of(session: AsyncSession, lines: Collection[str]) -> dict[str, set[str]]:
    """By line, the order that opens it: proposed or approved, and not reversed."""
    rows = await session.execute(
        sa.select(fund_order.c.appropriation, fund_order.c.number).where(
            fund_order.c.appropriation.in_(lines),
            fund_order.c.kind == "opening",
            fund_order.c.state.in_(_LIVE),
            not_reversed(fund_order.c.number),
        )
    )
    found: dict[str, set[str]] = {line: set() for line in lines}
    for line, number in rows:
        found[line].add(number)
    return found


async def reversals_of(session: AsyncSession, openings: Collection[str]) -> Mapping[str, str]:
    """By opening, the order that reversed it."""
    rows = await session.execute(
        sa.select(opening_reversal.c.opening, opening_reversal.c.fund_order).where(
            opening_reversal.c.opening.in_(openings)
        )
    )
    return {row.opening: row.fund_order for row in rows}


async def opened_paths(
    session: AsyncSession, lines: Collection[str]
) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By line, the division path of each cluster that was awarded before the system."""
    rows = await session.execute(
        sa.select(opened_award.c.appropriation, opened_award.c.cluster, opened_award.c.division_path).where(
            opened_award.c.appropriation.in_(lines), not_reversed(opened_award.c.fund_order)
        )
    )
    found: dict[str, dict[str, Sequence[str]]] = {line: {} for line in lines}
    for line, cluster, path in rows:
        found[line][cluster] = list(path)
    return found


async def awards_opened_by(session: AsyncSession, numbers: Collection[str]) -> set[tuple[str, str]]:
    """Document number and cluster of each award by one of these documents that a line was opened with."""
    rows = await session.execute(
        sa.select(opened_award.c.document_number, opened_award.c.cluster).where(
            opened_award.c.document_number.in_(numbers), not_reversed(opened_award.c.fund_order)
        )
    )
    return {(number, cluster) for number, cluster in rows}


async def plans_on(session: AsyncSession, lines: Collection[str]) -> Mapping[str, set[str]]:
    """By line, the budget projects that counties planned of its quota."""
    rows = await session.execute(
        sa.select(budget_project.c.appropriation, budget_project.c.code).where(
            budget_project.c.appropriation.in_(lines)
        )
    )
    found: dict[str, set[str]] = {line: set() for line in lines}
    for line, code in rows:
        found[line].add(code)
    return found
