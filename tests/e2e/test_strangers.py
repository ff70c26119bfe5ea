"""What any test of the services was answered is asked again by everybody to whom it is not theirs."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("tests/integration", "tests/contract", "tests/e2e/registry")
#: Histories of hundreds of commands, each of which is in another test too.
LEFT_OUT = "tests/integration/funding/money/test_money_machine.py"
#: Both kinds of filings have the same handlers; what is common to all services has them, too.
SAME_HANDLERS = ("/v1/annual-returns", "/v1/applications")
COMMON = ("/v1/events", "/v1/revoked-tokens", "/v1/trial/")


@pytest.mark.long
def test_nobody_is_told_or_changes_what_is_not_theirs(tmp_path: Path) -> None:
    collected, started = tmp_path / "strangers.jsonl", time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope", "-m", "not long"),
            *(*PLACES, "--deselect", LEFT_OUT),
        ],
        cwd=ROOT,
        env={**os.environ, "STRANGERS_FILE": str(collected)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    lines = [json.loads(line) for line in collected.read_text("utf-8").splitlines()]
    faults = [fault for line in lines for fault in line["faults"]]
    tried = Counter[str]()
    for line in lines:
        tried.update(line["tried"])
    print(f"{tried.total()} requests to {len(tried)} operations in {time.monotonic() - started:.0f} s")
    assert not faults, "\n".join(faults)
    known = {handler_of(key) for key in tried}
    assert {key for key in guarded() if handler_of(key) not in known} == set()


def handler_of(operation: str) -> str:
    """The same for operations that are one piece of code."""
    service, method, path = operation.replace(":path", "").split(" ")
    owner = "every service" if path.startswith(COMMON) else service
    return f"{owner} {method} {path.replace(*SAME_HANDLERS)}"


def guarded() -> set[str]:
    """Every operation that speaks of somebody's things."""
    found = set()
    places = {name: f"services/{name}" for name in ("registry", "scoring", "funding")}
    for service, place in (places | {"pipeline": "clients/pipeline"}).items():
        described = json.loads((ROOT / place / "openapi.json").read_text("utf-8"))
        found |= {
            f"{service} {method.upper()} {path}"
            for path, operations in described["paths"].items()
            for method, operation in operations.items()
            if operation.get("x-scope") not in (None, "published")
        }
    return found
