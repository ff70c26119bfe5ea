"""A finance officer makes a fund order; it takes no effect until somebody else approves it."""

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.bundle import Bundle
from services.funding.domain.orders.checks import form_reasons, reasons_against
from services.funding.domain.orders.facts import Asked
from services.funding.domain.orders.kinds import FundOrder
from services.funding.domain.orders.money_orders import Grant, PassDown
from services.funding.domain.orders.opening_orders import EarlierListings, EarlierListingsReversal
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.orders.quota_path import way_of_line
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)
from services.funding.domain.recodes import under_kept_codes, with_kept_codes
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.orders.fund_orders import (
    add_order,
    add_order_steps,
    lock_budgets,
    lock_new_line,
)
from services.funding.storage.rounds.appropriations import find_appropriation
from services.funding.storage.rounds.rounds import kept_round
from services.funding.storage.rules import document_number_form
from services.funding.use_cases.award_lists.show_award_lists import show_award_list
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.orders.order_facts import read_bundle, recipients_of
from services.funding.use_cases.orders.register_facts import Asking, ask_registry
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.division_recodes import Recodes, read_recodes
from shared.data.events import append_event
from shared.errors import NotFound, RoleNotPermitted
from shared.web.principals import Principal, Role


async def prepare_fund_order(
    database: Database, upstream: Upstream, principal: Principal, order: FundOrder
) -> Asking:
    """What the registry says about it."""
    programme = None
    if isinstance(order, AppropriationCorrection):
        async with database.transaction() as session:
            line = await find_appropriation(session, order.appropriation)
        programme = None if line is None else line.programme
    return await ask_registry(upstream, principal, order, programme=programme)


async def propose_fund_order(
    session: AsyncSession, principal: Principal, order: FundOrder, asking: Asking, *, clock: BusinessClock
) -> KeptOrder:
    """What could not take effect today is refused, with every reason."""
    today = await clock.today(session)
    recodes = await read_recodes(session)
    order, asking = with_kept_codes(order, recodes.kept), _under_kept_codes(asking, recodes)
    asked = await _asked(session, principal, order, asking, recodes)
    if isinstance(order, NewAppropriation):
        await lock_new_line(session, order.appropriation)
    await lock_budgets(session, [asked.budget])
    bundle = await read_bundle(session, [asked], today=today)
    form = await document_number_form(session, _programme(asked, bundle))
    facts = bundle.facts_of(asked, register=asking.register)
    reasons = [*form_reasons(order, form), *reasons_against(facts)]
    if reasons:
        raise FundOrderNotPossible(
            f"资金单有{len(reasons)}处不符合条件,未作任何变动",
            f"There are {len(reasons)} reason(s) against this order; nothing was changed",
            items=reasons,
        )
    number = await add_order(session, asked, fiscal_year=_fiscal_year(asked, bundle, today))
    await add_order_steps(session, [(number, 0)], "proposed", actor=principal, note=order.reason, on=today)
    await append_event(
        session,
        "fund_order.proposed",
        subject=number,
        actor=principal.actor,
        data={"kind": order.kind, "appropriation": asked.line},
    )
    return await show_fund_order(session, principal, number)


def _programme(asked: Asked, bundle: Bundle) -> str | None:
    """Whose form the order's document numbers have; null where it is about no line."""
    if isinstance(asked.order, NewAppropriation | EarlierListings | EarlierListingsReversal):
        return asked.order.programme
    line = bundle.lines.get(asked.line or "")
    return None if line is None else line.programme


def _fiscal_year(asked: Asked, bundle: Bundle, today: date) -> int:
    """By which orders are numbered."""
    if isinstance(asked.order, NewAppropriation):
        return asked.order.fiscal_year
    line = bundle.lines.get(asked.line or "")
    return today.year if line is None else line.fiscal_year


def _under_kept_codes(asking: Asking, recodes: Recodes) -> Asking:
    divisions = asking.register.divisions
    if divisions is None:
        return asking
    divisions = under_kept_codes(divisions, recodes.named_now(), recodes.kept)
    return replace(asking, register=replace(asking.register, divisions=divisions))


async def _asked(
    session: AsyncSession, principal: Principal, order: FundOrder, asking: Asking, recodes: Recodes
) -> Asked:
    """The order with its line and budget: the maker's own, or for passing down one whose quota the maker holds."""
    if not isinstance(order, PassDown) and not principal.has(Role.FINANCE_MAKER):
        raise RoleNotPermitted(
            "市级财政只办理指标下达", "A city's finance department passes quota down, no more"
        )
    desk = principal.division
    match order:
        case NewAppropriation():
            return Asked(order, desk, desk, order.appropriation)
        case FinanceDivisionCodes() | EarlierListings() | EarlierListingsReversal():
            return Asked(order, desk, desk, None)
        case AwardListNumber():
            found = await show_award_list(session, principal, order.award_list)
            return Asked(order, desk, desk, (await kept_round(session, found.round)).appropriation)
        case _:
            line = await find_appropriation(session, order.appropriation)
            own = line is not None and line.division_code == desk
            if line is None or (not own and not await _holds_quota(session, line.code, order, desk, recodes)):
                raise NotFound("预算安排", "appropriation")
            way = asking.grant_path
            if way is not None and isinstance(order, Grant):
                paths, _ = await recipients_of(session, {line.code})
                way = way_of_line(way, paths[line.code].get(order.cluster), recodes.kept)
            return Asked(order, desk, line.division_code, line.code, grant_path=way)


async def _holds_quota(
    session: AsyncSession, line: str, order: FundOrder, desk: str, recodes: Recodes
) -> bool:
    if not isinstance(order, PassDown):
        return False
    paths, _ = await recipients_of(session, {line})
    return any(desk in map(recodes.kept, path[1:-1]) for path in paths[line].values())
