"""The import rules of `pyproject.toml` hold, and each of them catches a planted violation."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

#: For each rule: the file that breaks it, and the line that does.
VIOLATIONS = {
    "services-apart": (
        "services/registry/use_cases/freeze_snapshot.py",
        "import services.scoring.domain.scheme.scheme",
    ),
    "shared-below": ("shared/text/money.py", "import services.registry.settings"),
    "no-client-in-services": ("services/scoring/app.py", "import clients.local.issuer"),
    "clients-over-http": ("clients/cli/main.py", "import services.registry.settings"),
    "plumbing": ("shared/web/asgi.py", "import shared.contracts.release"),
    "registry-downward": ("services/registry/app.py", "import shared.http.scoring"),
    "scoring-downward": ("services/scoring/app.py", "import shared.http.funding"),
    "funding-downward": ("services/funding/app.py", "import shared.http.funding"),
    "layers": ("services/registry/storage/clusters.py", "import services.registry.use_cases.freeze_snapshot"),
    "pipeline-layers": ("clients/pipeline/storage/gates.py", "import clients.pipeline.loop.tick"),
    "settings": ("services/registry/api/routers.py", "import services.registry.settings"),
    "pure-domain": ("services/registry/domain/clusters.py", "import sqlalchemy"),
    "dates-by-value": ("services/scoring/offline.py", "import shared.calendar.holiday_calendar"),
    "tables": ("services/registry/use_cases/freeze_snapshot.py", "import services.registry.storage.tables"),
    "api-asks-use-cases": ("services/registry/api/routers.py", "import services.registry.storage.clusters"),
    "no-circle": (
        "shared/documents/canonical.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.web.fields",
    ),
}


def test_every_rule_has_a_planted_violation() -> None:
    with (ROOT / "pyproject.toml").open("rb") as handle:
        rules = tomllib.load(handle)["tool"]["importlinter"]["contracts"]
    assert {rule["id"] for rule in rules} == VIOLATIONS.keys()


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code in a folder of its own, in which no rule is broken."""
    folder = tmp_path_factory.mktemp("planted")
    for name in ("shared", "services", "clients"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    answer = _check(folder)
    assert answer.returncode == 0, answer.stdout
    return folder


@pytest.mark.parametrize("rule", VIOLATIONS)
def test_a_planted_violation_is_caught(rule: str, copied: Path) -> None:
    file, line = VIOLATIONS[rule]
    before = (copied / file).read_text("utf-8")
    (copied / file).write_text(f"{before}\n{line}\n", "utf-8")
    answer = _check(copied, "--contract", rule)
    (copied / file).write_text(before, "utf-8")
    assert answer.returncode == 1, answer.stdout
    assert "BROKEN" in answer.stdout


def _check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINTER), "--cache-dir", str(folder / "cache"), *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
