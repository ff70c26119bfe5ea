"""The plan of Hubei's year is one that this version of the pipeline can do."""

import re
from datetime import date
from pathlib import Path

import pytest

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.stages.all import STAGES
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from shared.web.principals import Role

FOLDER = ProgrammeFolder(default_programme_folder())


@pytest.fixture
def plan() -> Plan:
    return read_plan(FOLDER.cycle_plan(2024), known=STAGES)


def test_the_plan_has_every_stage_that_is_kept_and_names_those_that_are_not_yet(plan: Plan) -> None:
    assert {stage.code for stage in plan.stages if stage.is_kept} == STAGES.keys()
    assert [stage.code for stage in plan.stages if not stage.is_kept] == [
        "budget_request", "measures", "panel", "award_notice", "use_plans", "disclosure", "self_evaluation", "archive",
    ]  # fmt: skip


def test_the_plan_gives_gates_to_what_people_decide_here_and_never_to_who_reviews_at_a_service(
    plan: Plan,
) -> None:
    gates = {stage.code: stage.gate.roles for stage in plan.stages if stage.gate}
    assert gates == {
        "freeze_snapshot": {Role.PROVINCE_DECIDER},
        "propose_allocation": {Role.PROVINCE_DECIDER},
    }
    assert not any(STAGES[code].mirrors for code in gates)


def test_the_plan_names_the_documents_that_lie_in_the_same_folder(plan: Plan) -> None:
    given, calendar = plan.by_code["publish_rules"].given, FOLDER.calendars[0]
    assert given["scheme"] == {name: FOLDER.scheme[name] for name in ("id", "version")}
    assert given["incentive"] == {name: FOLDER.incentive[name] for name in ("id", "version")}
    assert (given["programme"], given["calendar"]) == (FOLDER.programme["version"], calendar["version"])
    assert plan.by_code["open_filings"].given["rounds"] == [entry["code"] for entry in calendar["rounds"]]
    begins = plan.by_code["publish_rules"].not_before
    assert begins is not None
    assert begins.on is not None
    assert begins.on >= date.fromisoformat(calendar["published_on"])


def test_what_has_been_issued_or_passed_down_is_not_taken_back() -> None:
    assert {code for code, stage in STAGES.items() if stage.irrevocable} == {"issue", "pass_down"}


def test_the_page_of_stages_names_each_in_the_plans_order(plan: Plan) -> None:
    page = (Path(__file__).parents[3] / "docs" / "stages.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)`", page, re.MULTILINE)
    assert rows == [stage.code for stage in plan.stages if stage.is_kept]
    for stage in plan.stages:
        assert stage.is_kept or f"`{stage.code}`" in page
