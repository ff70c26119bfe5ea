"""Writes back the office's own document number (文号) of an issued list, once."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.refusals import DocumentNumberAlreadyUsed, DocumentNumberAlreadyWrittenBack
from services.funding.domain.rounds.checks import check_document_date
from services.funding.storage.rounds.award_lists import IssuedList, add_document_number
from services.funding.use_cases.award_lists.show_award_lists import show_award_list
from shared.data.events import append_event
from shared.web.fields import BusinessDate, DocumentNumber
from shared.web.principals import Principal


class DocumentNumberIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document_number: DocumentNumber
    issued_on: BusinessDate = Field(description="date of the office's document")


async def write_back_document_number(
    session: AsyncSession, principal: Principal, list_number: str, given: DocumentNumberIn, *, today: date
) -> IssuedList:
    shown = await show_award_list(session, principal, list_number)
    check_document_date(given.issued_on, list_day=shown.issued_on, today=today)
    added = await add_document_number(
        session,
        list_number,
        document_number=given.document_number,
        on=given.issued_on,
        recorded_by=principal.actor,
    )
    if not added:
        shown = await show_award_list(session, principal, list_number)
        if shown.document_number is None:
            raise DocumentNumberAlreadyUsed(
                f"文号 {given.document_number} 已用于另一份名单",
                f"The document number {given.document_number} is used by another list",
            )
        raise DocumentNumberAlreadyWrittenBack(
            f"名单 {list_number} 的文号已登记为 {shown.document_number}",
            f"The list {list_number} has the document number {shown.document_number} already",
        )
    await append_event(
        session,
        "award_list.document_number_written_back",
        subject=list_number,
        actor=principal.actor,
        data={"document_number": given.document_number},
    )
    return await show_award_list(session, principal, list_number)
