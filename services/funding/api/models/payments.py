"""Answers about budget projects, payments, reconciliation and spending."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.funding.api.models.answer import Answer


class BudgetProjectStepOut(Answer):
    """The fields that a change touched, as they were and as they are since."""

    number: int
    action: Literal["changed", "split", "closed", "cut"]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    fund_order: str | None = Field(description="the withdrawal or year-end order that cut it, if one did")
    subject: str
    business_date: date


class BudgetProjectOut(Answer):
    county_code: str
    code: str
    appropriation: str
    cluster: str
    name: str
    unit: str
    use: str
    consent_document_number: str | None
    amount_fen: int
    registered_on: date
    state: Literal["open", "closed"]
    split_from: str | None = Field(description="the project that it was split from")
    steps: list[BudgetProjectStepOut] = Field(description="what was changed of it, the oldest first")


class PaymentOut(Answer):
    county_code: str
    bank_serial: str
    file_number: str
    budget_project: str
    requested_fen: int
    actual_fen: int = Field(description="what the bank paid; less than requested where it paid in part")
    returned_fen: int = Field(description="what came back of it so far")
    paid_on: date
    transfer_id: UUID
    number: int = Field(description="place in the order of recording; pass the last one as `after` to go on")
    recorded_at: datetime


class PaymentBatchOut(Answer):
    file_number: str
    payments: int
    total_fen: int


class ReconciliationDifferenceOut(Answer):
    """``only_in_file``: the treasury has it, we do not know it; ``only_here``: recorded, not in the file."""

    bank_serial: str = Field(description="of a return, its own")
    entry: Literal["payment", "return"]
    kind: Literal["only_in_file", "only_here", "amount_differs", "day_differs"]
    row: int | None = Field(description="row of the file, its heading being row 1")
    file_fen: int | None
    recorded_fen: int | None
    file_day: date | None
    recorded_day: date | None


class ReconciledSumsOut(Answer):
    paid_fen: int
    returned_fen: int = Field(description="sent back by the bank or refunded by who was paid")
    net_fen: int = Field(description="paid less returned")


class ReconciliationSummaryOut(Answer):
    id: UUID
    number: int = Field(description="place in the order of recording; pass the last one as `after` to go on")
    county_code: str
    from_day: date
    to_day: date
    file_sha256: str
    file: ReconciledSumsOut = Field(description="what the treasury's list adds up to")
    recorded: ReconciledSumsOut = Field(description="what is recorded of these days")
    net_difference_fen: int = Field(description="net amount of the list less the recorded one")
    matched: int
    difference_count: int
    recorded_by: str
    recorded_at: datetime


class ReconciliationOut(ReconciliationSummaryOut):
    differences: list[ReconciliationDifferenceOut]


class SpendingOut(Answer):
    """Where a cluster's money stands at a division that holds it."""

    appropriation: str
    division: str
    cluster: str
    received_fen: int = Field(description="held + paid + due at settlement")
    held_fen: int
    planned_fen: int = Field(description="in the county's budget projects")
    paid_fen: int
    settlement_due_fen: int
    spent_share: str = Field(description="paid / received, four decimals", examples=["0.7500"])


class SpendingList(Answer):
    lines: list[SpendingOut]
