"""`clusters cycle` as an officer, a decider and a scheduler use it, on the played year's services."""

import json
import subprocess
from typing import Any

from shared.web.principals import Role
from tests.e2e.conftest import PlayedYear
from tests.support.demo import CLUSTERS


def cycle(year: PlayedYear, role: Role, *arguments: str) -> subprocess.CompletedProcess[str]:
    token = year.issuer.mint(
        subject=f"cli-{role.value}", name=f"命令行 {role.value}", roles=[role.value], division="420000",
        unit="湖北省发展和改革委员会", audience=["pipeline"],
    )  # fmt: skip
    options = ["--url", year.suite.url("pipeline"), "--token", token]
    return subprocess.run(
        [str(CLUSTERS), "cycle", *options, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_stages_of_the_year_are_shown(played_year: PlayedYear) -> None:
    shown = cycle(played_year, Role.PROVINCE_OFFICER, "status", "2024")
    assert shown.returncode == 0, shown.stderr
    for text in (
        "hubei-county-clusters 2024年度",
        "freeze_snapshot",
        "冻结数据",
        "Freeze the figures",
        "2024-08-16",
    ):
        assert text in shown.stdout
    told = answer(cycle(played_year, Role.AUDITOR, "status", "2024", "--json"))
    turns = {stage["code"]: stage["turn"] for stage in told["stages"]}
    assert (turns["decide"], turns["objections"], turns["assess"]) == (2, 2, 1)
    why = answer(cycle(played_year, Role.PROVINCE_OFFICER, "why", "2024", "--json"))
    behind = {
        stage["code"] for stage in told["stages"] if stage["state"] in ("done", "passed_over", "waived")
    }
    assert {entry["stage"] for entry in why["stages"]} == turns.keys() - behind


def test_a_scheduler_is_told_by_the_exit_code(played_year: PlayedYear) -> None:
    state = answer(cycle(played_year, Role.AUDITOR, "status", "2024", "--json"))
    done = cycle(played_year, Role.PIPELINE, "advance", "2024")
    expected = {"closed": ("advanced", 0), "open": ("waits_for_person", 10)}[state["state"]]
    assert (json.loads(done.stdout)["outcome"], done.returncode) == expected


def test_what_is_not_to_be_decided_or_not_theirs_is_refused_in_both_languages(
    played_year: PlayedYear,
) -> None:
    decided = cycle(
        played_year, Role.PROVINCE_DECIDER, "approve", "2024", "freeze_snapshot", "--seen", "12345678"
    )
    assert decided.returncode == 1
    assert "待审定事项" in decided.stderr
    assert "open gate" in decided.stderr
    unseen = cycle(played_year, Role.PROVINCE_DECIDER, "approve", "2024", "close", "--seen", "1234567")
    assert "8 位" in unseen.stderr
    started = cycle(played_year, Role.AUDITOR, "retry", "2024", "decide")
    assert "province_officer" in started.stderr
    missing = cycle(played_year, Role.PROVINCE_OFFICER, "status", "2031")
    assert "年度流程" in missing.stderr
