"""What funding answers about fund orders, quota passed down, payments and spending."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from services.funding.use_cases.answers import Answer
from shared.errors import Item

OrderKind = Literal[
    "appropriation_change",
    "pass_down",
    "variation",
    "grant",
    "recovery",
    "settlement",
    "year_end",
    "carry_in",
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
    appropriation: str
    division_code: str = Field(description="whose desk made it")
    fiscal_year: int
    document_number: str
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    body: dict[str, Any] = Field(description="the order as it was proposed")
    transfer_id: UUID | None = Field(description="the transfer that it made, once approved")
    steps: list[FundOrderStepOut]


class FundOrderList(Answer):
    orders: list[FundOrderOut]


class ReasonOut(Answer):
    field: str
    rule: str
    zh: str
    en: str


class PrerequisitesOut(Answer):
    """Whether the step could be taken now by whoever asks, and every reason against it."""

    subject: str
    step: str
    possible: bool
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, subject: str, step: str, reasons: Sequence[Item]) -> Self:
        told = [ReasonOut(field=r.field, rule=r.rule, zh=r.zh, en=r.en) for r in reasons]
        return cls(subject=subject, step=step, possible=not told, reasons=told)


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
