"""Finance's own codes of divisions, as a finance system needs them on every passing down."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.finance_divisions import FinanceDivision, check_each_once
from services.funding.domain.refusals import FinanceCodeTaken
from services.funding.storage.orders.finance_divisions import (
    complete_notice_codes,
    list_finance_divisions,
    put_finance_divisions,
)
from shared.data.events import append_event
from shared.web.principals import Principal


class FinanceDivisions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    divisions: Annotated[list[FinanceDivision], Field(min_length=1, max_length=1_000)]


async def name_finance_divisions(
    session: AsyncSession, principal: Principal, given: FinanceDivisions
) -> list[FinanceDivision]:
    """Adds or replaces the codes of the divisions that are named; a code belongs to one division."""
    check_each_once(given.divisions)
    named = sorted(given.divisions, key=lambda division: division.division_code)
    try:
        async with session.begin_nested():
            await put_finance_divisions(session, named, recorded_by=principal.actor)
    except IntegrityError as error:
        raise FinanceCodeTaken(
            "财政编码已用于另一区划", "A finance code belongs to another division"
        ) from error
    await complete_notice_codes(session)
    await append_event(session, "finance_divisions.named", subject=principal.division, actor=principal.actor)
    return await show_finance_divisions(session)


async def show_finance_divisions(session: AsyncSession) -> list[FinanceDivision]:
    return await list_finance_divisions(session)
