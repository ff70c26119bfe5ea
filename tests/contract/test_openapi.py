"""Each service's API description is committed, current and complete."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ["registry", "scoring", "funding"]


@pytest.fixture(params=SERVICES)
def described(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    committed = (ROOT / "services" / request.param / "openapi.json").read_text("utf-8")
    return request.param, json.loads(committed)


def test_the_committed_description_is_current(described: tuple[str, dict[str, Any]]) -> None:
    name, committed = described
    answer = subprocess.run(
        [sys.executable, "-m", f"services.{name}", "openapi"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == committed, "run `make openapi` and commit the result"


def test_every_operation_is_documented(described: tuple[str, dict[str, Any]]) -> None:
    _, committed = described
    assert committed["openapi"].startswith("3.1")
    ids: list[str] = []
    tags = {tag["name"] for tag in committed["tags"]}
    for path, operations in committed["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert "·" in operation["summary"], where
            assert set(operation["tags"]) <= tags, where
            assert operation["tags"], where
            assert {"401", "403", "422"} <= operation["responses"].keys(), where
            if path.startswith("/v1"):
                assert operation.get("security") == [{"access_token": []}] or operation.get("x-public"), where
    assert len(ids) == len(set(ids))


def test_the_settings_page_is_current() -> None:
    tables = [
        subprocess.run(
            [sys.executable, "-m", f"services.{name}", "settings"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in SERVICES
    ]
    head = (ROOT / "docs" / "settings.head.md").read_text("utf-8")
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == head + "".join(tables), "run `make openapi`"
    assert "None |" not in "".join(tables), "every setting says what it means"
