"""What funding answers. No field has a default: what is not there is null."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

RoundState = Literal[
    "draft", "simulated", "allocated", "proposed", "reviewed", "issued", "passed_down", "closed", "withdrawn"
]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class IncentiveVersionOut(Answer):
    incentive: str = Field(examples=["hubei-county-clusters-incentive"])
    version: str = Field(examples=["2024.1"])
    programme: str
    sha256: str = Field(description="hash of the rules' canonical bytes")
    published_by: str
    published_on: date


class IncentiveVersionWithDocument(IncentiveVersionOut):
    document: dict[str, Any]


class IncentiveVersionList(Answer):
    versions: list[IncentiveVersionOut]


class AppropriationOut(Answer):
    code: str
    programme: str
    division_code: str = Field(description="whose budget it is")
    fiscal_year: int
    source: str
    amount_fen: int = Field(description="as first appropriated; increases and decreases are fund orders")
    document_number: str
    effective_at: date
    transfer_id: UUID
    predecessor: str | None = None
    budget_approved_on: date | None = None
    codes: dict[str, str] | None = None


class RoundOut(Answer):
    code: str = Field(examples=["hubei-county-clusters-2024-incentive-1"])
    programme: str
    assessment_year: int
    fiscal_year: int
    purpose: str
    appropriation: str
    incentive: str
    incentive_version: str
    release_sha256: str
    designations_sha256: str
    pool_fen: int
    state: RoundState


class RoundStepOut(Answer):
    number: int
    action: Literal[
        "opened",
        "simulated",
        "allocated",
        "proposed",
        "approved",
        "rejected",
        "issued",
        "passed_down",
        "closed",
        "withdrawn",
    ]
    subject: str
    unit: str
    note: str | None = Field(description="ground, minutes or reason")
    business_date: date
    recorded_at: datetime


class RoundDetailOut(RoundOut):
    steps: list[RoundStepOut]


class AwardOut(Answer):
    serial: int
    cluster: str
    name: str
    county_code: str
    county_name: str
    rank: int = Field(description="rank in the release")
    tier: str
    amount_fen: int
    clause: str


class AllocationLineOut(Answer):
    unit: str
    amount_fen: int | None = Field(description="after the step; null before amounts are known")
    zh: str
    en: str


class AllocationStepOut(Answer):
    step: str = Field(examples=["eligibility"])
    rule: str = Field(description="where in the rules, and the clause that it follows")
    numbers: dict[str, int]
    lines: list[AllocationLineOut]


class AllocationOut(Answer):
    round: str
    state: RoundState
    pool_fen: int
    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    unallocated_disposition: Literal["reserve", "return", "carry_over"]
    awards: list[AwardOut]
    steps: list[AllocationStepOut]


class IssuedAwardOut(AwardOut):
    round: str
    state: RoundState
    fiscal_year: int
    assessment_year: int


class AwardListOut(Answer):
    list_number: str = Field(examples=["2024-001"])
    round: str
    fiscal_year: int
    number: int
    sha256: str = Field(description="hash of the list's canonical bytes")
    issued_on: date
    document_number: str | None = Field(description="the office's own number (文号), written back once")
    issued_by_office_on: date | None


class ApprovalOut(Answer):
    kind: str
    document_number: str


class ProjectOut(Answer):
    code: str
    name: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
    use: str
    consent_document_number: str | None
    revenue_cover: str | None
    approvals: list[ApprovalOut]
    classification: str | None


class ReasonOut(Answer):
    rule: str = Field(examples=["general_competitive_project"])
    cited: str = Field(description="the clause or label of the rule")
    zh: str
    en: str


class PriorityEntryOut(Answer):
    """A project's result. Listed projects have a place; a refused one has every reason."""

    place: int | None
    project_code: str
    project: str
    county_code: str
    cluster: str
    cluster_rank: int | None
    unit: str
    investment_fen: int
    use: str
    test: Literal["passed", "refused"]
    reasons: list[ReasonOut]
    valid_from: date | None
    valid_to: date | None


class PriorityListOut(Answer):
    instrument: str
    release_sha256: str
    entries: list[PriorityEntryOut]


class AccountOut(Answer):
    code: str = Field(examples=["2024-incentive:awarded:421303-01"])
    purpose: str
    appropriation: str
    cluster: str | None
    minimum_fen: int
    balance_fen: int
    version: int


class BalanceOut(Answer):
    code: str
    effective_at: date | None
    recorded_at: datetime | None
    balance_fen: int


class StatementLineOut(Answer):
    account_version: int
    amount_fen: int
    balance_after_fen: int
    transfer_id: UUID
    kind: str
    description: str
    effective_at: date
    recorded_at: datetime


class TransferLineOut(Answer):
    account: str
    amount_fen: int
    balance_after_fen: int
    account_version: int


class TransferOut(Answer):
    id: UUID
    kind: str
    key: str
    reverses: UUID | None
    effective_at: date
    recorded_at: datetime
    description: str
    actor: str
    lines: list[TransferLineOut]


class LedgerProofOut(Answer):
    """Recomputed from the entries; ``sound`` is true where nothing is listed and debits equal credits."""

    sound: bool
    accounts: int
    transfers: int
    entries: int
    debits_fen: int
    credits_fen: int
    unbalanced_transfers: list[str]
    wrong_balances: list[str]
    broken_chains: list[str]
