"""A finance officer makes a fund order; it moves nothing until somebody else approves it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.checks import form_reasons, reasons_against
from services.funding.domain.orders.kinds import FundOrder, Grant
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.orders.fund_orders import add_order, add_order_step, lock_budgets
from services.funding.storage.rules import document_number_form
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.orders.order_facts import facts_of, own_line
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.http.client import ServiceProblem
from shared.web.principals import Principal


async def fetch_grant_path(
    upstream: Upstream, principal: Principal, order: FundOrder
) -> Sequence[str] | None:
    """Of a grant, the way down to the county of its cluster, by the registry; empty where it knows none."""
    if not isinstance(order, Grant):
        return None
    registry = upstream.registry.acting_for(principal.subject)
    try:
        cluster = await registry.cluster(order.cluster)
    except ServiceProblem as problem:
        if problem.status == 404:
            return ()
        raise
    return await registry.division_path(cluster.county_code)


async def propose_fund_order(
    session: AsyncSession,
    principal: Principal,
    order: FundOrder,
    grant_path: Sequence[str] | None,
    *,
    clock: BusinessClock,
) -> KeptOrder:
    """What could not take effect today is refused, with every reason."""
    today = await clock.today(session)
    line = await own_line(session, principal, order)
    await lock_budgets(session, [line.division_code])
    facts = await facts_of(
        session, order, line, maker_division=principal.division, today=today, grant_path=grant_path
    )
    form = await document_number_form(session, line.programme)
    reasons = [*form_reasons(order, form), *reasons_against(order, facts)]
    if reasons:
        raise FundOrderNotPossible(
            f"资金单有{len(reasons)}处不符合条件,未作任何变动",
            f"There are {len(reasons)} reason(s) against this order; nothing was changed",
            items=reasons,
        )
    number = await add_order(session, order, line, desk=principal.division, grant_path=grant_path)
    await add_order_step(session, number, "proposed", actor=principal, note=order.reason, on=today)
    await append_event(
        session,
        "fund_order.proposed",
        subject=number,
        actor=principal.actor,
        data={"kind": order.kind, "appropriation": line.code},
    )
    return await show_fund_order(session, principal, number)
