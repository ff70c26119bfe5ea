"""Answers about the ledger."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.funding.api.models.answer import Answer
from services.funding.domain.ledger.books import Grouping


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
    number: int | None = Field(
        description="place in the order in which transfers became visible; null until the list is read"
    )
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


class LedgerSealOut(Answer):
    number: int
    sha256: str = Field(description="over the seal before and every transfer since")
    transfers: int = Field(description="sealed by this one")
    total_transfers: int = Field(description="in the ledger when it was sealed")
    total_debits_fen: int
    sealed_by: str
    business_date: date
    recorded_at: datetime


class SealVerificationOut(Answer):
    number: int
    sound: bool
    sha256: str
    recomputed: str


class MovementOut(Answer):
    purpose: str = Field(examples=["awarded"])
    opening_fen: int
    debits_fen: int
    credits_fen: int
    closing_fen: int
    before_system_fen: int = Field(description="of the closing: what openings entered from before the system")


class LedgerSumOut(Answer):
    key: str
    movements: list[MovementOut]


class LedgerSummaryOut(Answer):
    by: Grouping
    from_day: date | None
    to_day: date | None
    recorded_at: datetime | None
    sums: list[LedgerSumOut]
