"""Openings: what was decided and paid before the system, entered once, and which projects had priority."""

from datetime import date
from typing import Literal

from shared.http.client import ServiceClient, View
from shared.http.funding.fund_orders import FundOrderView, OrderState


class OpenedAwardView(View):
    row: int
    cluster: str
    name: str
    county_code: str
    document_number: str
    document_date: date
    awarded_fen: int
    not_passed_down_fen: int
    with_city_fen: int
    with_county_fen: int
    paid_fen: int
    returned_fen: int
    carried_over_fen: int


class OpeningView(View):
    number: str
    basis: Literal["before_the_system"]
    appropriation: str
    fiscal_year: int
    assessment_year: int
    purpose: str
    state: OrderState
    document_number: str
    balances_of: date
    reversed_by: str | None
    awards: list[OpenedAwardView]
    returned_fen: int
    carried_over_fen: int
    total_fen: int


class OpeningCalls(ServiceClient):
    async def propose_opening(
        self,
        content: bytes,
        *,
        appropriation: str,
        assessment_year: int,
        purpose: str,
        document_number: str,
        document_date: date,
        reason: str,
        key: str,
    ) -> FundOrderView:
        """``content``: a workbook, or a CSV in UTF-8 or GB18030; balances as of the document's day."""
        return await self.post_bytes(
            "/v1/openings",
            FundOrderView,
            content,
            media_type="application/octet-stream",
            key=key,
            appropriation=appropriation,
            assessment_year=assessment_year,
            purpose=purpose,
            document_number=document_number,
            document_date=document_date.isoformat(),
            reason=reason,
        )

    async def openings(self) -> list[OpeningView]:
        return [row async for row in self.pages("/v1/openings", OpeningView)]

    async def opening(self, number: str) -> OpeningView:
        return await self.get(f"/v1/openings/{number}", OpeningView)

    async def propose_opening_reversal(
        self, number: str, *, document_number: str, document_date: date, reason: str, key: str
    ) -> FundOrderView:
        body = {
            "document_number": document_number,
            "document_date": document_date.isoformat(),
            "reason": reason,
        }
        return await self.post(f"/v1/openings/{number}/reversal", FundOrderView, body, key=key)

    async def propose_earlier_listings(
        self, content: bytes, *, programme: str, reason: str, key: str
    ) -> FundOrderView:
        """``content``: a workbook, or a CSV in UTF-8 or GB18030."""
        return await self.post_bytes(
            "/v1/earlier-listings",
            FundOrderView,
            content,
            media_type="application/octet-stream",
            key=key,
            programme=programme,
            reason=reason,
        )

    async def propose_listings_reversal(self, number: str, *, reason: str, key: str) -> FundOrderView:
        path = f"/v1/earlier-listings/{number}/reversal"
        return await self.post(path, FundOrderView, {"reason": reason}, key=key)
