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
    "settings": ("services/registry/api/routers.py", "import services.registry.settings"),
    "pure-domain": ("services/registry/domain/clusters.py", "import sqlalchemy"),
    "dates-by-value": ("services/scoring/offline.py", "import shared.calendar.holiday_calendar"),
    "tables": ("services/registry/use_cases/freeze_snapshot.py", "import services.registry.storage.tables"),
}


def test_every_rule_has_a_planted_violation() -> None:
    with (ROOT / "pyproject.toml").open("rb") as handle:
        rules = tomllib.load(handle)["tool"]["importlinter"]["contracts"]
    assert {rule["id"] for rule in rules} == VIOLATIONS.keys()


@pytest.mark.parametrize("rule", VIOLATIONS)
def test_a_planted_violation_is_caught(rule: str, tmp_path: Path) -> None:
    for name in ("shared", "services", "clients"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert _check(rule, tmp_path).returncode == 0, _check(rule, tmp_path).stdout
    file, line = VIOLATIONS[rule]
    with (tmp_path / file).open("a", encoding="utf-8") as handle:
        handle.write(f"\n{line}  # noqa\n")
    answer = _check(rule, tmp_path)
    assert answer.returncode == 1, answer.stdout
    assert "BROKEN" in answer.stdout


def _check(rule: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINTER), "--no-cache", "--contract", rule],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
