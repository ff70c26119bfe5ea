"""A county puts quota into a project of its own budget: its plan of use."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import BudgetProjectRefused
from services.funding.domain.rules.uses import use_problem
from services.funding.domain.rules.vocabulary import Use
from services.funding.storage.ledger.postings import lock_accounts
from services.funding.storage.orders.fund_orders import grants_of
from services.funding.storage.payments.budget_projects import (
    add_budget_project,
    find_budget_projects,
    lock_county,
    planned_for,
)
from services.funding.storage.rounds.rounds import find_appropriation, find_round, issued_awards_of_line
from services.funding.storage.rules import find_rules, rules_of
from services.funding.use_cases.payment_answers import BudgetProjectOut
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.text.money import show_wan
from shared.web.fields import Code, DocumentNumber, Name, PositiveFen
from shared.web.principals import Principal


class BudgetProjectIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code = Field(description="the county's budget project code")
    appropriation: Code
    cluster: Code
    name: Name
    unit: Name = Field(description="project unit that the treasury will pay")
    use: Code = Field(
        description="a use that the incentive rules of the award name; `key_project` for a grant's own project",
        examples=["public_service_platform"],
    )
    consent_document_number: DocumentNumber | None = Field(
        default=None, description="written consent, for a use that needs it"
    )
    amount_fen: PositiveFen


async def register_budget_project(
    session: AsyncSession, principal: Principal, order: BudgetProjectIn, *, today: date
) -> BudgetProjectOut:
    """The plans for a quota never exceed the quota."""
    county = principal.division
    await lock_county(session, county)
    line = await find_appropriation(session, order.appropriation)
    granted = (await grants_of(session, order.appropriation)).get(order.cluster)
    awards = await issued_awards_of_line(session, order.appropriation)
    award = next((row for row in awards if row.cluster == order.cluster), None)
    path = award.division_path if award is not None else granted
    if line is None or path is None or path[-1] != county:
        raise NotFound("指标(本县没有该集群的奖励)", "quota: your county has no award of this cluster")
    quota = Quota(Books(line.division_code, line.code), county, order.cluster)
    balances = await lock_accounts(session, [quota.held, quota.paid])
    received = balances[quota.held] + balances[quota.paid]
    planned = await planned_for(session, line.code, county, order.cluster)
    reasons = []
    if planned + order.amount_fen > received:
        zh = f"收到指标 {show_wan(received)},已安排 {show_wan(planned)},不足 {show_wan(order.amount_fen)}"
        en = (
            f"{show_wan(received)} of quota arrived and {show_wan(planned)} is planned: "
            f"no room for {show_wan(order.amount_fen)}"
        )
        reasons.append(Item("amount_fen", "within-quota", zh, en))
    named = None if award is None else await _named_uses(session, award.round)
    consent = order.consent_document_number
    problem = use_problem(order.use, named, consent=consent, granted=granted is not None)
    if problem is not None:
        reasons.append(problem)
    if reasons:
        raise BudgetProjectRefused(
            "预算项目不符合条件", "The budget project cannot be registered", items=reasons
        )
    added = await add_budget_project(
        session,
        {
            **order.model_dump(),
            "county_code": county,
            "registered_by": principal.actor,
            "registered_on": today,
        },
    )
    if not added:
        raise BudgetProjectRefused(
            f"预算项目代码 {order.code} 已登记", f"The budget project {order.code} is registered already"
        )
    await append_event(
        session,
        "budget_project.registered",
        subject=f"{county}:{order.code}",
        actor=principal.actor,
        data={"appropriation": line.code, "cluster": order.cluster, "amount_fen": order.amount_fen},
    )
    (row,) = await find_budget_projects(session, county, [order.code])
    return BudgetProjectOut.model_validate(row)


async def _named_uses(session: AsyncSession, round_code: str) -> Sequence[Use]:
    """27号 三(二): what the rules by which the round was allocated say that the money is for."""
    round_ = await find_round(session, round_code)
    kept = None if round_ is None else await find_rules(session, round_.incentive, round_.incentive_version)
    if kept is None:  # pragma: no cover - foreign keys hold both
        raise RuntimeError(f"the rules of the round {round_code} are missing")
    return rules_of(kept.document).uses
