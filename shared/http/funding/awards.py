"""Issued award lists and the awards on them."""

from datetime import date

from shared.contracts.award_list import AwardList
from shared.http.client import ServiceClient, View


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


class IssuedAwardView(AwardView):
    round: str
    state: str
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
    second_reward_ground: str | None


class ListNumberView(View):
    """A document number that the office gave a list, by an approved fund order."""

    document_number: str
    issued_by_office_on: date
    fund_order: str


class ListNumbersView(View):
    numbers: list[ListNumberView]


class AwardCalls(ServiceClient):
    async def document_numbers(self, list_number: str) -> list[ListNumberView]:
        """Every number that the list had, the oldest first."""
        path = f"/v1/award-lists/{list_number}/document-numbers"
        return (await self.get(path, ListNumbersView)).numbers

    async def issued_list(self, list_number: str) -> AwardListView:
        return await self.get(f"/v1/award-lists/{list_number}", AwardListView)

    async def issued_lists(self, *, fiscal_year: int | None = None) -> list[AwardListView]:
        path = "/v1/award-lists"
        return [row async for row in self.pages(path, AwardListView, fiscal_year=fiscal_year)]

    async def award_list(self, list_number: str, *, sha256: str | None = None) -> AwardList:
        """The issued document, checked against its hash where that is given."""
        content = await self.get_bytes(f"/v1/award-lists/{list_number}/document")
        return AwardList.parse(content, expected_sha256=sha256)

    async def awards(self, *, fiscal_year: int | None = None) -> list[IssuedAwardView]:
        return [row async for row in self.pages("/v1/awards", IssuedAwardView, fiscal_year=fiscal_year)]
