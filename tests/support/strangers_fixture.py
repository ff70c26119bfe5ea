"""Tests marked ``strangers`` are played again by people to whom nothing of it is theirs; in the long run all are."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.services import RunningService
from tests.support.strangers import Strangers

#: Where the long run collects what was tried, a line for each test.
COLLECTED = os.environ.get("STRANGERS_FILE")


def _append(file: str, line: str) -> None:
    with Path(file).open("a", encoding="utf-8") as collected:
        collected.write(f"{line}\n")


@pytest.fixture
def its_services(request: pytest.FixtureRequest) -> list[RunningService]:
    """They are left after the strangers have asked."""
    names = [name for name in ("registry", "scoring", "funding", "pipeline") if name in request.fixturenames]
    return [request.getfixturevalue(name) for name in names]


@pytest.fixture(autouse=True)
async def strangers_ask(
    request: pytest.FixtureRequest, its_services: list[RunningService]
) -> AsyncIterator[None]:
    wanted = COLLECTED is not None or request.node.get_closest_marker("strangers") is not None
    if not wanted or not its_services:
        yield
        return
    with Strangers() as strangers:
        yield
        await strangers.ask()
    if COLLECTED is not None:
        line = {"test": request.node.nodeid, "tried": strangers.tried, "faults": strangers.faults}
        _append(COLLECTED, json.dumps(line, ensure_ascii=False))
        return
    assert strangers.faults == []
    assert strangers.tried
