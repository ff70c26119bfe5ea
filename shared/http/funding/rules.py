"""Incentive rules and appropriations: what must be there before a round."""

from datetime import date
from typing import Any

from shared.http.client import ServiceClient, View, given, iso


class IncentiveVersionView(View):
    incentive: str
    version: str
    programme: str
    sha256: str


class IncentiveVersionsView(View):
    versions: list[IncentiveVersionView]


class IncentiveRulesView(IncentiveVersionView):
    document: dict[str, Any]


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


class RuleCalls(ServiceClient):
    async def publish_incentive_rules(self, document: dict[str, Any], *, key: str) -> IncentiveVersionView:
        return await self.post("/v1/incentive-rules", IncentiveVersionView, {"document": document}, key=key)

    async def incentive_versions(self, *, programme: str | None = None) -> list[IncentiveVersionView]:
        path = "/v1/incentive-rules"
        return (await self.get(path, IncentiveVersionsView, programme=programme)).versions

    async def incentive_rules(self, incentive: str, version: str) -> IncentiveRulesView:
        return await self.get(f"/v1/incentive-rules/{incentive}/{version}", IncentiveRulesView)

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
        predecessor: str | None = None,
        budget_approved_on: date | None = None,
        codes: dict[str, str] | None = None,
        key: str,
    ) -> AppropriationView:
        """``budget_approved_on`` and finance's ``codes`` are needed before any of it is passed down."""
        body = given(
            code=code,
            programme=programme,
            fiscal_year=fiscal_year,
            source=source,
            amount_fen=amount_fen,
            document_number=document_number,
            effective_at=iso(effective_at),
            predecessor=predecessor,
            budget_approved_on=iso(budget_approved_on),
            codes=codes,
        )
        return await self.post("/v1/appropriations", AppropriationView, body, key=key)

    async def appropriation(self, code: str) -> AppropriationView:
        return await self.get(f"/v1/appropriations/{code}", AppropriationView)

    async def appropriations(self, *, fiscal_year: int | None = None) -> list[AppropriationView]:
        path = "/v1/appropriations"
        return [row async for row in self.pages(path, AppropriationView, fiscal_year=fiscal_year)]
