"""Records a budget line: the appropriation and the transfer that makes its money available."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation, AppropriationNow
from services.funding.domain.ledger.books import Books
from services.funding.domain.refusals import AppropriationAlreadyRecorded, DocumentNumberAlreadyUsed
from services.funding.storage.ledger.postings import post
from services.funding.storage.orders.fund_orders import document_taken
from services.funding.storage.rounds.appropriations import add_appropriation, find_appropriation
from services.funding.use_cases.ledger.show_appropriations import show_appropriation
from shared.data.events import append_event
from shared.web.fields import BusinessDate, Code, DocumentNumber, Name, PositiveFen, Year
from shared.web.principals import Principal


class FinanceCodes(BaseModel):
    """What a finance system needs to enter the line and to pass it down."""

    model_config = ConfigDict(extra="forbid")

    fund_nature: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")] = Field(
        description="资金性质", examples=["111"]
    )
    project_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6,40}$")] = Field(
        description="预算项目代码"
    )
    functional_class: Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")] = Field(
        description="支出功能分类科目: 类, 款, 项", examples=["2150805"]
    )
    economic_class: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")] = Field(
        description="政府预算支出经济分类科目: 类, 款", examples=["51301"]
    )
    budget_heading: Name = Field(description="预算科目名称")
    sending_division: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")] = Field(
        description="the sending division in finance's own codes"
    )


class AppropriationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code = Field(examples=["2024-incentive"])
    programme: Code
    fiscal_year: Year
    source: Code = Field(description="where the money comes from", examples=["incentive_fund"])
    amount_fen: PositiveFen
    document_number: DocumentNumber
    effective_at: BusinessDate | None = Field(default=None, description="default: the business date")
    predecessor: Name | None = Field(
        default=None, description="the line that this one re-purposes (调整设置)"
    )
    budget_approved_on: BusinessDate | None = Field(
        default=None, description="when the budget was approved; passing down is due 60 days later"
    )
    codes: FinanceCodes | None = Field(default=None, description="needed before the line is passed down")


async def record_appropriation(
    session: AsyncSession, principal: Principal, order: AppropriationIn, *, today: date
) -> AppropriationNow:
    """The line belongs to the division of the finance department that records it."""
    await _check_new(session, order)
    effective_at = order.effective_at or today
    posting = Books(principal.division, order.code).appropriate(
        order.amount_fen, document_number=order.document_number, on=effective_at
    )
    posted = await post(session, posting, actor=principal.actor)
    recorded = Appropriation(
        code=order.code,
        programme=order.programme,
        division_code=principal.division,
        fiscal_year=order.fiscal_year,
        source=order.source,
        amount_fen=order.amount_fen,
        document_number=order.document_number,
        effective_at=effective_at,
        transfer_id=posted.transfer_id,
        predecessor=order.predecessor,
        budget_approved_on=order.budget_approved_on,
        codes=None if order.codes is None else order.codes.model_dump(),
    )
    await add_appropriation(session, recorded, recorded_by=principal.actor)
    await append_event(
        session,
        "appropriation.recorded",
        subject=order.code,
        actor=principal.actor,
        data={
            "fiscal_year": order.fiscal_year,
            "amount_fen": order.amount_fen,
            "document_number": order.document_number,
        },
    )
    return await show_appropriation(session, principal, order.code)


async def _check_new(session: AsyncSession, order: AppropriationIn) -> None:
    if await find_appropriation(session, order.code) is not None:
        raise AppropriationAlreadyRecorded(
            f"预算安排 {order.code} 已登记", f"The appropriation {order.code} is recorded already"
        )
    if await document_taken(session, order.document_number):
        raise DocumentNumberAlreadyUsed(
            f"文号 {order.document_number} 已用于另一预算安排或资金单",
            f"The document number {order.document_number} is used by another appropriation or fund order",
        )
