"""A county puts quota into a project of its own budget: its plan of use."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.payments.payments import BudgetProject, KnownProject
from services.funding.domain.refusals import BudgetProjectRefused
from services.funding.storage.payments.budget_projects import add_budget_projects
from services.funding.storage.payments.payments import lock_county
from services.funding.use_cases.payments.plan_facts import read_plan_facts
from services.funding.use_cases.payments.show_budget_projects import show_budget_project
from shared.data.events import append_event
from shared.web.fields import Code, DocumentNumber, Name, PositiveFen
from shared.web.principals import Principal


class BudgetPlanIn(BaseModel):
    """A plan under its own code."""

    model_config = ConfigDict(extra="forbid")

    code: Code = Field(description="the county's budget project code")
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


class BudgetProjectIn(BudgetPlanIn):
    appropriation: Code
    cluster: Code


async def register_budget_project(
    session: AsyncSession, principal: Principal, order: BudgetProjectIn, *, today: date
) -> KnownProject:
    """The plans for a quota never exceed the quota."""
    county = principal.division
    await lock_county(session, county)
    facts = await read_plan_facts(
        session, county=county, appropriation=order.appropriation, cluster=order.cluster
    )
    reasons = facts.reasons(order.use, order.consent_document_number, order.amount_fen)
    if reasons:
        raise BudgetProjectRefused(
            "预算项目不符合条件", "The budget project cannot be registered", items=reasons
        )
    project = BudgetProject(**order.model_dump(), county_code=county, registered_on=today)
    if not await add_budget_projects(session, [project], registered_by=principal.actor):
        raise code_taken([order.code])
    await append_event(
        session,
        "budget_project.registered",
        subject=f"{county}:{order.code}",
        actor=principal.actor,
        data={"appropriation": order.appropriation, "cluster": order.cluster, "amount_fen": order.amount_fen},
    )
    return await show_budget_project(session, principal, order.code)


def code_taken(codes: list[str]) -> BudgetProjectRefused:
    return BudgetProjectRefused(
        f"预算项目代码 {'、'.join(codes)} 已登记",
        f"The budget project {', '.join(codes)} is registered already",
    )
