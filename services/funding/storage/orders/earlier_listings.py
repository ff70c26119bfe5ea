"""Projects that had priority before the system, as approved orders entered them; what was reversed counts no longer."""

from collections import defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.opening_orders import EarlierListings
from services.funding.domain.orders.order import OrderState
from services.funding.domain.priority.priority_list import KeptListing
from services.funding.storage.orders.openings import not_reversed
from services.funding.storage.tables.orders import fund_order
from services.funding.storage.tables.projects import earlier_listing, priority_result
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all

_LISTINGS_LOCK = 0x115
_LIVE = (OrderState.PROPOSED.value, OrderState.APPROVED.value)


async def lock_listings(session: AsyncSession) -> None:
    """Two desks that enter listings of before take turns: a project is entered once."""
    await lock_texts(session, _LISTINGS_LOCK, ["earlier-listings"])


async def add_earlier_listings(session: AsyncSession, new: Mapping[str, EarlierListings]) -> None:
    """By the order that enters them."""
    now = utc_now()
    rows = [
        {
            **listing.model_dump(exclude={"row", "division_path"}),
            "division_path": list(listing.division_path),
            "fund_order": number,
            "programme": order.programme,
            "recorded_at": now,
        }
        for number, order in new.items()
        for listing in order.listings
    ]
    if rows:
        await session.execute(insert(earlier_listing), rows)


async def listings_entered(
    session: AsyncSession, projects: Collection[str], orders: Collection[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """By project and instrument, the orders that enter it: proposed or approved, and not reversed; of these projects,
    and of all that these orders enter."""
    entered = (
        sa.func.jsonb_array_elements(fund_order.c.body["listings"])
        .table_valued(sa.column("value", JSONB))
        .lateral("entered")
    )
    project = entered.c.value["project_code"].astext
    rows = await session.execute(
        sa.select(project, entered.c.value["instrument"].astext, fund_order.c.number)
        .join_from(fund_order, entered, sa.true())
        .where(
            fund_order.c.kind == "earlier_listings",
            fund_order.c.state.in_(_LIVE),
            not_reversed(fund_order.c.number),
            sa.or_(project.in_(projects), fund_order.c.number.in_(orders)),
        )
    )
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, instrument, number in rows:
        found[code, instrument].add(number)
    return {at: frozenset(numbers) for at, numbers in found.items()}


async def listings_tested(session: AsyncSession, projects: Collection[str]) -> set[tuple[str, str]]:
    """Project and instrument of each that the system itself has listed, on whatever release."""
    rows = await session.execute(
        sa.select(priority_result.c.project, priority_result.c.instrument).where(
            priority_result.c.project.in_(projects), priority_result.c.listed
        )
    )
    return {(project, instrument) for project, instrument in rows}


async def earlier_listings_of(session: AsyncSession, *, programme: str, instrument: str) -> list[KeptListing]:
    statement = (
        sa.select(*columns_of(KeptListing, earlier_listing))
        .where(
            earlier_listing.c.programme == programme,
            earlier_listing.c.instrument == instrument,
            not_reversed(earlier_listing.c.fund_order),
        )
        .order_by(earlier_listing.c.project_code)
    )
    return await read_all(session, KeptListing, statement)
