"""Finance's own codes of divisions, as a finance system needs them on every passing down."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.funding.domain.refusals import FinanceCodeTaken
from shared.web.fields import DivisionCode, Name


class FinanceDivision(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    division_code: DivisionCode
    finance_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
    name: Name


def check_each_once(divisions: Sequence[FinanceDivision]) -> None:
    """A division has one code, and a code is one division's."""
    codes = {division.finance_code for division in divisions}
    if not len({division.division_code for division in divisions}) == len(codes) == len(divisions):
        raise FinanceCodeTaken("区划或财政编码重复", "A division or a finance code is listed twice")
