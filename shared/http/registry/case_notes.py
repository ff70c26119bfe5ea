"""Case notes: written by counties and cities, published by the province, read by everybody."""

from datetime import date
from typing import Any

from shared.http.client import ServiceClient, View


class CaseNoteFigureView(View):
    name: str
    value: str
    unit: str
    year: int


class CaseNoteView(View):
    code: str
    cluster: str
    state: str
    version: int
    content_hash: str
    title: str
    figures: list[CaseNoteFigureView]
    reason: str | None
    published_on: date | None


class PublishedCaseNoteView(View):
    code: str
    cluster: str
    cluster_name: str
    county_code: str
    title: str
    text: str
    what_was_done: str
    figures: list[CaseNoteFigureView]
    published_on: date


class CaseNoteCalls(ServiceClient):
    async def write_case_note(self, note: dict[str, Any], *, key: str) -> CaseNoteView:
        return await self.post("/v1/case-notes", CaseNoteView, note, key=key)

    async def revise_case_note(self, code: str, content: dict[str, Any], *, version: int) -> CaseNoteView:
        path = f"/v1/case-notes/{code}/content"
        return await self.put(path, CaseNoteView, content, if_match=f'"{version}"')

    async def case_note(self, code: str) -> CaseNoteView:
        return await self.get(f"/v1/case-notes/{code}", CaseNoteView)

    async def case_notes(self, *, cluster: str | None = None, state: str | None = None) -> list[CaseNoteView]:
        """Of the own division, whatever their state."""
        wanted = self.pages("/v1/case-notes", CaseNoteView, cluster=cluster, state=state)
        return [note async for note in wanted]

    async def publish_case_note(self, code: str, *, content_hash: str, key: str) -> CaseNoteView:
        path = f"/v1/case-notes/{code}/publication"
        return await self.post(path, CaseNoteView, {"content_hash": content_hash}, key=key)

    async def send_back_case_note(self, code: str, *, reason: str, key: str) -> CaseNoteView:
        path = f"/v1/case-notes/{code}/send-back"
        return await self.post(path, CaseNoteView, {"reason": reason}, key=key)

    async def withdraw_case_note(self, code: str, *, reason: str, key: str) -> CaseNoteView:
        path = f"/v1/case-notes/{code}/withdrawal"
        return await self.post(path, CaseNoteView, {"reason": reason}, key=key)

    async def published_case_notes(self) -> list[PublishedCaseNoteView]:
        """What everybody may read, the ones published last first."""
        return [note async for note in self.pages("/v1/published-case-notes", PublishedCaseNoteView)]
