"""Finance's own codes of divisions, as a finance system needs them on every passing down."""

from pydantic import BaseModel, ConfigDict

from shared.web.fields import DivisionCode, FinanceCode, Name


class FinanceDivision(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    division_code: DivisionCode
    finance_code: FinanceCode
    name: Name
