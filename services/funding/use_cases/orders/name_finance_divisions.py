"""Finance's own codes of divisions, as a finance system needs them on every passing down."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.refusals import FinanceCodeTaken
from services.funding.storage.orders.finance_divisions import list_finance_divisions, put_finance_divisions
from services.funding.use_cases.answers import Answer
from shared.data.events import append_event
from shared.web.fields import DivisionCode, Name
from shared.web.principals import Principal


class FinanceDivision(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    division_code: DivisionCode
    finance_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
    name: Name


class FinanceDivisions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    divisions: Annotated[list[FinanceDivision], Field(min_length=1, max_length=1_000)]


class FinanceDivisionList(Answer):
    divisions: list[FinanceDivision]


async def name_finance_divisions(
    session: AsyncSession, principal: Principal, given: FinanceDivisions
) -> FinanceDivisionList:
    """Adds or replaces the codes of the divisions that are named; a code belongs to one division."""
    rows = {entry.division_code: entry.model_dump() for entry in given.divisions}
    codes = {entry.finance_code for entry in given.divisions}
    if len(rows) != len(given.divisions) or len(codes) != len(given.divisions):
        raise FinanceCodeTaken("区划或财政编码重复", "A division or a finance code is listed twice")
    try:
        async with session.begin_nested():
            await put_finance_divisions(
                session, [rows[key] for key in sorted(rows)], recorded_by=principal.actor
            )
    except IntegrityError as error:
        raise FinanceCodeTaken(
            "财政编码已用于另一区划", "A finance code belongs to another division"
        ) from error
    await append_event(session, "finance_divisions.named", subject=principal.division, actor=principal.actor)
    return await show_finance_divisions(session)


async def show_finance_divisions(session: AsyncSession) -> FinanceDivisionList:
    rows = await list_finance_divisions(session)
    return FinanceDivisionList(divisions=[FinanceDivision.model_validate(row) for row in rows])
