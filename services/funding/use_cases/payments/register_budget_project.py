"""A county puts quota into a project of its own budget: its plan of use."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.budget_plan_checks import plan_reasons
from services.funding.domain.payments.payments import BudgetProject
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import BudgetProjectRefused
from services.funding.domain.rules.vocabulary import Use
from services.funding.storage.ledger.postings import lock_accounts
from services.funding.storage.orders.fund_orders import grants_of
from services.funding.storage.payments.budget_projects import add_budget_project, planned_for
from services.funding.storage.payments.payments import lock_county
from services.funding.storage.rounds.allocations import issued_awards_of_line
from services.funding.storage.rounds.appropriations import find_appropriation
from services.funding.storage.rounds.rounds import kept_round
from services.funding.storage.rules import document_number_form, kept_rules
from shared.data.events import append_event
from shared.errors import NotFound
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
) -> BudgetProject:
    """The plans for a quota never exceed the quota."""
    county = principal.division
    await lock_county(session, county)
    line = await find_appropriation(session, order.appropriation)
    granted = (await grants_of(session, order.appropriation)).get(order.cluster)
    awards = await issued_awards_of_line(session, order.appropriation)
    award = next((entry for entry in awards if entry.cluster == order.cluster), None)
    path = award.division_path if award is not None else granted
    if line is None or path is None or path[-1] != county:
        raise NotFound("指标(本县没有该集群的奖励)", "quota: your county has no award of this cluster")
    quota = Quota(line.books, county, order.cluster)
    balances = await lock_accounts(session, [quota.held, quota.paid])
    reasons = list(
        plan_reasons(
            order.amount_fen,
            order.use,
            received_fen=balances[quota.held] + balances[quota.paid],
            planned_fen=await planned_for(session, line.code, county, order.cluster),
            named_uses=None if award is None else await _named_uses(session, award.round),
            consent=order.consent_document_number,
            granted=granted is not None,
        )
    )
    if order.consent_document_number is not None:
        form = await document_number_form(session, line.programme)
        problem = form.problem(order.consent_document_number, at="consent_document_number")
        reasons += [] if problem is None else [problem]
    if reasons:
        raise BudgetProjectRefused(
            "预算项目不符合条件", "The budget project cannot be registered", items=reasons
        )
    project = BudgetProject(**order.model_dump(), county_code=county, registered_on=today)
    if not await add_budget_project(session, project, registered_by=principal.actor):
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
    return project


async def _named_uses(session: AsyncSession, round_code: str) -> Sequence[Use]:
    """27号 三(二): what the rules by which the round was allocated say that the money is for."""
    round_ = await kept_round(session, round_code)
    return (await kept_rules(session, round_.incentive, round_.incentive_version)).rules.uses
