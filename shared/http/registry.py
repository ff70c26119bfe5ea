"""Typed client of the registry."""

import hashlib
from datetime import date
from typing import Any

from shared.contracts.designation_set import DesignationSet
from shared.contracts.snapshot import Snapshot
from shared.http.client import ServiceClient, View

PART_BYTES = 4 * 1024 * 1024


class ClusterView(View):
    code: str
    county_code: str
    name: str


class DivisionView(View):
    code: str
    parent_code: str | None


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


class SnapshotView(View):
    sha256: str
    number: int
    units: int


class DesignationDecisionView(View):
    code: str
    state: str
    releases: list[str]
    counts: dict[str, int]


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


class LoadedView(View):
    rows: int


class UploadView(View):
    id: str


class UploadStateView(View):
    kind: str | None


class PartView(View):
    received_bytes: int


class ImportView(View):
    """What became of an import; `refused` means that nothing was kept."""

    id: str
    state: str
    rows: int
    errors: int
    added: int
    changed: int
    unchanged: int


class ProblemView(View):
    row: int
    column: str
    rule: str
    severity: str
    message: str
    message_en: str


class ProblemsView(View):
    items: list[ProblemView]


class DerivedValueView(View):
    value: str


class DerivedClusterView(View):
    cluster: str
    values: dict[str, DerivedValueView]


class DerivedTableView(View):
    clusters: list[DerivedClusterView]
    totals: dict[str, str]


class RegistryClient(ServiceClient):
    """Everything that other services and clients ask of the registry."""

    service = "registry"

    async def snapshot(self, sha256: str) -> Snapshot:
        """A snapshot, checked against its hash."""
        return Snapshot.parse(await self.get_bytes(f"/v1/snapshots/{sha256}"), expected_sha256=sha256)

    async def designation_set(self, programme: str, *, as_of: date) -> DesignationSet:
        return DesignationSet.parse(
            await self.get_bytes(f"/v1/designation-sets/{programme}", as_of=as_of.isoformat())
        )

    async def cluster(self, code: str) -> ClusterView:
        return await self.get(f"/v1/clusters/{code}", ClusterView)

    async def division_path(self, code: str) -> tuple[str, ...]:
        """From the province down to this division, as the register has it; empty where it has no such code."""
        return (await self.division_paths()).get(code, ())

    async def division_paths(self) -> dict[str, tuple[str, ...]]:
        """From the province down to each division, as the register has it."""
        listed = self.pages("/v1/divisions", DivisionView, limit=1000)
        parents = {division.code: division.parent_code async for division in listed}
        paths = {}
        for code in parents:
            path: list[str] = []
            here: str | None = code
            while here is not None and here in parents:
                path.insert(0, here)
                here = parents[here]
            paths[code] = tuple(path)
        return paths

    async def programme(self, code: str) -> ProgrammeView:
        """The newest version."""
        return await self.get(f"/v1/programmes/{code}", ProgrammeView)

    async def load_divisions(self, rows: list[dict[str, Any]]) -> LoadedView:
        return await self.put("/v1/divisions", LoadedView, {"divisions": rows})

    async def load_industries(self, rows: list[dict[str, Any]]) -> LoadedView:
        return await self.put("/v1/industries", LoadedView, {"industries": rows})

    async def publish_programme(self, document: dict[str, Any]) -> PublishedView:
        return await self.post("/v1/programmes", PublishedView, document, key=None, repeatable=True)

    async def publish_catalogue(self, document: dict[str, Any]) -> PublishedView:
        return await self.post("/v1/indicator-catalogues", PublishedView, document, key=None, repeatable=True)

    async def publish_calendar(self, document: dict[str, Any]) -> CalendarVersionView:
        return await self.post("/v1/calendars", CalendarVersionView, document, key=None, repeatable=True)

    async def register_cluster(self, cluster: dict[str, Any], *, key: str) -> ClusterView:
        return await self.post("/v1/clusters", ClusterView, cluster, key=key)

    async def prepare_application(self, application: dict[str, Any], *, key: str) -> FilingDetailView:
        return await self.post("/v1/applications", FilingDetailView, application, key=key)

    async def application(self, code: str) -> FilingDetailView:
        return await self.get(f"/v1/applications/{code}", FilingDetailView)

    async def revise_application(
        self, code: str, content: dict[str, Any], *, version: int
    ) -> FilingDetailView:
        return await self.put(
            f"/v1/applications/{code}/content", FilingDetailView, content, if_match=f'"{version}"'
        )

    async def sign_off_application(self, code: str, *, content_hash: str, key: str) -> FilingView:
        return await self.post(
            f"/v1/applications/{code}/sign-off", FilingView, {"content_hash": content_hash}, key=key
        )

    async def recommend_application(self, code: str, *, note: str, key: str) -> FilingView:
        return await self.post(f"/v1/applications/{code}/recommendation", FilingView, {"note": note}, key=key)

    async def send_back_application(
        self, code: str, *, note: str, reasons: list[dict[str, Any]], key: str
    ) -> FilingView:
        return await self.post(
            f"/v1/applications/{code}/send-back", FilingView, {"note": note, "reasons": reasons}, key=key
        )

    async def confirm_applications(self, codes: list[str], *, key: str) -> FilingsView:
        return await self.post("/v1/applications/confirmations", FilingsView, {"codes": codes}, key=key)

    async def accept_applications(self, codes: list[str], *, key: str) -> FilingsView:
        return await self.post("/v1/applications/acceptances", FilingsView, {"codes": codes}, key=key)

    async def restate_application(
        self, code: str, *, reason: str, values: list[dict[str, Any]], key: str
    ) -> FilingDetailView:
        return await self.post(
            f"/v1/applications/{code}/restatements",
            FilingDetailView,
            {"reason": reason, "values": values},
            key=key,
        )

    async def freeze_snapshot(self, round_code: str, *, key: str) -> SnapshotView:
        return await self.post(f"/v1/rounds/{round_code}/snapshots", SnapshotView, None, key=key)

    async def propose_designations(self, body: dict[str, Any], *, key: str) -> DesignationDecisionView:
        return await self.post("/v1/designation-decisions", DesignationDecisionView, body, key=key)

    async def approve_designations(
        self, code: str, *, minutes: str, document_number: str, key: str
    ) -> DesignationDecisionView:
        body = {"minutes": minutes, "document_number": document_number}
        path = f"/v1/designation-decisions/{code}/approval"
        return await self.post(path, DesignationDecisionView, body, key=key)

    async def clusters(self) -> list[ClusterView]:
        return [entry async for entry in self.pages("/v1/clusters", ClusterView, limit=1000)]

    async def upload(self, content: bytes, file_name: str, *, purpose: str, key: str) -> UploadView:
        """Sends a file in parts; again with the same key and content it goes on where it stopped."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        body = {"file_name": file_name, "bytes": len(content), "sha256": digest, "purpose": purpose}
        begun = await self.post("/v1/uploads", UploadView, body, key=key)
        if (await self.get(f"/v1/uploads/{begun.id}", UploadStateView)).kind is None:
            for number, start in enumerate(range(0, len(content), PART_BYTES), start=1):
                path = f"/v1/uploads/{begun.id}/parts/{number}"
                await self.put_bytes(path, PartView, content[start : start + PART_BYTES])
        return await self.post(
            f"/v1/uploads/{begun.id}/completion", UploadView, None, key=None, repeatable=True
        )

    async def import_register(self, register: str, upload: str, *, mode: str, key: str) -> ImportView:
        body = {"upload": upload, "mode": mode}
        return await self.post(f"/v1/registers/{register}/imports", ImportView, body, key=key)

    async def import_problems(self, import_id: str, *, limit: int = 20) -> list[ProblemView]:
        return (await self.get(f"/v1/imports/{import_id}/problems", ProblemsView, limit=limit)).items

    async def derived_indicators(self, programme: str, *, data_year: int) -> DerivedTableView:
        return await self.get(
            "/v1/derived-indicators", DerivedTableView, programme=programme, data_year=data_year
        )
