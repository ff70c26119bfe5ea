"""Programmes, catalogues and calendars."""

from datetime import date
from typing import Any

from shared.http.client import ServiceClient, View


class FiscalYearsView(View):
    first: int
    last: int


class FunctionalClassView(View):
    code: str
    name: str


class BudgetView(View):
    fiscal_years: FiscalYearsView
    functional_classes: tuple[FunctionalClassView, ...] = ()


class ProgrammeView(View):
    """Whose programme it is, and what its budget lines keep to."""

    programme: str
    division_code: str
    budget: BudgetView | None = None


class ProgrammeVersionView(View):
    version: str


class PublishedView(View):
    version: str
    sha256: str


class CalendarVersionView(View):
    """A version of a year's calendar; the highest number holds."""

    programme: str
    assessment_year: int
    version: str
    number: int
    programme_version: str
    sha256: str


class CalendarRoundView(View):
    code: str
    kind: str
    data_year: int
    opens_on: date
    closes_on: date
    cut_off: date


class CalendarView(View):
    """The filing rounds of a year with their days."""

    programme: str
    assessment_year: int
    version: str
    document_number: str
    published_on: date
    rounds: list[CalendarRoundView]


class ProgrammeCalls(ServiceClient):
    async def programme(self, code: str) -> ProgrammeView:
        """The newest version."""
        return await self.get(f"/v1/programmes/{code}", ProgrammeView)

    async def programme_version(self, code: str) -> str:
        """Which one is the newest."""
        return (await self.get(f"/v1/programmes/{code}", ProgrammeVersionView)).version

    async def publish_programme(self, document: dict[str, Any]) -> PublishedView:
        return await self.post("/v1/programmes", PublishedView, document, key=None, repeatable=True)

    async def publish_catalogue(self, document: dict[str, Any]) -> PublishedView:
        return await self.post("/v1/indicator-catalogues", PublishedView, document, key=None, repeatable=True)

    async def publish_calendar(self, document: dict[str, Any]) -> CalendarVersionView:
        return await self.post("/v1/calendars", CalendarVersionView, document, key=None, repeatable=True)

    async def calendars(self, programme: str) -> list[CalendarVersionView]:
        """The newest version of each year."""
        wanted = self.pages("/v1/calendars", CalendarVersionView, programme=programme)
        return [version async for version in wanted]

    async def calendar(self, programme: str, assessment_year: int) -> CalendarView:
        """As it holds now."""
        return await self.get(f"/v1/calendars/{programme}/{assessment_year}", CalendarView)

    async def calendar_versions(self, programme: str, assessment_year: int) -> list[CalendarVersionView]:
        path = f"/v1/calendars/{programme}/{assessment_year}/versions"
        return [version async for version in self.pages(path, CalendarVersionView)]
