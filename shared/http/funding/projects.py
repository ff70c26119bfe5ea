"""Projects of designated clusters and their priority for an instrument."""

from datetime import date
from typing import Any, Literal

from shared.http.client import ServiceClient, View, given


class ProjectView(View):
    code: str
    name: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
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
    tested_on: date
    negative_list: str | None
    standing: Literal["listed", "refused", "ended", "expired"]
    ended_on: date | None


class EarlierEntryView(View):
    """A project that was listed before the system."""

    project_code: str
    project: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
    document_number: str
    document_date: date
    valid_from: date
    valid_to: date
    standing: Literal["listed", "ended", "expired"]
    ended_on: date | None


class PriorityListView(View):
    instrument: str
    release_sha256: str
    as_of: date
    entries: list[PriorityEntryView]
    before_the_system: list[EarlierEntryView]


class PriorityCalls(ServiceClient):
    async def register_project(self, project: dict[str, Any], *, key: str) -> ProjectView:
        return await self.post("/v1/projects", ProjectView, project, key=key)

    async def project(self, code: str) -> ProjectView:
        return await self.get(f"/v1/projects/{code}", ProjectView)

    async def projects(self) -> list[ProjectView]:
        return [row async for row in self.pages("/v1/projects", ProjectView)]

    async def apply_priority(
        self,
        *,
        incentive: str,
        incentive_version: str,
        instrument: str,
        release_sha256: str,
        projects: list[str],
        key: str,
    ) -> PriorityListView:
        """Tests each project and answers with the list as it stands then."""
        body = given(
            incentive=incentive,
            incentive_version=incentive_version,
            instrument=instrument,
            release_sha256=release_sha256,
            projects=projects,
        )
        return await self.post("/v1/priority-applications", PriorityListView, body, key=key)

    async def priority_list(self, instrument: str, *, release_sha256: str) -> PriorityListView:
        return await self.get(
            f"/v1/priority-lists/{instrument}", PriorityListView, release_sha256=release_sha256
        )
