"""Registers a project of a cluster, as a bond office needs it: code, unit, investment, approvals, revenue cover."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.project_test import Approval, Project
from services.funding.domain.priority.registered import GIVEN, RegisteredProject, check_agrees
from services.funding.domain.refusals import ProjectAlreadyRegistered, ProjectNotInRegister
from services.funding.storage.projects import add_project
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.data.events import append_event
from shared.errors import NotFound
from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from shared.web.fields import Code, DecimalText, DivisionCode, DocumentNumber, Name, PositiveFen
from shared.web.principals import Principal


class ApprovalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Code = Field(examples=["project_approval"])
    document_number: DocumentNumber


class ProjectIn(BaseModel):
    """What a bond office asks beside what the registry's register says of the project. Of the latter nothing need be
    given; what is given must agree with it."""

    model_config = ConfigDict(extra="forbid")

    code: Code = Field(description="national project code (项目代码), as the registry has it")
    name: Name | None = None
    county_code: DivisionCode | None = None
    cluster: Code | None = None
    unit: Name | None = Field(default=None, description="project unit")
    investment_fen: PositiveFen | None = None
    use: Code = Field(examples=["cluster_infrastructure"])
    consent_document_number: DocumentNumber | None = Field(
        default=None, description="written consent to another use than the named ones"
    )
    revenue_cover: DecimalText | None = Field(
        default=None, description="project revenue over the bond's principal and interest"
    )
    approvals: Annotated[list[ApprovalIn], Field(max_length=50)] = []
    classification: Code | None = Field(
        default=None, description="class of the negative list", examples=["general_competitive_project"]
    )


async def find_project(upstream: Upstream, principal: Principal, order: ProjectIn) -> RegisteredProject:
    """What the register says of it; its county is the principal's, or below it."""
    known = await registered_project(upstream.registry.acting_for(principal.subject), order.code)
    if known is None:
        raise ProjectNotInRegister(
            f"登记簿中没有项目 {order.code},请先在登记服务的“项目”登记簿中登记",
            f"The register has no project {order.code}; enter it in the registry's register of projects first",
        )
    if not principal.covers(known.division_path):
        raise NotFound("项目", "project")
    check_agrees(known, order.model_dump(include=set(GIVEN), exclude_none=True))
    return known


async def registered_project(registry: RegistryClient, code: str) -> RegisteredProject | None:
    """As the register has it today; none where it has no such project."""
    try:
        told = await registry.project(code)
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise
    return RegisteredProject(**told.model_dump(include={field.name for field in fields(RegisteredProject)}))


async def register_project(
    session: AsyncSession, principal: Principal, order: ProjectIn, known: RegisteredProject
) -> Project:
    new = Project(
        code=known.code,
        name=known.name,
        county_code=known.county_code,
        division_path=list(known.division_path),
        cluster=known.cluster,
        unit=known.unit,
        investment_fen=known.investment_fen,
        use=order.use,
        consent_document_number=order.consent_document_number,
        revenue_cover=None if order.revenue_cover is None else Decimal(order.revenue_cover),
        approvals=tuple(Approval(entry.kind, entry.document_number) for entry in order.approvals),
        classification=order.classification,
    )
    if not await add_project(session, new, registered_by=principal.actor):
        raise ProjectAlreadyRegistered(
            f"项目代码 {order.code} 已登记", f"The project code {order.code} is registered already"
        )
    await append_event(
        session,
        "project.registered",
        subject=new.code,
        actor=principal.actor,
        data={"county_code": new.county_code, "cluster": new.cluster},
    )
    return new
