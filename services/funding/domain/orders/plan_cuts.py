"""A quota that is cut below what the county plans: which projects plan how much, and what becomes of them."""

from collections import Counter
from collections.abc import Iterator

from services.funding.domain.ledger.books import Purpose
from services.funding.domain.orders.facts import OrderFacts
from services.funding.domain.orders.kinds import FundOrder
from services.funding.domain.orders.money_orders import Recovery, YearEnd
from shared.errors import Item
from shared.text.money import show_wan

_SHOWN = 20


def plans_cut_by(order: FundOrder) -> dict[str, int]:
    """What each budget project that the order cuts plans from then on, in fen."""
    cuts = order.plan_cuts if isinstance(order, Recovery | YearEnd) else ()
    return {cut.budget_project: cut.planned_fen for cut in cuts}


def plan_cuts(order: Recovery | YearEnd, facts: OrderFacts) -> Iterator[Item]:
    """What the county's open projects may still spend has to be there after the cut."""
    plans = {plan.code: plan for plan in facts.plans}
    after = {code: plan.planned_fen for code, plan in plans.items()}
    named = Counter(cut.budget_project for cut in order.plan_cuts)
    for index, cut in enumerate(order.plan_cuts):
        at, plan = f"plan_cuts[{index}]", plans.get(cut.budget_project)
        if plan is None:
            zh = f"该项指标没有在用的预算项目 {cut.budget_project}"
            en = f"no open project {cut.budget_project} spends this quota"
            yield Item(f"{at}.budget_project", "project-of-quota", zh, en, row=index + 1)
            continue
        if named[plan.code] > 1:
            zh, en = f"项目 {plan.code} 重复", f"the project {plan.code} is listed twice"
            yield Item(f"{at}.budget_project", "project-once", zh, en, row=index + 1)
        if not plan.paid_fen <= cut.planned_fen < plan.planned_fen:
            zh = f"{plan.code} 应在已支付 {show_wan(plan.paid_fen)} 与现计划 {show_wan(plan.planned_fen)} 之间调减"
            en = (
                f"{plan.code} can come down to {show_wan(plan.paid_fen)}, which it paid, "
                f"from {show_wan(plan.planned_fen)}, which it plans"
            )
            yield Item(f"{at}.planned_fen", "cut-within-plan", zh, en, row=index + 1)
        after[plan.code] = cut.planned_fen
    held = sum(fen for account, fen in facts.balances.items() if account.purpose is Purpose.PASSED_DOWN)
    left = held - order.amount_fen
    unspent = sum(after[code] - plan.paid_fen for code, plan in plans.items())
    if plans and left >= 0 and unspent > left:
        zh = "、".join(
            f"{plan.code} {plan.name}(计划 {show_wan(after[plan.code])},已支付 {show_wan(plan.paid_fen)})"
            for plan in list(plans.values())[:_SHOWN]
        )
        en = ", ".join(
            f"{plan.code} (plans {show_wan(after[plan.code])}, paid {show_wan(plan.paid_fen)})"
            for plan in list(plans.values())[:_SHOWN]
        )
        yield Item(
            "plan_cuts",
            "plans-fit-quota",
            f"办理后指标余 {show_wan(left)},而预算项目还要支付 {show_wan(unspent)}:{zh};请写明哪些项目调减 "
            f"{show_wan(unspent - left)}",
            f"{show_wan(left)} of the quota is left, but the projects are still to pay {show_wan(unspent)}: {en}; "
            f"say which of them plan {show_wan(unspent - left)} less",
        )
