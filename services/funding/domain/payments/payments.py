"""A county's budget projects, its treasury's payments, and what a file of payments says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.funding.domain.orders.facts import Plan
from shared.documents.canonical import Json
from shared.web.fields import BankSerial, BusinessDate, Code, FileNumber, Note, PositiveFen

PlanAction = Literal["changed", "split", "closed", "cut"]


@dataclass(frozen=True, slots=True)
class BudgetProject:
    """A project of the county's own budget: what the county plans to spend of a quota."""

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
    state: Literal["open", "closed"] = "open"
    split_from: str | None = None


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A change of a budget project: the fields that it changes, as they were and as they are since; ``fund_order``
    made it, where it was not the county."""

    county: str
    code: str
    action: PlanAction
    before: Mapping[str, Json]
    after: Mapping[str, Json]
    reason: str
    fund_order: str | None = None


def planned_anew(
    plan: Plan, amount_fen: int, action: PlanAction, reason: str, *, fund_order: str | None = None
) -> PlanChange:
    """An open plan with another amount; one that comes down to what it paid is closed."""
    before: dict[str, Json] = {"amount_fen": plan.planned_fen}
    after: dict[str, Json] = {"amount_fen": amount_fen}
    if amount_fen == plan.paid_fen:
        before["state"], after["state"] = "open", "closed"
    return PlanChange(plan.county, plan.code, action, before, after, reason, fund_order)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A change of a budget project, as it is kept."""

    county_code: str
    code: str
    number: int
    action: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    reason: str
    fund_order: str | None
    subject: str
    business_date: date


@dataclass(frozen=True, slots=True)
class KnownProject(BudgetProject):
    """A budget project with what was changed of it, the oldest first."""

    steps: Sequence[PlanStep] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """``actual_fen``: what the bank paid; ``returned_fen``: what came back of it so far."""

    county_code: str
    bank_serial: str
    file_number: str
    budget_project: str
    requested_fen: int
    actual_fen: int
    paid_on: date
    transfer_id: UUID
    returned_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayment(Payment):
    """``number``: its place in the order of recording, over all counties."""

    number: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedReturn:
    """Money of the payment ``bank_serial`` that came back, under a serial of its own."""

    return_serial: str
    bank_serial: str
    amount_fen: int
    returned_on: date


class PaymentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bank_serial: BankSerial = Field(description="the bank's serial number, once in a county")
    budget_project: Code
    requested_fen: PositiveFen
    actual_fen: PositiveFen = Field(
        description="what the bank paid; less than requested for a partial payment"
    )
    paid_on: BusinessDate


class PaymentFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_number: FileNumber
    control_count: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    control_total_fen: PositiveFen = Field(description="sum of actual_fen")
    payments: Annotated[list[PaymentIn], Field(min_length=1, max_length=1_000)]


class PaymentReturn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    return_serial: BankSerial = Field(description="the bank's serial number of the money coming back")
    amount_fen: PositiveFen
    returned_on: BusinessDate
    reason: Note
