"""Finance's own codes of divisions, as a finance system needs them on every passing down."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.web.fields import DivisionCode, Name


class FinanceDivision(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    division_code: DivisionCode
    finance_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
    name: Name
