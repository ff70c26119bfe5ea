"""Answers about fund orders and quota passed down."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.funding.api.models.answer import Answer
from services.funding.domain.orders.record_orders import FinanceDivision

OrderKind = Literal[
    "appropriation",
    "appropriation_correction",
    "award_list_number",
    "finance_divisions",
    "appropriation_change",
    "pass_down",
    "variation",
    "grant",
    "recovery",
    "settlement",
    "year_end",
    "carry_in",
    "opening",
    "opening_reversal",
    "earlier_listings",
    "earlier_listings_reversal",
]


class FundOrderStepOut(Answer):
    number: int
    action: Literal["proposed", "approved", "rejected", "withdrawn"]
    subject: str
    unit: str
    note: str
    business_date: date
    recorded_at: datetime


class FundOrderOut(Answer):
    number: str = Field(examples=["2024-420000-0001"])
    kind: OrderKind
    appropriation: str | None = Field(
        description="the line that it is about; null for finance's division codes and listings of before the system"
    )
    division_code: str = Field(description="whose desk made it")
    fiscal_year: int
    document_number: str | None = Field(
        description="of its own document, or that it records; null without one"
    )
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    body: dict[str, Any] = Field(description="the order as it was proposed")
    transfer_id: UUID | None = Field(description="the transfer that it made, once approved")
    division_path: list[str] | None = Field(
        description="of a grant: province, city (if any) and county of its cluster by the division register"
    )
    steps: list[FundOrderStepOut]


class FundOrderList(Answer):
    orders: list[FundOrderOut]


class QuotaNoticeOut(Answer):
    """One line of quota that was passed down to the reader's division."""

    order: str
    appropriation: str
    from_division: str
    document_number: str
    document_date: date
    deadline: date
    performance_targets: str | None
    cluster: str
    amount_fen: int = Field(description="what arrived, after any deduction")
    deducted_fen: int
    finance_code: str | None = Field(description="the receiving division in finance's own codes")


class FinanceDivisionList(Answer):
    divisions: list[FinanceDivision]
