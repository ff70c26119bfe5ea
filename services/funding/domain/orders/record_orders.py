"""Fund orders about what money is drawn and named by: a new line, a typo in it, a list's number, finance's codes.

Money begins with a line, and goes by finance's codes; so these too are made by one person and approved by another. What
is corrected stays visible beside its correction.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.funding.domain.orders.order import DocumentedOrder, Order
from shared.web.fields import (
    BusinessDate,
    Code,
    DivisionCode,
    DocumentNumber,
    FinanceCode,
    Name,
    PositiveFen,
    Year,
)

MAX_DIVISIONS: Final = 1_000


class FinanceCodes(BaseModel):
    """What a finance system needs to enter the line and to pass it down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fund_nature: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")] = Field(
        description="资金性质", examples=["111"]
    )
    project_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6,40}$")] = Field(
        description="预算项目代码"
    )
    functional_class: Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")] = Field(
        description="支出功能分类科目: 类, 款, 项; one of the programme's list, where it has one",
        examples=["2150805"],
    )
    economic_class: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")] = Field(
        description="政府预算支出经济分类科目: 类, 款", examples=["51301"]
    )
    budget_heading: Name = Field(description="预算科目名称")
    sending_division: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")] = Field(
        description="the sending division in finance's own codes"
    )


class NewAppropriation(DocumentedOrder):
    """登记预算安排: a new line; with the approval its money is available."""

    kind: Literal["appropriation"]
    appropriation: Code = Field(description="the new line's code", examples=["2024-incentive"])
    programme: Code
    fiscal_year: Year
    source: Code = Field(description="where the money comes from", examples=["incentive_fund"])
    amount_fen: PositiveFen
    effective_at: BusinessDate | None = Field(default=None, description="default: the document's date")
    predecessor: Name | None = Field(
        default=None, description="the line that this one re-purposes (调整设置)"
    )
    budget_approved_on: BusinessDate | None = Field(
        default=None,
        description="when the budget was approved; passing down is due 60 days later, "
        "and nothing is awarded from the line before this is known",
    )
    codes: FinanceCodes | None = Field(
        default=None, description="nothing is awarded from the line before they are known"
    )


class LineChanges(BaseModel):
    """What is corrected of a line; what is not named stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme: Code | None = None
    fiscal_year: Year | None = None
    source: Code | None = None
    amount_fen: PositiveFen | None = None
    document_number: DocumentNumber | None = None
    effective_at: BusinessDate | None = None
    predecessor: Name | None = None
    budget_approved_on: BusinessDate | None = None
    codes: FinanceCodes | None = None

    def named(self) -> dict[str, object]:
        """The fields that are named, with their new values."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _something_is_named(self) -> Self:
        if not self.named():
            raise ValueError("name at least one field")
        return self


class AppropriationCorrection(Order):
    """更正预算安排: a typo, or what was missing. A line that is used already keeps its money, year and programme;
    more or less money is then an ``appropriation_change`` with its document."""

    kind: Literal["appropriation_correction"]
    appropriation: Code
    changes: LineChanges


class AwardListNumber(DocumentedOrder):
    """登记名单文号: the office's own number of an issued list, or the right one in place of a typo."""

    kind: Literal["award_list_number"]
    award_list: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{3,9}$")] = Field(
        description="the list's number", examples=["2024-001"]
    )
    replaces: DocumentNumber | None = Field(
        default=None, description="the number that was registered by mistake"
    )


class FinanceDivision(BaseModel):
    """A division in finance's own codes, as a finance system needs them on every passing down."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    division_code: DivisionCode
    finance_code: FinanceCode
    name: Name


class FinanceDivisionCodes(Order):
    """登记财政区划编码: divisions in finance's own codes, new or in place of the codes that they had."""

    kind: Literal["finance_divisions"]
    divisions: Annotated[list[FinanceDivision], Field(min_length=1, max_length=MAX_DIVISIONS)]


RecordOrder = NewAppropriation | AppropriationCorrection | AwardListNumber | FinanceDivisionCodes
