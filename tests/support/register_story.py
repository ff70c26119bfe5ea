"""Short words for what people do with registers and spreadsheets."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from openpyxl import Workbook

from services.registry.domain.registers.declared import REGISTERS
from shared.text.credit_code import make_test_code
from tests.support.people import Person, county_preparer
from tests.support.registry_story import ZENGDU, ok
from tests.support.services import RunningService

ABOUT = {"source": "县发改局台账", "period": "2025"}


def firm(number: int, name: str, **changed: Any) -> dict[str, Any]:
    return {
        "credit_code": make_test_code(number),
        "name": name,
        "industry_codes": "36",
        "size": "medium",
        **ABOUT,
        **changed,
    }


def membership(number: int, cluster: str, **changed: Any) -> dict[str, Any]:
    return {"enterprise": make_test_code(number), "cluster": cluster, **ABOUT, **changed}


@dataclass
class RegisterStory:
    """One person at work on registers; ``by`` can be somebody else for a single step."""

    registry: RunningService
    person: Person = field(default_factory=lambda: county_preparer(ZENGDU))

    async def post(self, path: str, body: Any, *, by: Person | None = None, **headers: str) -> httpx.Response:
        async with self.registry.as_(by or self.person) as client:
            return await client.post(
                path, json=body, headers={"Idempotency-Key": f"test-{uuid4()}", **headers}, timeout=120
            )

    async def get(self, path: str, *, by: Person | None = None, **query: Any) -> httpx.Response:
        async with self.registry.as_(by or self.person) as client:
            return await client.get(path, params=query)

    async def enter(
        self, register: str, *entries: dict[str, Any], by: Person | None = None
    ) -> httpx.Response:
        return await self.post(f"/v1/registers/{register}/entries", {"entries": list(entries)}, by=by)

    async def listed(self, register: str, *, by: Person | None = None, **query: Any) -> list[dict[str, Any]]:
        found = ok(await self.get(f"/v1/registers/{register}/entries", by=by, **query))
        return list(found["items"])

    async def upload(
        self,
        content: bytes,
        name: str,
        *,
        purpose: str = "import",
        by: Person | None = None,
        part_bytes: int = 1_000_000,
    ) -> httpx.Response:
        """All of it; the answer of the first step that was refused, or of the completion."""
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        begun = await self.post(
            "/v1/uploads",
            {"file_name": name, "bytes": len(content), "sha256": digest, "purpose": purpose},
            by=by,
        )
        if not begun.is_success:
            return begun
        upload = begun.json()["id"]
        async with self.registry.as_(by or self.person) as client:
            for number, start in enumerate(range(0, len(content), part_bytes), start=1):
                sent = await client.put(
                    f"/v1/uploads/{upload}/parts/{number}", content=content[start : start + part_bytes]
                )
                if not sent.is_success:
                    return sent
            return await client.post(f"/v1/uploads/{upload}/completion")

    async def import_(
        self,
        register: str,
        content: bytes,
        *,
        name: str = "filled.xlsx",
        mode: str = "apply",
        by: Person | None = None,
    ) -> dict[str, Any]:
        upload = ok(await self.upload(content, name, by=by))["id"]
        return ok(
            await self.post(f"/v1/registers/{register}/imports", {"upload": upload, "mode": mode}, by=by)
        )

    async def problems(self, found: dict[str, Any]) -> list[tuple[int, str, str]]:
        """Row, field and rule of everything that an import reported."""
        listed = ok(await self.get(f"/v1/imports/{found['id']}/problems", limit=1000))
        return [(entry["row"], entry["field"], entry["rule"]) for entry in listed["items"]]


def headings(register: str) -> list[str]:
    return [spec.heading for spec in REGISTERS[register].fields]


def workbook(
    register: str, entries: Iterable[dict[str, Any]], *, sheet: str | None = None, drop: Sequence[str] = ()
) -> Workbook:
    """A template filled by a person: headings in the first row, entries below."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet or REGISTERS[register].zh
    fields = [spec for spec in REGISTERS[register].fields if spec.code not in drop]
    page.append([spec.heading for spec in fields])
    for entry in entries:
        page.append([entry.get(spec.code) for spec in fields])
    return book


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_text(register: str, entries: Iterable[dict[str, Any]]) -> str:
    lines = [",".join(headings(register))]
    for entry in entries:
        lines.append(",".join(str(entry.get(spec.code, "") or "") for spec in REGISTERS[register].fields))
    return "\r\n".join(lines) + "\r\n"
