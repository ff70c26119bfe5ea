"""A county changes, splits or closes a project of its own budget, with its reason; what was planned before stays."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Plan
from services.funding.domain.payments.budget_plan_checks import (
    not_below_paid,
    open_reasons,
    split_reasons,
)
from services.funding.domain.payments.payments import (
    BudgetProject,
    KnownProject,
    PlanChange,
    planned_anew,
)
from services.funding.domain.refusals import BudgetProjectRefused
from services.funding.storage.payments.budget_projects import (
    add_budget_projects,
    change_plans,
    find_budget_projects,
)
from services.funding.storage.payments.payments import lock_county
from services.funding.use_cases.payments.plan_facts import PlanFacts, read_plan_facts
from services.funding.use_cases.payments.register_budget_project import BudgetPlanIn, code_taken
from services.funding.use_cases.payments.show_budget_projects import show_budget_project
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.web.fields import Code, DocumentNumber, Name, Note, PositiveFen
from shared.web.principals import Principal


class PlanChanges(BaseModel):
    """What is changed of a plan; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    unit: Name | None = None
    use: Code | None = None
    consent_document_number: DocumentNumber | None = None
    amount_fen: PositiveFen | None = None

    @model_validator(mode="after")
    def _something_is_named(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("name at least one field")
        return self


class BudgetProjectChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: PlanChanges
    reason: Note


class BudgetProjectSplit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: Annotated[
        list[BudgetPlanIn],
        Field(
            min_length=1,
            max_length=100,
            description="new projects of the same quota; what they take, the first one plans no more",
        ),
    ]
    reason: Note


class BudgetProjectClosure(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


async def change_budget_project(
    session: AsyncSession, principal: Principal, code: str, change: BudgetProjectChange, *, today: date
) -> KnownProject:
    project, facts = await _lock(session, principal, code)
    given = change.changes.model_dump(exclude_none=True)
    changed = replace(project, **given)
    if changed == project:
        same = Item("changes", "something-changes", "与现有登记完全相同", "the project says so already")
        raise _refused([same])
    paid = _plan(facts, code).paid_fen
    reasons = not_below_paid(changed.amount_fen, paid_fen=paid) + facts.reasons(
        changed.use,
        changed.consent_document_number,
        max(0, changed.amount_fen - paid),
        besides=[code],
        new_consent=changed.consent_document_number != project.consent_document_number,
    )
    if reasons:
        raise _refused(reasons)
    before = {name: getattr(project, name) for name in given if getattr(project, name) != given[name]}
    after = {name: given[name] for name in before}
    changes = PlanChange(project.county_code, code, "changed", before, after, change.reason)
    await _keep(session, principal, changes, today=today)
    return await show_budget_project(session, principal, code)


async def split_budget_project(
    session: AsyncSession, principal: Principal, code: str, split: BudgetProjectSplit, *, today: date
) -> KnownProject:
    """The parts take what they plan off this one, which is closed where nothing is left to pay."""
    project, facts = await _lock(session, principal, code)
    plan = _plan(facts, code)
    amounts = [part.amount_fen for part in split.parts]
    reasons = list(
        split_reasons(
            [part.code for part in split.parts],
            amounts_fen=amounts,
            left_fen=plan.planned_fen - plan.paid_fen,
        )
    )
    for index, part in enumerate(split.parts):
        reasons += facts.reasons(
            part.use, part.consent_document_number, 0, besides=[code], at=f"parts[{index}]."
        )
    if reasons:
        raise _refused(reasons)
    parts = [
        BudgetProject(
            **part.model_dump(),
            appropriation=project.appropriation,
            cluster=project.cluster,
            county_code=project.county_code,
            registered_on=today,
            split_from=code,
        )
        for part in split.parts
    ]
    taken = await find_budget_projects(session, project.county_code, [part.code for part in parts])
    if taken:
        raise code_taken([known.code for known in taken])
    await add_budget_projects(session, parts, registered_by=principal.actor)
    left = plan.planned_fen - sum(amounts)
    await _keep(session, principal, planned_anew(plan, left, "split", split.reason), today=today)
    return await show_budget_project(session, principal, code)


async def close_budget_project(
    session: AsyncSession, principal: Principal, code: str, closure: BudgetProjectClosure, *, today: date
) -> KnownProject:
    """It plans what it paid, and no more; the rest of the quota is free for other plans."""
    _, facts = await _lock(session, principal, code)
    plan = _plan(facts, code)
    change = planned_anew(plan, plan.paid_fen, "closed", closure.reason)
    await _keep(session, principal, change, today=today)
    return await show_budget_project(session, principal, code)


async def _lock(session: AsyncSession, principal: Principal, code: str) -> tuple[BudgetProject, PlanFacts]:
    """The county's own open project, and its quota."""
    county = principal.division
    await lock_county(session, county)
    found = await find_budget_projects(session, county, [code])
    if not found:
        raise NotFound("预算项目", "budget project")
    project = found[0]
    reasons = open_reasons(project)
    if reasons:
        raise _refused(reasons)
    facts = await read_plan_facts(
        session, county=county, appropriation=project.appropriation, cluster=project.cluster
    )
    return project, facts


def _plan(facts: PlanFacts, code: str) -> Plan:
    plan = facts.plan_of(code)
    if plan is None:  # pragma: no cover - the project is open, and locked
        raise RuntimeError(f"the open project {code} has no plan")
    return plan


async def _keep(session: AsyncSession, principal: Principal, change: PlanChange, *, today: date) -> None:
    await change_plans(session, [change], actor=principal.actor, on=today)
    await append_event(
        session,
        f"budget_project.{change.action}",
        subject=f"{change.county}:{change.code}",
        actor=principal.actor,
        data={"before": change.before, "after": change.after},
    )


def _refused(reasons: list[Item]) -> BudgetProjectRefused:
    return BudgetProjectRefused(
        "预算项目不能这样变更", "The budget project cannot be changed like this", items=reasons
    )
