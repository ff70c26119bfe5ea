"""Each service's API description is committed, current and complete."""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_permissions import OPEN

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "registry": "services.registry",
    "scoring": "services.scoring",
    "funding": "services.funding",
    "pipeline": "clients.pipeline",
}


@pytest.fixture(params=PACKAGES)
def described(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    committed = ROOT.joinpath(*PACKAGES[request.param].split("."), "openapi.json").read_text("utf-8")
    return request.param, json.loads(committed)


def test_the_committed_description_is_current(
    described: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, committed = described
    printed = printed_by(name, "openapi", monkeypatch, capsys)
    assert json.loads(printed) == committed, "run `make openapi` and commit the result"


def printed_by(
    name: str, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What ``python -m services.NAME WHAT`` prints."""
    monkeypatch.setattr(sys, "argv", [name, what])
    runpy.run_module(PACKAGES[name], run_name="__main__")
    return capsys.readouterr().out


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


def test_the_page_of_who_may_call_what_is_current(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = "".join(printed_by(name, "access", monkeypatch, capsys) for name in PACKAGES)
    head = (ROOT / "docs" / "access.head.md").read_text("utf-8")
    assert (ROOT / "docs" / "access.md").read_text("utf-8") == head + tables, "run `make openapi`"


def test_every_operation_says_its_roles_and_its_scope(described: tuple[str, dict[str, Any]]) -> None:
    """Only what needs no token has none: the reasons stand in `tests/integration/test_permissions.py`."""
    _, committed = described
    for path, operations in committed["paths"].items():
        for method, operation in operations.items():
            is_open = path in OPEN and method == "get"
            named = ("x-roles" in operation, "x-scope" in operation)
            assert named == (not is_open, not is_open), f"{method} {path}"


def test_the_settings_page_is_current(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = "".join(printed_by(name, "settings", monkeypatch, capsys) for name in PACKAGES)
    head = (ROOT / "docs" / "settings.head.md").read_text("utf-8")
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == head + tables, "run `make openapi`"
    assert "None |" not in tables, "every setting says what it means"


def test_what_cleans_a_text_leaves_its_limits_in_the_description(
    described: tuple[str, dict[str, Any]],
) -> None:
    """A client learns from the description how long a name may be and what a code looks like."""
    name, committed = described
    found = json.dumps(committed)
    assert '"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"' in found, name
    assert '"maxLength": 64' in found, name
    assert '"maxLength": 4000' in found, name
