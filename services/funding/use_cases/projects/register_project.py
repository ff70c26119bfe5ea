"""Registers a project of a cluster, as a bond office needs it: code, unit, investment, approvals, revenue cover."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.project_test import Approval, Project
from services.funding.domain.refusals import ProjectAlreadyRegistered
from services.funding.storage.projects import add_project
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.fields import Code, DecimalText, DivisionCode, DocumentNumber, Name, PositiveFen
from shared.web.principals import Principal


class ApprovalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Code = Field(examples=["project_approval"])
    document_number: DocumentNumber


class ProjectIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code = Field(description="national project code (项目代码)")
    name: Name
    county_code: DivisionCode
    cluster: Code
    unit: Name = Field(description="project unit")
    investment_fen: PositiveFen
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


async def find_county(upstream: Upstream, principal: Principal, order: ProjectIn) -> Sequence[str]:
    """The way down to the project's county by the division register; the county is the principal's, or below it."""
    path = await upstream.registry.acting_for(principal.subject).division_path(order.county_code)
    if not principal.covers(path):
        raise NotFound("县(市、区)", "county")
    return path


async def register_project(
    session: AsyncSession, principal: Principal, order: ProjectIn, division_path: Sequence[str]
) -> Project:
    new = Project(
        code=order.code,
        name=order.name,
        county_code=order.county_code,
        division_path=list(division_path),
        cluster=order.cluster,
        unit=order.unit,
        investment_fen=order.investment_fen,
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
