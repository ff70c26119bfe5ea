"""Typed client of funding."""

from datetime import date, datetime
from typing import Any, Literal

from shared.contracts.award_list import AwardList
from shared.http.client import ServiceClient, View

RoundState = Literal[
    "draft",
    "simulated",
    "allocated",
    "proposed",
    "reviewed",
    "issued",
    "passed_down",
    "closed",
    "withdrawn",
]


class IncentiveVersionView(View):
    incentive: str
    version: str
    programme: str
    sha256: str


class AppropriationView(View):
    code: str
    programme: str
    fiscal_year: int
    source: str
    amount_fen: int
    document_number: str
    effective_at: date


class RoundStepView(View):
    number: int
    action: str
    subject: str
    unit: str
    note: str | None
    business_date: date


class RoundView(View):
    code: str
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


class RoundDetailView(RoundView):
    steps: list[RoundStepView]


class AwardView(View):
    serial: int
    cluster: str
    name: str
    county_code: str
    county_name: str
    rank: int
    tier: str
    amount_fen: int
    clause: str


class AllocationLineView(View):
    unit: str
    amount_fen: int | None
    zh: str
    en: str


class AllocationStepView(View):
    step: str
    rule: str
    numbers: dict[str, int]
    lines: list[AllocationLineView]


class AllocationView(View):
    round: str
    state: RoundState
    pool_fen: int
    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    unallocated_disposition: Literal["reserve", "return", "carry_over"]
    awards: list[AwardView]
    steps: list[AllocationStepView]


class IssuedAwardView(AwardView):
    round: str
    state: RoundState
    fiscal_year: int
    assessment_year: int


class AwardListView(View):
    list_number: str
    round: str
    fiscal_year: int
    number: int
    sha256: str
    issued_on: date
    document_number: str | None
    issued_by_office_on: date | None


class ProjectView(View):
    code: str
    name: str
    county_code: str
    cluster: str
    use: str


class ReasonView(View):
    rule: str
    cited: str
    zh: str
    en: str


class PriorityEntryView(View):
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
    reasons: list[ReasonView]
    valid_from: date | None
    valid_to: date | None


class PriorityListView(View):
    instrument: str
    release_sha256: str
    entries: list[PriorityEntryView]


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


class LedgerProofView(View):
    sound: bool
    accounts: int
    transfers: int
    entries: int
    debits_fen: int
    credits_fen: int


class SimulatedVariantView(View):
    name: str
    incentive: str
    incentive_version: str
    rules_sha256: str
    pool_fen: int
    refusal: dict[str, str] | None
    awarded_fen: int | None
    unallocated_fen: int | None


class SimulatedRowView(View):
    code: str
    county_code: str
    rank: int | None
    last_year_fen: int
    amounts_fen: list[int | None]


class SimulationView(View):
    round: str
    number: int
    variants: list[SimulatedVariantView]
    clusters: list[SimulatedRowView]
    counties: list[SimulatedRowView]
    stakes: dict[str, Any]


class FundingClient(ServiceClient):
    """Everything that clients ask of funding."""

    service = "funding"

    async def publish_incentive_rules(self, document: dict[str, Any], *, key: str) -> IncentiveVersionView:
        return await self.post("/v1/incentive-rules", IncentiveVersionView, {"document": document}, key=key)

    async def record_appropriation(
        self,
        *,
        code: str,
        programme: str,
        fiscal_year: int,
        source: str,
        amount_fen: int,
        document_number: str,
        effective_at: date | None = None,
        key: str,
    ) -> AppropriationView:
        body = {
            "code": code,
            "programme": programme,
            "fiscal_year": fiscal_year,
            "source": source,
            "amount_fen": amount_fen,
            "document_number": document_number,
            "effective_at": _day(effective_at),
        }
        return await self.post("/v1/appropriations", AppropriationView, body, key=key)

    async def appropriation(self, code: str) -> AppropriationView:
        return await self.get(f"/v1/appropriations/{code}", AppropriationView)

    async def open_round(
        self,
        *,
        appropriation: str,
        incentive: str,
        incentive_version: str,
        release_sha256: str,
        pool_fen: int | None = None,
        designations_as_of: date | None = None,
        key: str,
    ) -> RoundView:
        """Without ``pool_fen`` the pool of the rules; without ``designations_as_of`` the business date."""
        body = {
            "appropriation": appropriation,
            "incentive": incentive,
            "incentive_version": incentive_version,
            "release_sha256": release_sha256,
            "pool_fen": pool_fen,
            "designations_as_of": _day(designations_as_of),
        }
        return await self.post("/v1/rounds", RoundView, body, key=key)

    async def round(self, code: str) -> RoundDetailView:
        return await self.get(f"/v1/rounds/{code}", RoundDetailView)

    async def rounds(self) -> list[RoundView]:
        return [row async for row in self.pages("/v1/rounds", RoundView)]

    async def simulate(
        self, code: str, *, variants: list[dict[str, Any]], note: str | None = None, key: str
    ) -> SimulationView:
        """Tries rules and budgets side by side; nothing is held."""
        body = {"note": note, "variants": variants}
        return await self.post(f"/v1/rounds/{code}/simulations", SimulationView, body, key=key)

    async def allocate(self, round_code: str, *, key: str) -> AllocationView:
        return await self.post(f"/v1/rounds/{round_code}/allocation", AllocationView, None, key=key)

    async def allocation(self, round_code: str) -> AllocationView:
        return await self.get(f"/v1/rounds/{round_code}/allocation", AllocationView)

    async def propose(self, round_code: str, *, note: str, key: str) -> RoundView:
        return await self.post(f"/v1/rounds/{round_code}/proposal", RoundView, {"note": note}, key=key)

    async def review(
        self, round_code: str, *, decision: Literal["approve", "reject"], minutes: str, key: str
    ) -> RoundView:
        body = {"decision": decision, "minutes": minutes}
        return await self.post(f"/v1/rounds/{round_code}/review", RoundView, body, key=key)

    async def issue(self, round_code: str, *, key: str) -> AwardListView:
        return await self.post(f"/v1/rounds/{round_code}/issue", AwardListView, None, key=key)

    async def withdraw(self, round_code: str, *, reason: str, key: str) -> RoundView:
        return await self.post(f"/v1/rounds/{round_code}/withdrawal", RoundView, {"reason": reason}, key=key)

    async def write_back_document_number(
        self, list_number: str, *, document_number: str, issued_on: date, key: str
    ) -> AwardListView:
        body = {"document_number": document_number, "issued_on": issued_on.isoformat()}
        return await self.post(f"/v1/award-lists/{list_number}/document-number", AwardListView, body, key=key)

    async def issued_list(self, list_number: str) -> AwardListView:
        return await self.get(f"/v1/award-lists/{list_number}", AwardListView)

    async def award_list(self, list_number: str, *, sha256: str | None = None) -> AwardList:
        """The issued document, checked against its hash where that is given."""
        content = await self.get_bytes(f"/v1/award-lists/{list_number}/document")
        return AwardList.parse(content, expected_sha256=sha256)

    async def awards(self, *, fiscal_year: int | None = None) -> list[IssuedAwardView]:
        return [row async for row in self.pages("/v1/awards", IssuedAwardView, fiscal_year=fiscal_year)]

    async def register_project(self, project: dict[str, Any], *, key: str) -> ProjectView:
        return await self.post("/v1/projects", ProjectView, project, key=key)

    async def apply_priority(
        self,
        *,
        incentive: str,
        incentive_version: str,
        instrument: str,
        release_sha256: str,
        projects: list[str],
        designations_as_of: date | None = None,
        key: str,
    ) -> PriorityListView:
        """Tests each project and answers with the list as it stands then."""
        body = {
            "incentive": incentive,
            "incentive_version": incentive_version,
            "instrument": instrument,
            "release_sha256": release_sha256,
            "designations_as_of": _day(designations_as_of),
            "projects": projects,
        }
        return await self.post("/v1/priority-applications", PriorityListView, body, key=key)

    async def priority_list(self, instrument: str, *, release_sha256: str) -> PriorityListView:
        return await self.get(
            f"/v1/priority-lists/{instrument}", PriorityListView, release_sha256=release_sha256
        )

    async def accounts(self, *, appropriation: str | None = None) -> list[AccountView]:
        path = "/v1/ledger/accounts"
        return [row async for row in self.pages(path, AccountView, appropriation=appropriation)]

    async def balance(
        self, account: str, *, effective_at: date | None = None, recorded_at: datetime | None = None
    ) -> BalanceView:
        return await self.get(
            f"/v1/ledger/accounts/{account}/balance",
            BalanceView,
            effective_at=_day(effective_at),
            recorded_at=None if recorded_at is None else recorded_at.isoformat(),
        )

    async def ledger_proof(self) -> LedgerProofView:
        return await self.get("/v1/ledger/proof", LedgerProofView)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
