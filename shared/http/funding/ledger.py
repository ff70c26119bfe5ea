"""The ledger to read: accounts, balances, statements, transfers, sums, the export, the proof, and its seals."""

from datetime import date, datetime
from typing import Literal

from shared.http.client import ServiceClient, View, iso

Grouping = Literal["appropriation", "source", "fiscal_year", "county", "cluster"]


class AccountView(View):
    code: str
    purpose: str
    appropriation: str
    cluster: str | None
    balance_fen: int
    version: int


class BalanceView(View):
    code: str
    balance_fen: int


class StatementLineView(View):
    account_version: int
    amount_fen: int
    balance_after_fen: int
    transfer_id: str
    kind: str
    description: str
    effective_at: date
    recorded_at: datetime


class TransferLineView(View):
    account: str
    amount_fen: int
    balance_after_fen: int


class TransferView(View):
    id: str
    number: int | None
    kind: str
    key: str
    reverses: str | None
    effective_at: date
    recorded_at: datetime
    description: str
    actor: str
    lines: list[TransferLineView]


class MovementView(View):
    """What stood at the start, came in, went out, and stands at the end. A source falls below zero."""

    purpose: str
    opening_fen: int
    debits_fen: int
    credits_fen: int
    closing_fen: int


class LedgerSumView(View):
    key: str
    movements: list[MovementView]

    def of(self, purpose: str) -> MovementView:
        """The movements of a purpose; nothing at all where there were none."""
        nothing = MovementView(purpose=purpose, opening_fen=0, debits_fen=0, credits_fen=0, closing_fen=0)
        return next((entry for entry in self.movements if entry.purpose == purpose), nothing)


class LedgerSumsView(View):
    sums: list[LedgerSumView]


class LedgerProofView(View):
    sound: bool
    accounts: int
    transfers: int
    entries: int
    debits_fen: int
    credits_fen: int


class LedgerSealView(View):
    number: int
    sha256: str
    transfers: int
    total_transfers: int
    total_debits_fen: int
    sealed_by: str
    business_date: date


class SealVerificationView(View):
    number: int
    sound: bool
    sha256: str
    recomputed: str


class LedgerCalls(ServiceClient):
    async def accounts(self, *, appropriation: str | None = None) -> list[AccountView]:
        path = "/v1/ledger/accounts"
        return [row async for row in self.pages(path, AccountView, appropriation=appropriation)]

    async def balance(
        self, account: str, *, effective_at: date | None = None, recorded_at: datetime | None = None
    ) -> BalanceView:
        return await self.get(
            f"/v1/ledger/accounts/{account}/balance",
            BalanceView,
            effective_at=iso(effective_at),
            recorded_at=iso(recorded_at),
        )

    async def statement(self, account: str) -> list[StatementLineView]:
        path = f"/v1/ledger/accounts/{account}/statement"
        return [line async for line in self.pages(path, StatementLineView)]

    async def transfers(self) -> list[TransferView]:
        return [row async for row in self.pages("/v1/ledger/transfers", TransferView)]

    async def transfer(self, transfer_id: str) -> TransferView:
        return await self.get(f"/v1/ledger/transfers/{transfer_id}", TransferView)

    async def ledger_summary(
        self,
        *,
        by: Grouping = "appropriation",
        fiscal_year: int | None = None,
        from_day: date | None = None,
        to_day: date | None = None,
        recorded_at: datetime | None = None,
    ) -> list[LedgerSumView]:
        """Openings, movements and closings by purpose, at any pair of business days and of knowledge."""
        answer = await self.get(
            "/v1/ledger/summary",
            LedgerSumsView,
            by=by,
            fiscal_year=fiscal_year,
            from_day=iso(from_day),
            to_day=iso(to_day),
            recorded_at=iso(recorded_at),
        )
        return answer.sums

    async def ledger_export(self, *, fiscal_year: int | None = None) -> str:
        """The ledger as a beancount file."""
        return (await self.get_bytes("/v1/ledger/export", fiscal_year=fiscal_year)).decode("utf-8")

    async def ledger_proof(self) -> LedgerProofView:
        return await self.get("/v1/ledger/proof", LedgerProofView)

    async def seal_ledger(self, *, key: str) -> LedgerSealView:
        """Checks the ledger and seals what is new; refused where it does not add up."""
        return await self.post("/v1/ledger/seals", LedgerSealView, None, key=key)

    async def ledger_seals(self) -> list[LedgerSealView]:
        return [seal async for seal in self.pages("/v1/ledger/seals", LedgerSealView)]

    async def verify_seal(self, number: int) -> SealVerificationView:
        return await self.get(f"/v1/ledger/seals/{number}/verification", SealVerificationView)
