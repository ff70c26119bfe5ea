"""A year on the real services: the loop does what follows from rules, people decide at services and gates."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from clients.pipeline.domain.states import CycleState, Outcome, StageState
from clients.pipeline.stages.all import STAGES
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from services.funding.app import Transports
from tests.support import programme
from tests.support.funding import PROGRAMME, WAN, running_funding
from tests.support.people import AUDITOR, PROVINCE_OFFICER, Issuer
from tests.support.pipeline.real_year import RealYear
from tests.support.pipeline.story import Story
from tests.support.registry_story import ZENGDU, load_programme
from tests.support.scoring import running_scoring
from tests.support.services import RunningService

FOLDER = ProgrammeFolder(default_programme_folder())


@pytest.fixture
async def scoring(
    scoring_url: str, registry: RunningService, issuer: Issuer, release_key: OKPKey, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, registry.transport) as running:
        yield running


@pytest.fixture
async def funding(
    funding_url: str,
    registry: RunningService,
    scoring: RunningService,
    issuer: Issuer,
    release_jwks: Path,
    tmp_path: Path,
) -> AsyncIterator[RunningService]:
    below = Transports(registry=registry.transport, scoring=scoring.transport)
    async with running_funding(tmp_path, issuer, funding_url, release_jwks, below) as running:
        yield running


@pytest.fixture
async def year(
    story: Story,
    registry: RunningService,
    scoring: RunningService,
    funding: RunningService,
) -> AsyncIterator[RealYear]:
    """Applications are filed."""
    await load_programme(registry)
    played = RealYear(story, registry, scoring, funding)
    story.today = date(2024, 6, 20)
    await played.go_to(story.today)
    await story.start(FOLDER.cycle_plan(2024), PROVINCE_OFFICER, STAGES)
    await played.play(until="close_filings")
    await played.file()
    yield played
    await played.services.close()


async def test_a_year_is_played_on_the_services_to_its_end(year: RealYear) -> None:
    await year.play()
    assert (await year.story.cycle()).state is CycleState.CLOSED
    stages = await year.story.stages()
    assert {code for code, row in stages.items() if row.state is StageState.DONE} == STAGES.keys()
    sent = [(effect.stage, effect.turn, effect.sent, effect.status) for effect in await year.effects()]
    assert sent == [
        ("freeze_snapshot", 1, 1, 201), ("assess", 1, 1, 201), ("robustness", 1, 1, 202),
        ("public_notice", 1, 1, 200), ("finalise", 1, 1, 200), ("propose_designations", 1, 1, 201),
        ("open_round", 1, 1, 201), ("simulate", 1, 1, 201), ("allocate", 1, 1, 201), ("propose_allocation", 1, 1, 200),
    ]  # fmt: skip

    final = next(iter((await year.result("finalise"))["releases"].values()))
    ranking = await year.scores(AUDITOR).ranking(final)
    assert [(row.rank, row.unit, row.proposed_status) for row in ranking] == [
        (1, "421303-01", "designate"), (2, "429006-01", "designate"), (3, "429005-01", "cultivate"),
    ]  # fmt: skip
    held = await year.records(AUDITOR).designation_set(PROGRAMME, as_of=year.story.today)
    assert {own.cluster: (own.status, own.effective_from) for own in held.designations} == {
        "421303-01": ("designated", date(2024, 9, 3)),  # the day after the notice
        "429006-01": ("designated", date(2024, 9, 3)),
        "429005-01": ("cultivated", date(2024, 9, 3)),
    }
    awards = await year.money(AUDITOR).awards(fiscal_year=2024)
    assert [(own.cluster, own.rank, own.amount_fen, own.state) for own in awards] == [
        ("421303-01", 1, 1000 * WAN, "closed"), ("429006-01", 2, 1000 * WAN, "closed"),
    ]  # fmt: skip
    assert (await year.money(AUDITOR).ledger_proof()).sound
    assert (await year.result("spending"))["spending"][1] == {
        "division": "421303", "cluster": "421303-01", "received_fen": 1000 * WAN, "paid_fen": 1000 * WAN,
        "spent_share": "1.0000",
    }  # fmt: skip
    lines = {line["code"]: line for line in (await year.result("report_targets"))["lines"]}
    assert lines["provincial_clusters"]["value"] == "2"

    assert year.told["publish_rules"] == [
        "尚未发布评估方案 hubei-county-clusters 2024.1 版",
        "尚未发布激励规则 hubei-county-clusters-incentive 2024.1 版",
    ]
    waiting = "2024-application.421303-01、2024-application.429005-01、2024-application.429006-01"
    assert year.told["department_check"] == [f"3 件市级已推荐，待审核或退回：{waiting}"]
    assert year.told["pass_down"] == ["2 项奖励尚未下达到县：421303-01、429006-01"]
    assert year.acted["decide"] == date(2024, 8, 26)


async def test_a_year_with_an_upheld_objection_and_two_rejections(year: RealYear) -> None:
    """The corrected list is decided and announced anew; who is designated and who is paid are proposed twice."""
    await year.play(until="objections")
    await year.object()
    year.acts["objections"] = year.uphold
    await year.play(until="approve_designations")
    assert year.told["objections"] == [f"{PROGRAMME}-2024-application-1：异议 1 号尚未处理"]
    assert {code: row.turn for code, row in (await year.story.stages()).items() if row.turn > 1} == {
        "decide": 2, "public_notice": 2, "objections": 2,
    }  # fmt: skip
    assessment = await year.scores(AUDITOR).assessment(await year.assessment())
    assert assessment.notice is not None
    assert (assessment.state, assessment.notice.number) == ("final", 2)
    assert (await year.result("decide"))["document_numbers"] == {assessment.id: "纪要〔2024〕12号"}

    await year.reject_designations()
    assert await year.story.tick(year.worker()) is Outcome.BLOCKED
    (reason,) = (await year.story.stages())["approve_designations"].reasons
    assert (reason["code"], reason["waits_for"]) == ("designations-rejected", "mending")
    await year.send_back("propose_designations")
    await year.play(until="open_round")
    await year.record_line()
    await year.open_round()
    await year.play(until="propose_allocation")
    (gate,) = await year.story.gates()
    assert gate.proposers == [
        "pipeline",
        "province-officer",
    ]  # whoever opened the round does not decide its list
    await year.play(until="review")
    assert (await year.result("approve_designations"))["decision"] == f"{PROGRAMME}-2024-designation-2"

    await year.reject_list()
    await year.story.tick(year.worker())
    (gate,) = await year.story.gates()
    assert (gate.stage, gate.turn, gate.proposal["rejected_because"]) == (
        "propose_allocation",
        2,
        "请补充说明",
    )
    await year.play(until="issue")
    awarded = (await year.result("allocate"))["awards"]
    assert [own["cluster"] for own in awarded] == ["421303-01", "429006-01", "429005-01"]
    steps = (await year.money(AUDITOR).round(await year.round())).steps
    assert [(step.action, step.subject) for step in steps] == [
        ("opened", "province-officer"), ("simulated", "pipeline"), ("allocated", "pipeline"),
        ("proposed", "pipeline for province-decider"), ("rejected", "finance-reviewer"),
        ("proposed", "pipeline for province-decider"), ("approved", "finance-reviewer"),
    ]  # fmt: skip
    sent = await year.effects()
    assert {effect.sent for effect in sent} == {1}
    assert {effect.stage for effect in sent if effect.status == 409} == {"open_round"}  # it was there already


def two_rounds() -> dict[str, Any]:
    """The calendar, with a round for holders beside that for applicants."""
    found = programme.calendar()
    (applications,) = found["rounds"]
    returns = applications | {"code": "2024-assessment", "kind": "assessment", "opens_on": "2024-06-20"}
    return found | {"version": "2024.2", "rounds": [applications, returns]}


async def test_a_year_with_two_rounds_takes_both_to_one_list_of_designations(
    story: Story, registry: RunningService, scoring: RunningService, funding: RunningService
) -> None:
    """A holder is assessed by its annual return, an applicant by its application."""
    await load_programme(registry)
    year = RealYear(story, registry, scoring, funding, frozenset({ZENGDU}))
    await year.go_to(date(2024, 6, 20))
    rounds = ["2024-application", "2024-assessment"]
    await year.records(PROVINCE_OFFICER).publish_calendar(two_rounds())
    plan = FOLDER.cycle_plan(2024)
    told = {stage["stage"]: stage["with"] for stage in plan["stages"] if "with" in stage}
    told["publish_rules"] |= {"calendar": "2024.2"}
    told["open_filings"] |= {"rounds": rounds}
    await year.story.start(plan, PROVINCE_OFFICER, STAGES)
    await year.play(until="close_filings")
    await year.file()
    await year.play(until="open_round")
    sent = [(effect.stage, effect.place, effect.status) for effect in await year.effects()]
    assert sent == [
        ("freeze_snapshot", 1, 201), ("freeze_snapshot", 2, 201), ("assess", 1, 201), ("assess", 2, 201),
        ("robustness", 1, 202), ("robustness", 2, 202), ("public_notice", 1, 200), ("public_notice", 2, 200),
        ("finalise", 1, 200), ("finalise", 2, 200), ("propose_designations", 1, 201),
    ]  # fmt: skip
    closed = (await year.result("close_filings"))["rounds"]
    assert {code: counts["filed"] for code, counts in closed.items()} == dict(
        zip(rounds, (2, 1), strict=True)
    )
    decision = await year.records(AUDITOR).designation_decision(
        (await year.result("approve_designations"))["decision"]
    )
    final = (await year.result("finalise"))["releases"]
    assert set(decision.releases) == set(final.values())
    held = await year.records(AUDITOR).designation_set(PROGRAMME, as_of=year.story.today)
    assert {own.cluster: (own.status, own.release_sha256) for own in held.designations} == {
        "421303-01": ("designated", final[f"{PROGRAMME}-2024-assessment-1"]),
        "429006-01": ("designated", final[f"{PROGRAMME}-2024-application-1"]),
        "429005-01": ("cultivated", final[f"{PROGRAMME}-2024-application-1"]),
    }
    await year.services.close()
