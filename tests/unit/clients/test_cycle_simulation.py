"""The days of a plan without a server: as early as may be, what is late said, mistakes with their place."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from clients.cli.main import app
from clients.cli.screen import output
from clients.programme.folder import default_programme_folder

PLAN = default_programme_folder() / "cycle-2024.yaml"


@pytest.fixture(autouse=True)
def _wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_width", 200)


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cycle", "simulate", *arguments])


def test_the_plan_of_2024_has_its_days_and_is_never_late() -> None:
    done = simulate(str(PLAN), "--from", "2024-06-03")
    assert done.exit_code == 0, done.output
    for text in ("freeze_snapshot", "2024-08-16", "尚无服务 not yet kept", "province_decider", "2025-03-31"):
        assert text in done.output


def test_a_stage_that_is_due_before_it_may_begin_is_told(tmp_path: Path) -> None:
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    stage = next(stage for stage in plan["stages"] if stage["stage"] == "decide")
    stage["due"] = "2024-08-20"  # the assessment is on 26 August
    file = tmp_path / "cycle.yaml"
    file.write_text(yaml.safe_dump(plan, allow_unicode=True), "utf-8")
    done = simulate(str(file))
    assert done.exit_code == 1
    assert "集体审定:截止日期早于最早可办日期" in done.output


@pytest.mark.parametrize(("old", "new", "place"), [
    ("stage: assess", "stage: asses", "stages[9].stage"),
    ("persons: 1", "persons: 0", "stages[7].gate.persons"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    file = tmp_path / "cycle.yaml"
    file.write_text(PLAN.read_text("utf-8").replace(old, new, 1), "utf-8")
    done = simulate(str(file))
    assert done.exit_code == 1
    assert place in done.output
