"""The facts by which a fund order is judged, read under the locks that keep them true until the commit."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Purpose
from services.funding.domain.orders.facts import Line, OrderFacts, Owed
from services.funding.domain.orders.kinds import (
    CarryIn,
    FundOrder,
    Grant,
    PassDown,
    Variation,
    lines_of,
)
from services.funding.domain.rounds.round import KeptAward
from services.funding.domain.rounds.states import State
from services.funding.storage.ledger.accounts import balances_of, balances_of_line, movements_after
from services.funding.storage.ledger.postings import lock_accounts
from services.funding.storage.orders.deductions import deductions_of, open_deductions
from services.funding.storage.orders.document_numbers import uses_of_document
from services.funding.storage.orders.fund_orders import grants_of
from services.funding.storage.projects import find_projects
from services.funding.storage.rounds.allocations import issued_awards_of_line
from services.funding.storage.rounds.appropriations import find_appropriation, kept_appropriation
from services.funding.storage.rounds.rounds import round_of_line
from shared.errors import NotFound
from shared.web.principals import Principal

#: Where an award is while it is the cluster's.
_HELD: Final = (Purpose.AWARDED, Purpose.PASSED_DOWN, Purpose.PAID)


async def line_of(session: AsyncSession, code: str) -> Line | None:
    found = await find_appropriation(session, code)
    return None if found is None else Line.of(found)


async def kept_line(session: AsyncSession, code: str) -> Line:
    """The line of an order that is kept."""
    return Line.of(await kept_appropriation(session, code))


async def own_line(session: AsyncSession, principal: Principal, order: FundOrder) -> Line:
    """The line of an order: the maker's own, or for passing down one whose quota the maker's division holds."""
    line = await line_of(session, order.appropriation)
    if line is not None and line.division_code == principal.division:
        return line
    if line is not None and isinstance(order, PassDown):
        paths = await recipients_of(session, line.code)
        if any(principal.division in path[1:-1] for path in paths.values()):
            return line
    raise NotFound("预算安排", "appropriation")


async def facts_of(
    session: AsyncSession,
    order: FundOrder,
    line: Line,
    *,
    maker_division: str,
    today: date,
    number: str | None = None,
    grant_path: Sequence[str] | None = None,
    reading: bool = False,
) -> OrderFacts:
    """``number``: the order's own, once it has one. ``reading``: nothing follows, so nothing is locked or opened."""
    same_number = await uses_of_document(session, order.document_number, but=number, lock=not reading)
    awards = await issued_awards_of_line(session, line.code)
    owed = await _owed_by(session, order, line, lock=not reading)
    into = await line_of(session, order.into) if isinstance(order, CarryIn) else None
    if into is not None and into.division_code != line.division_code:
        into = None
    known = into is not None or not isinstance(order, CarryIn)
    accounts = lines_of(order, line.books, maker_division=maker_division)
    if reading or not known:
        held = await balances_of(session, [account.code for account in accounts])
        balances = {account: held.get(account.code, 0) for account in accounts}
    else:
        balances = await lock_accounts(session, accounts)
    return OrderFacts(
        line=line,
        into=into,
        maker_division=maker_division,
        paths=await _recipients(session, line.code, awards),
        deductible_fen=await _deductible(session, order, line, awards),
        round_closed=isinstance(order, Variation) and await _is_closed(session, line),
        balances=balances,
        later=await movements_after(
            session, [account.code for account, amount in accounts.items() if amount < 0], order.document_date
        ),
        owed=owed,
        same_number=same_number,
        today=today,
        number=number,
        project=await project_of(session, order),
        grant_path=grant_path,
    )


async def recipients_of(session: AsyncSession, appropriation: str) -> dict[str, Sequence[str]]:
    """The division path of each cluster that the line's award list or its grants give money to."""
    return await _recipients(session, appropriation, await issued_awards_of_line(session, appropriation))


async def _recipients(
    session: AsyncSession, appropriation: str, awards: Sequence[KeptAward]
) -> dict[str, Sequence[str]]:
    return {
        **await grants_of(session, appropriation),
        **{award.cluster: award.division_path for award in awards},
    }


async def project_of(session: AsyncSession, order: FundOrder) -> tuple[str, str] | None:
    """Cluster and county of a grant's project."""
    if not isinstance(order, Grant):
        return None
    found = (await find_projects(session, [order.project])).get(order.project)
    return None if found is None else (found.cluster, found.county_code)


async def _owed_by(session: AsyncSession, order: FundOrder, line: Line, *, lock: bool) -> Sequence[Owed]:
    """Open deductions that passing down has to make."""
    if not isinstance(order, PassDown):
        return []
    return await open_deductions(
        session,
        sorted({entry.cluster for entry in order.lines}),
        budget_division=line.division_code,
        programme=line.programme,
        before_year=line.fiscal_year,
        lock=lock,
    )


async def _deductible(
    session: AsyncSession, order: FundOrder, line: Line, awards: Sequence[KeptAward]
) -> dict[str, int]:
    """What the cluster of a variation still has of its award, less what is to be deducted already."""
    if not isinstance(order, Variation) or order.cluster not in {award.cluster for award in awards}:
        return {}
    held = await balances_of_line(session, line.code, _HELD)
    registered, given_up = await deductions_of(session, line.code, order.cluster)
    kept = sum(account.balance_fen for account in held if account.cluster == order.cluster)
    return {order.cluster: kept + given_up - registered}


async def _is_closed(session: AsyncSession, line: Line) -> bool:
    found = await round_of_line(session, line.code)
    return found is not None and found.state is State.CLOSED
