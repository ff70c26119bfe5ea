"""Incentive rules and appropriations: what must be there before a round."""

from datetime import date
from typing import Any

from shared.http.client import ServiceClient, View


class IncentiveVersionView(View):
    incentive: str
    version: str
    programme: str
    sha256: str


class IncentiveVersionsView(View):
    versions: list[IncentiveVersionView]


class IncentiveRulesView(IncentiveVersionView):
    document: dict[str, Any]


class CorrectionView(View):
    """What an approved order corrected of a line: the fields, as they were and as they are since."""

    fund_order: str
    corrected_on: date
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class AppropriationView(View):
    code: str
    programme: str
    fiscal_year: int
    source: str
    amount_fen: int
    document_number: str
    effective_at: date
    budget_approved_on: date | None
    codes: dict[str, str] | None
    corrections: list[CorrectionView]


class RuleCalls(ServiceClient):
    async def publish_incentive_rules(self, document: dict[str, Any], *, key: str) -> IncentiveVersionView:
        return await self.post("/v1/incentive-rules", IncentiveVersionView, {"document": document}, key=key)

    async def incentive_versions(self, *, programme: str | None = None) -> list[IncentiveVersionView]:
        path = "/v1/incentive-rules"
        return (await self.get(path, IncentiveVersionsView, programme=programme)).versions

    async def incentive_rules(self, incentive: str, version: str) -> IncentiveRulesView:
        return await self.get(f"/v1/incentive-rules/{incentive}/{version}", IncentiveRulesView)

    async def appropriation(self, code: str) -> AppropriationView:
        return await self.get(f"/v1/appropriations/{code}", AppropriationView)

    async def appropriations(self, *, fiscal_year: int | None = None) -> list[AppropriationView]:
        path = "/v1/appropriations"
        return [row async for row in self.pages(path, AppropriationView, fiscal_year=fiscal_year)]
