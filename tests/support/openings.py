"""Spreadsheets of what was awarded before the system, and of which projects had priority."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from openpyxl import Workbook

from shared.text.money import show_yuan
from tests.support.funding import PROGRAMME, key
from tests.support.money import Desks
from tests.support.people import FINANCE_MAKER, Person

HEADING = (
    "集群编码", "集群名称", "县级编码", "县级名称", "奖励文号", "奖励日期", "奖励金额（元）", "未下达（元）",
    "市级未转下（元）", "县级未支付（元）", "已支付（元）", "已收回（元）", "已结转（元）",
)  # fmt: skip
LISTINGS_HEADING = ("项目代码", "支持方式", "列入文号", "列入日期", "有效期起", "有效期止")
BOND = "special_purpose_bond"
PARTS = ("not_passed_down", "with_city", "with_county", "paid", "returned", "carried_over")


@dataclass(frozen=True)
class Earlier:
    """An award of before; ``parts`` in fen, in the order of `PARTS`."""

    county: str
    parts: tuple[int, ...]
    document_number: str = "鄂财建发〔2024〕7号"
    document_date: str = "2024-11-05"

    @property
    def awarded_fen(self) -> int:
        return sum(self.parts)

    def row(self, **changed: str) -> list[str]:
        cells = {
            "cluster": f"{self.county}-01",
            "name": f"{self.county} 产业集群",
            "county_code": self.county,
            "county_name": f"{self.county} 县",
            "document_number": self.document_number,
            "document_date": self.document_date,
            "awarded": yuan(self.awarded_fen),
            **{name: yuan(part) if part else "" for name, part in zip(PARTS, self.parts, strict=True)},
        }
        return list((cells | changed).values())


def yuan(fen: int) -> str:
    return show_yuan(fen).replace(",", "")


def of_nobody(*, returned_fen: int = 0, carried_over_fen: int = 0) -> list[str]:
    return [""] * 11 + [yuan(returned_fen), yuan(carried_over_fen)]


def listed_before(code: str, **changed: str) -> list[str]:
    """A row of a project that was listed before; cells by the English names of their columns."""
    cells = {
        "project_code": code,
        "instrument": BOND,
        "document_number": "鄂发改投资〔2024〕31号",
        "document_date": "2024-06-01",
        "valid_from": "2024-06-03",
        "valid_to": "2025-06-02",
    }
    return list((cells | changed).values())


def as_csv(*rows: list[str], heading: Sequence[str] = HEADING, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: list[str], heading: Sequence[str] = HEADING) -> bytes:
    """Amounts are numbers, as people keep them in a workbook."""
    book, content = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.append([*heading])
    for row in rows:
        page.append([*row[:6], *(float(cell) if cell else None for cell in row[6:])])
    book.save(content)
    return content.getvalue()


async def propose_opening(
    desks: Desks, line: str, content: bytes, *, by: Person = FINANCE_MAKER, **changed: Any
) -> httpx.Response:
    params = {
        "appropriation": line,
        "assessment_year": 2024,
        "purpose": "incentive",
        "document_number": desks.document(),
        "document_date": desks.today,
        "reason": "系统启用前已办理",
        **changed,
    }
    headers = {"Idempotency-Key": key(), "Content-Type": "application/octet-stream"}
    async with desks.story.funding.as_(by) as client:
        return await client.post("/v1/openings", params=params, content=content, headers=headers)


async def propose_listings(
    desks: Desks, *rows: list[str], content: bytes | None = None, by: Person = FINANCE_MAKER, **changed: str
) -> httpx.Response:
    params = {"programme": PROGRAMME, "reason": "系统启用前已列入", **changed}
    headers = {"Idempotency-Key": key(), "Content-Type": "application/octet-stream"}
    sent = as_csv(*rows, heading=LISTINGS_HEADING) if content is None else content
    async with desks.story.funding.as_(by) as client:
        return await client.post("/v1/earlier-listings", params=params, content=sent, headers=headers)
