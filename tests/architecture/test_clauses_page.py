"""The page that maps 27号 phrase by phrase names only what there is."""

import json
import re
from pathlib import Path

import pytest

from services.registry.domain.registers.declared import REGISTERS
from tests.support import programme

ROOT = Path(__file__).parents[2]
ROWS = [
    line.split("|")[1:4]
    for line in (ROOT / "docs" / "clauses.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| clause")
]
SERVICES = ("registry", "scoring", "funding")


@pytest.fixture(scope="module")
def known() -> set[str]:
    found = {*REGISTERS, *(target["code"] for target in programme.document("programme")["targets"])}
    found |= {indicator["code"] for indicator in programme.document("indicators")["indicators"]}
    for service in SERVICES:
        described = json.loads((ROOT / "services" / service / "openapi.json").read_text("utf-8"))
        found |= {
            f"{method.upper()} {path}"
            for path, operations in described["paths"].items()
            for method in operations
        }
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1].strip())
def test_each_phrase_is_answered_by_what_there_is_or_says_why_not(row: list[str], known: set[str]) -> None:
    answer = row[2]
    named = set(re.findall(r"`([^`]+)`", answer))
    assert named - known == set()
    assert named or answer.strip().startswith("not software: ") or "GB/T 4754" in answer


def test_every_target_and_every_clause_has_its_place() -> None:
    page = "\n".join(row[2] for row in ROWS)
    assert [
        t["code"] for t in programme.document("programme")["targets"] if f"`{t['code']}`" not in page
    ] == []
    clauses = {row[0].strip() for row in ROWS}
    parts = {f"{part}({number})" for part in ("二", "三") for number in "一二三四五"}
    assert parts <= clauses
