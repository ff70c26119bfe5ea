"""Files, imports of registers, and figures that follow from these."""

import hashlib
from typing import Any

from shared.http.client import ServiceClient, View

PART_BYTES = 4 * 1024 * 1024


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


class KeptEntriesView(View):
    added: int
    changed: int
    unchanged: int


class RegisteredProjectView(View):
    code: str
    name: str
    unit: str
    cluster: str
    county_code: str
    division_path: list[str]
    investment_fen: int


class RegisterCalls(ServiceClient):
    async def keep_entries(
        self, register: str, entries: list[dict[str, Any]], *, key: str
    ) -> KeptEntriesView:
        """All of them or none."""
        return await self.post(
            f"/v1/registers/{register}/entries", KeptEntriesView, {"entries": entries}, key=key
        )

    async def project(self, code: str) -> RegisteredProjectView:
        """A project of a cluster, as the register has it today."""
        return await self.get(f"/v1/projects/{code}", RegisteredProjectView)

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
