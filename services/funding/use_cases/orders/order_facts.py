"""The facts by which fund orders are judged, read under the locks that keep them true until the commit.

Each kind of fact is read once for all orders together, so that what is asked of the database does not grow with them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.bundle import HELD, Bundle, Paths
from services.funding.domain.orders.facts import Asked, KnownListings, NamedList
from services.funding.domain.orders.kinds import document_number_of, lines_of
from services.funding.domain.orders.money_orders import CarryIn, Grant, PassDown, Recovery, Variation, YearEnd
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    Opening,
    OpeningReversal,
)
from services.funding.domain.orders.order import MoneyOrder
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)
from services.funding.domain.rounds.states import State
from services.funding.storage.ledger.accounts import balances_of, balances_of_lines, movements_after
from services.funding.storage.ledger.postings import lock_accounts
from services.funding.storage.orders.deductions import (
    deductions_given_up,
    open_deductions,
    registered_deductions,
)
from services.funding.storage.orders.document_numbers import uses_of_documents
from services.funding.storage.orders.earlier_listings import (
    listings_entered,
    listings_tested,
    lock_listings,
)
from services.funding.storage.orders.finance_divisions import code_holders
from services.funding.storage.orders.fund_orders import grants_of, live_orders_of
from services.funding.storage.orders.openings import (
    awards_opened_by,
    opened_paths,
    openings_of,
    plans_on,
)
from services.funding.storage.payments.budget_projects import open_plans
from services.funding.storage.payments.payments import lock_counties
from services.funding.storage.projects import find_projects
from services.funding.storage.rounds.allocations import issued_awards_of
from services.funding.storage.rounds.appropriations import find_appropriations
from services.funding.storage.rounds.award_lists import find_award_lists
from services.funding.storage.rounds.rounds import rounds_of_lines
from services.funding.storage.rules import instruments_of
from shared.data.division_recodes import read_recodes

#: Orders about the record of a line: the line is not in use because of them. An opening that holds is told apart.
_RECORDS = ("appropriation", "appropriation_correction", "opening", "opening_reversal")


async def read_bundle(
    session: AsyncSession, orders: Sequence[Asked], *, today: date, reading: bool = False
) -> Bundle:
    """``reading``: nothing follows, so nothing is locked or opened. Else the budgets of the orders are locked already;
    then come counties, then accounts, as everywhere."""
    bundle = Bundle(today, kept=(await read_recodes(session)).kept)
    numbers = {number for asked in orders if (number := document_number_of(asked.order)) is not None}
    if numbers:
        bundle.documents = await uses_of_documents(session, numbers, lock=not reading)
    lines = {asked.line for asked in orders if asked.line is not None}
    lines |= {asked.order.into for asked in orders if isinstance(asked.order, CarryIn)}
    if lines:
        bundle.lines = await find_appropriations(session, lines)
    await _read_plans(session, orders, bundle, reading=reading)
    await _read_money(session, orders, bundle, reading=reading)
    await _read_recipients(session, orders, bundle)
    await _read_deductions(session, orders, bundle, reading=reading)
    await _read_records(session, orders, bundle)
    await _read_listings(session, orders, bundle, reading=reading)
    grants = [asked.order.project for asked in orders if isinstance(asked.order, Grant)]
    if grants:
        found = await find_projects(session, grants)
        bundle.projects = {code: (kept.cluster, kept.county_code) for code, kept in found.items()}
    return bundle


async def _read_plans(
    session: AsyncSession, orders: Sequence[Asked], bundle: Bundle, *, reading: bool
) -> None:
    """Of each quota that an order cuts."""
    quotas = {
        (asked.line, order.division, order.cluster)
        for asked in orders
        if isinstance(order := asked.order, Recovery | YearEnd)
        and asked.line is not None
        and order.division is not None
        and order.cluster is not None
    }
    if quotas:
        if not reading:
            await lock_counties(session, {county for _, county, _ in quotas})
        bundle.plans = await open_plans(session, quotas)


async def _read_money(
    session: AsyncSession, orders: Sequence[Asked], bundle: Bundle, *, reading: bool
) -> None:
    """All accounts at once: order by order, two bundles (or a payment) could wait in a circle."""
    moved = [
        (asked.order, lines_of(asked.order, bundle.lines.get(asked.line or ""), desk=asked.desk))
        for asked in orders
        if not isinstance(asked.order, CarryIn) or asked.order.into in bundle.lines
    ]
    accounts = {account.code: account for _, lines in moved for account in lines}
    if reading:
        held = await balances_of(session, accounts)
        bundle.balances = {account: held.get(code, 0) for code, account in accounts.items()}
    else:
        bundle.balances = await lock_accounts(session, accounts.values())
    days = [order.document_date for order, _ in moved if isinstance(order, MoneyOrder)]
    taken_from = {account.code for _, lines in moved for account, amount in lines.items() if amount < 0}
    if days and taken_from:
        for code, movements in (await movements_after(session, taken_from, min(days))).items():
            bundle.moved[code] = movements


async def _read_recipients(session: AsyncSession, orders: Sequence[Asked], bundle: Bundle) -> None:
    """Whoever got an award or a grant of the lines, and what is left of the awards that vary."""
    kinds = PassDown | Grant | Variation
    lines = {asked.line for asked in orders if isinstance(asked.order, kinds) and asked.line is not None}
    if lines:
        bundle.paths, bundle.awarded = await recipients_of(session, lines)
    varied = {asked.line for asked in orders if isinstance(asked.order, Variation) and asked.line is not None}
    if varied:
        for account in await balances_of_lines(session, varied, HELD):
            if account.cluster is not None:
                bundle.held[account.appropriation, account.cluster] += account.balance_fen
        bundle.registered = await registered_deductions(session, varied)
        bundle.given_up = await deductions_given_up(session, varied)
        rounds = await rounds_of_lines(session, varied)
        bundle.closed = {line for line, found in rounds.items() if found.state is State.CLOSED}


async def recipients_of(session: AsyncSession, lines: set[str]) -> tuple[Paths, set[tuple[str, str]]]:
    """By line, the division path of each cluster that its award lists, awards of before the system or grants give
    money to; and the line and cluster of each award."""
    paths: Paths = defaultdict(dict)
    awarded = set()
    for line, granted in (await grants_of(session, lines)).items():
        paths[line].update(granted)
    for line, awards in (await issued_awards_of(session, lines)).items():
        paths[line].update({award.cluster: award.division_path for award in awards})
        awarded |= {(line, award.cluster) for award in awards}
    for line, opened in (await opened_paths(session, lines)).items():
        paths[line].update(opened)
        awarded |= {(line, cluster) for cluster in opened}
    return paths, awarded


async def _read_deductions(
    session: AsyncSession, orders: Sequence[Asked], bundle: Bundle, *, reading: bool
) -> None:
    clusters = {
        entry.cluster for asked in orders if isinstance(asked.order, PassDown) for entry in asked.order.lines
    }
    if clusters:
        bundle.owed = await open_deductions(session, clusters, lock=not reading)


async def _read_records(session: AsyncSession, orders: Sequence[Asked], bundle: Bundle) -> None:
    """What lines, lists and codes are known already."""
    kinds = NewAppropriation | AppropriationCorrection | Opening | OpeningReversal
    lines = {asked.line for asked in orders if isinstance(asked.order, kinds) and asked.line is not None}
    if lines:
        live = await live_orders_of(session, lines)
        rounds = await rounds_of_lines(session, lines)
        bundle.proposed_lines = {
            line: {number for at, kind, number in live if at == line and kind == "appropriation"}
            for line in lines
        }
        bundle.openings = await openings_of(session, lines)
        plans = await plans_on(session, lines)
        bundle.used = {
            line: {number for at, kind, number in live if at == line and kind not in _RECORDS}
            | ({rounds[line].code} if line in rounds else set())
            | bundle.openings[line]
            | plans[line]
            for line in lines
        }
    documents = {
        award.document_number
        for asked in orders
        if isinstance(asked.order, Opening)
        for award in asked.order.awards
    }
    if documents:
        bundle.opened = await awards_opened_by(session, documents)
    lists = {asked.order.award_list for asked in orders if isinstance(asked.order, AwardListNumber)}
    if lists:
        found = await find_award_lists(session, lists)
        bundle.lists = {
            number: NamedList(number, kept.issued_on, kept.document_number, kept.issued_by_office_on)
            for number, kept in found.items()
        }
    codes = {
        entry.finance_code
        for asked in orders
        if isinstance(asked.order, FinanceDivisionCodes)
        for entry in asked.order.divisions
    }
    if codes:
        bundle.codes = await code_holders(session, codes)


async def _read_listings(
    session: AsyncSession, orders: Sequence[Asked], bundle: Bundle, *, reading: bool
) -> None:
    """What is known of the projects that were listed before the system."""
    entering = [asked.order for asked in orders if isinstance(asked.order, EarlierListings)]
    reversed_ = {asked.order.opening for asked in orders if isinstance(asked.order, EarlierListingsReversal)}
    if not entering and not reversed_:
        return
    if not reading:
        await lock_listings(session)
    projects = {listing.project_code for order in entering for listing in order.listings}
    bundle.listings = KnownListings(
        instruments=await instruments_of(session, {order.programme for order in entering}),
        entered=await listings_entered(session, projects, reversed_),
        tested=await listings_tested(session, projects),
    )
