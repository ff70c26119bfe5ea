"""Applications and annual returns, from the first figure to the accepted one."""

from datetime import date
from typing import Any, Literal

from shared.http.client import ServiceClient, View

#: The two kinds of filings, as paths name them.
Filings = Literal["applications", "annual-returns"]


class FindingView(View):
    rule: str
    severity: str
    waived_because: str | None
    indicator: str
    data_year: int | None
    message: str
    message_en: str


class FilingView(View):
    code: str
    cluster: str
    state: str
    version: int
    content_hash: str


class FilingDetailView(FilingView):
    findings: list[FindingView]


class FilingsView(View):
    filings: list[FilingView]


class OutstandingView(View):
    """A cluster that is due in a round and is not signed off."""

    cluster: str
    name: str
    county_code: str
    filing: str | None


class RemindersView(View):
    round: str
    closes_on: date
    outstanding: list[OutstandingView]


class OnSiteCheckView(View):
    indicator: str
    data_year: int


class OnSiteChecksView(View):
    checks: list[OnSiteCheckView]


class FilingCalls(ServiceClient):
    async def applications(self, round_code: str) -> list[FilingView]:
        wanted = self.pages("/v1/applications", FilingView, round=round_code, limit=1000)
        return [filing async for filing in wanted]

    async def annual_returns(self, round_code: str) -> list[FilingView]:
        wanted = self.pages("/v1/annual-returns", FilingView, round=round_code, limit=1000)
        return [filing async for filing in wanted]

    async def record_filing_check(
        self, kind: Filings, code: str, *, indicator: str, data_year: int, confirmed: str, note: str, key: str
    ) -> OnSiteCheckView:
        """What an evaluator found on the spot, beside what was filed."""
        body = {"indicator": indicator, "data_year": data_year, "confirmed": confirmed, "note": note}
        return await self.post(f"/v1/{kind}/{code}/on-site-checks", OnSiteCheckView, body, key=key)

    async def application_checks(self, code: str) -> list[OnSiteCheckView]:
        """What was checked on the spot."""
        return (await self.get(f"/v1/applications/{code}/on-site-checks", OnSiteChecksView)).checks

    async def annual_return_checks(self, code: str) -> list[OnSiteCheckView]:
        """What was checked on the spot."""
        return (await self.get(f"/v1/annual-returns/{code}/on-site-checks", OnSiteChecksView)).checks

    async def reminders(self, round_code: str) -> RemindersView:
        """Who still has to file; after the closing day, who had to."""
        return await self.get(f"/v1/rounds/{round_code}/reminders", RemindersView)

    async def prepare_filing(self, kind: Filings, filing: dict[str, Any], *, key: str) -> FilingDetailView:
        return await self.post(f"/v1/{kind}", FilingDetailView, filing, key=key)

    async def filing(self, kind: Filings, code: str) -> FilingDetailView:
        return await self.get(f"/v1/{kind}/{code}", FilingDetailView)

    async def revise_filing(
        self, kind: Filings, code: str, content: dict[str, Any], *, version: int
    ) -> FilingDetailView:
        path = f"/v1/{kind}/{code}/content"
        return await self.put(path, FilingDetailView, content, if_match=f'"{version}"')

    async def sign_off_filing(self, kind: Filings, code: str, *, content_hash: str, key: str) -> FilingView:
        body = {"content_hash": content_hash}
        return await self.post(f"/v1/{kind}/{code}/sign-off", FilingView, body, key=key)

    async def recommend_filing(self, kind: Filings, code: str, *, note: str, key: str) -> FilingView:
        return await self.post(f"/v1/{kind}/{code}/recommendation", FilingView, {"note": note}, key=key)

    async def send_back_filing(
        self, kind: Filings, code: str, *, note: str, reasons: list[dict[str, Any]], key: str
    ) -> FilingView:
        body = {"note": note, "reasons": reasons}
        return await self.post(f"/v1/{kind}/{code}/send-back", FilingView, body, key=key)

    async def confirm_filings(self, kind: Filings, codes: list[str], *, key: str) -> FilingsView:
        return await self.post(f"/v1/{kind}/confirmations", FilingsView, {"codes": codes}, key=key)

    async def accept_filings(self, kind: Filings, codes: list[str], *, key: str) -> FilingsView:
        return await self.post(f"/v1/{kind}/acceptances", FilingsView, {"codes": codes}, key=key)

    async def restate_filing(
        self, kind: Filings, code: str, *, reason: str, values: list[dict[str, Any]], key: str
    ) -> FilingDetailView:
        body = {"reason": reason, "values": values}
        return await self.post(f"/v1/{kind}/{code}/restatements", FilingDetailView, body, key=key)
