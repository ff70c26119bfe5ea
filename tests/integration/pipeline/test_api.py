"""The pipeline over HTTP: a cycle is started, looked at, decided, held up and advanced; bad input changes nothing."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from clients.pipeline.domain.states import Outcome
from shared.http.pipeline import PipelineClient
from tests.support.fingerprint import fingerprint
from tests.support.people import AUDITOR, PIPELINE, Person, county_preparer
from tests.support.pipeline.office import Office
from tests.support.pipeline.story import DECIDER, OFFICER, PROGRAMME, REVIEWER, YEAR, plan_of, planned
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

CYCLE = f"/v1/cycles/{PROGRAMME}/{YEAR}"
TWO = {"persons": 2, "roles": ["province_decider", "finance_reviewer"], "units_differ": True}
PLAN = plan_of(
    planned("publish", not_before="2024-06-03", due="2024-06-14"),
    planned("assess", gate=TWO),
    planned("notice", may_be_waived=True),
    planned("archive", kept=False),
)
NEIGHBOUR = replace(OFFICER, subject="hunan", division="430000")


class Asking:
    """Somebody who asks; every command has a key of its own."""

    def __init__(self, service: RunningService) -> None:
        self.service = service

    async def get(self, person: Person, path: str) -> httpx.Response:
        async with self.service.as_(person) as client:
            return await client.get(path)

    async def post(
        self, person: Person, path: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        async with self.service.as_(person) as client:
            headers = {"Idempotency-Key": key or f"test-{uuid4()}"}
            return await client.post(path, json=body, headers=headers)

    async def started(self, plan: dict[str, Any] = PLAN) -> Any:
        return ok(await self.post(OFFICER, "/v1/cycles", {"plan": plan}))

    async def tick(self, person: Person = PIPELINE) -> tuple[str, int]:
        told = ok(await self.post(person, CYCLE + "/ticks"))
        return told["outcome"], told["exit_code"]

    async def stages(self) -> dict[str, Any]:
        return {stage["code"]: stage for stage in ok(await self.get(AUDITOR, CYCLE))["stages"]}

    async def open_gate(self) -> Any:
        (row,) = ok(await self.get(AUDITOR, CYCLE))["gates"]
        return ok(await self.get(AUDITOR, f"{CYCLE}/gates/{row['id']}"))

    async def decide(
        self, person: Person, gate: Any, verdict: str = "approve", **more: Any
    ) -> httpx.Response:
        body = {"verdict": verdict, "proposal_sha256": gate["proposal_sha256"], **more}
        return await self.post(person, f"{CYCLE}/gates/{gate['id']}/decisions", body)


@pytest.fixture
async def asking(pipeline: RunningService) -> Asking:
    return Asking(pipeline)


async def test_a_cycle_from_its_start_to_its_end(asking: Asking, office: Office) -> None:
    started = await asking.started()
    assert (started["state"], started["plan_version"], started["started_on"]) == (
        "open",
        "2024.1",
        "2024-06-03",
    )
    assert await asking.tick() == ("waits_for_person", 10)
    stages = await asking.stages()
    assert [(code, stage["state"]) for code, stage in stages.items()] == [
        ("publish", "done"), ("assess", "at_gate"), ("notice", "waiting"), ("archive", "waiting"),
    ]  # fmt: skip
    assert (stages["publish"]["zh"], stages["publish"]["en"]) == ("环节publish", "stage publish")
    why = ok(await asking.get(OFFICER, CYCLE + "/reasons"))["stages"]
    assert [(entry["stage"], [reason["code"] for reason in entry["reasons"]]) for entry in why] == [
        ("assess", ["gate-open"]), ("notice", ["stage-first"]), ("archive", ["stage-first"]),
    ]  # fmt: skip
    gate = await asking.open_gate()
    assert gate["proposal"] == {"stage": "assess", "turn": 1, "figure": 0, "before": 1}
    assert ok(await asking.decide(DECIDER, gate)) == {"state": "open"}
    assert ok(await asking.decide(REVIEWER, gate, reason="同意")) == {"state": "passed"}
    assert await asking.tick() == ("advanced", 0)
    assert ok(await asking.get(AUDITOR, CYCLE))["state"] == "closed"
    assert [path for path, _ in office.done][3:] == ["/assess/1/1", "/notice/1/1"]
    shown = ok(await asking.get(AUDITOR, f"{CYCLE}/gates/{gate['id']}"))
    assert [(entry["person"], entry["unit"]) for entry in shown["decisions"]] == [
        (DECIDER.subject, DECIDER.unit), (REVIEWER.subject, REVIEWER.unit),
    ]  # fmt: skip
    effects = ok(await asking.get(AUDITOR, CYCLE + "/effects"))["items"]
    assert [effect["status"] for effect in effects] == [201] * 5
    kinds = [event["kind"] for event in ok(await asking.get(AUDITOR, CYCLE + "/timeline"))["items"]]
    assert kinds[0] == "cycle.started"
    assert kinds[-1] == "cycle.closed"
    assert kinds.count("cycle.decided") == 2


async def test_lists_come_in_pages_that_fit_together(asking: Asking) -> None:
    await asking.started()
    await asking.tick()
    for name, key in (("timeline", "id"), ("effects", "key"), ("gates", "id")):
        whole = ok(await asking.get(AUDITOR, f"{CYCLE}/{name}"))["items"]
        found, cursor = [], ""
        while cursor is not None:
            page = ok(await asking.get(AUDITOR, f"{CYCLE}/{name}?limit=1{cursor}"))
            found += page["items"]
            cursor = page["next"] and f"&cursor={page['next']}"
        assert [entry[key] for entry in found] == [entry[key] for entry in whole], name
        assert whole
    listed = ok(await asking.get(OFFICER, "/v1/cycles?limit=1"))
    assert [(row["programme"], row["assessment_year"]) for row in listed["items"]] == [(PROGRAMME, YEAR)]
    for name in ("timeline", "gates"):
        refused(await asking.get(AUDITOR, f"{CYCLE}/{name}?cursor=WyJ4Il0"), 422, "cursor-invalid")
    refused(await asking.get(AUDITOR, "/v1/cycles?cursor=WyJ4IiwtMV0"), 422, "cursor-invalid")


async def test_a_command_sent_again_is_done_once(asking: Asking) -> None:
    first = ok(await asking.post(OFFICER, "/v1/cycles", {"plan": PLAN}, key="start-0001"))
    assert ok(await asking.post(OFFICER, "/v1/cycles", {"plan": PLAN}, key="start-0001")) == first
    refused(await asking.post(OFFICER, "/v1/cycles", {"plan": PLAN}), 409, "cycle-started-already")


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({}, "programme"),
        ({"a": 1}, ""),
        (plan_of(planned("nothing")), "stages[0].stage"),
        (plan_of(planned("publish", **{"with": {"share": 0.5}})), ""),
        (plan_of(planned("publish", **{"with": {"text": "a\0b"}})), ""),
        (plan_of(planned("publish", due="2024-06-01", not_before="2024-06-02")), "stages[0].due"),
    ],
)
async def test_a_plan_with_mistakes_is_refused_with_each_place(asking: Asking, plan: Any, field: str) -> None:
    before = await fingerprint(asking.service)
    answer = await asking.post(OFFICER, "/v1/cycles", {"plan": plan})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert field in {item["field"].removeprefix("plan.") for item in problem["errors"]}, problem
    assert await fingerprint(asking.service) == before


async def test_a_cycle_is_of_the_programmes_own_division(asking: Asking, office: Office) -> None:
    before = await fingerprint(asking.service)
    refused(await asking.post(NEIGHBOUR, "/v1/cycles", {"plan": PLAN}), 403, "out-of-scope")
    refused(
        await asking.post(OFFICER, "/v1/cycles", {"plan": PLAN | {"programme": "hunan"}}), 403, "out-of-scope"
    )
    unpublished = PLAN | {"programme": "unpublished"}
    refused(await asking.post(OFFICER, "/v1/cycles", {"plan": unpublished}), 409, "programme-not-published")
    office.is_away = True
    refused(await asking.post(OFFICER, "/v1/cycles", {"plan": PLAN}), 503, "upstream-unavailable")
    assert await fingerprint(asking.service) == before


async def test_another_division_sees_and_changes_nothing(asking: Asking) -> None:
    await asking.started()
    await asking.tick()
    gate = await asking.open_gate()
    before = await fingerprint(asking.service)
    for path in ("", "/reasons", "/timeline", "/effects", "/gates", f"/gates/{gate['id']}"):
        refused(await asking.get(NEIGHBOUR, CYCLE + path), 404, "not-found")
    assert ok(await asking.get(NEIGHBOUR, "/v1/cycles"))["items"] == []
    commands: dict[str, Any] = {
        "/pause": {"reason": "x"}, "/stop": {"reason": "x"}, "/resumption": None,
        "/plans": {"plan": PLAN, "reason": "x"}, "/stages/notice/waiver": {"reason": "x"},
        "/stages/publish/send-back": {"reason": "x"}, "/stages/publish/retry": None, "/ticks": None,
        f"/gates/{gate['id']}/decisions": {"verdict": "approve", "proposal_sha256": gate["proposal_sha256"]},
    }  # fmt: skip
    for path, body in commands.items():
        refused(await asking.post(NEIGHBOUR, CYCLE + path, body), 404, "not-found")
    city = replace(REVIEWER, division="420100")
    refused(await asking.decide(city, gate), 404, "not-found")
    assert await fingerprint(asking.service) == before
    refused(await asking.get(county_preparer("420984"), CYCLE), 403, "role-not-permitted")


async def test_who_acts_over_http_is_told_plainly_why_not(asking: Asking) -> None:
    await asking.started()
    await asking.tick()
    gate = await asking.open_gate()
    problem = refused(await asking.decide(OFFICER, gate), 403, "role-not-permitted")
    assert "province_decider" in problem["detail_en"]
    refused(
        await asking.decide(DECIDER, gate | {"proposal_sha256": "sha256:" + "0" * 64}),
        412,
        "decision-outdated",
    )
    refused(await asking.decide(DECIDER, gate, "reject"), 422, "reason-missing")
    refused(await asking.decide(DECIDER, gate, "perhaps"), 422, "invalid-request")
    ok(await asking.post(DECIDER, CYCLE + "/stop", {"reason": "数据有疑"}))
    refused(await asking.decide(DECIDER, gate), 409, "cycle-not-open")
    assert await asking.tick() == ("blocked", 30)
    refused(await asking.post(DECIDER, CYCLE + "/resumption"), 403, "maker-cannot-check")
    assert ok(await asking.post(OFFICER, CYCLE + "/resumption")) == {"state": "open"}
    ok(await asking.decide(DECIDER, gate))


async def test_a_waiver_a_new_plan_and_sending_back(asking: Asking) -> None:
    await asking.started()
    await asking.tick()
    waiver = ok(await asking.post(OFFICER, CYCLE + "/stages/notice/waiver", {"reason": "不需公示"}))
    later = plan_of(
        planned("publish", not_before="2024-06-03"),
        planned("assess", gate=TWO),
        planned("notice"),
        version="2",
    )
    changes = ok(await asking.post(OFFICER, CYCLE + "/plans", {"plan": later, "reason": "精简"}))["changes"]
    assert [change["stage"] for change in changes] == ["publish", "notice", "archive"]
    gates = {gate["kind"]: gate for gate in ok(await asking.get(AUDITOR, CYCLE))["gates"]}
    assert gates["waiver"]["proposal_sha256"] == waiver["proposal_sha256"]
    for kind in ("waiver", "plan"):
        assert ok(await asking.decide(DECIDER, gates[kind])) == {"state": "passed"}
    assert ok(await asking.get(AUDITOR, CYCLE))["plan_version"] == "2"
    back = ok(await asking.post(OFFICER, CYCLE + "/stages/publish/send-back", {"reason": "方案有误"}))
    assert len(back["stands"]) == 3
    stages = await asking.stages()
    assert (stages["publish"]["state"], stages["publish"]["turn"]) == ("waiting", 2)
    assert "archive" not in stages


async def test_a_service_that_is_away_is_seen(asking: Asking, office: Office) -> None:
    await asking.started()
    office.is_away = True
    assert await asking.tick() == ("service_away", 40)
    stage = (await asking.stages())["publish"]
    assert (stage["state"], stage["failures"], stage["reasons"][0]["waits_for"]) == ("waiting", 1, "service")
    office.is_away = False
    ok(await asking.post(OFFICER, CYCLE + "/stages/publish/retry"))
    assert await asking.tick() == ("waits_for_person", 10)


async def test_a_refusal_of_a_service_is_shown_with_its_words(asking: Asking, office: Office) -> None:
    await asking.started()
    office.refuses["/publish/1/2"] = (422, "not-so")
    assert await asking.tick() == ("failed", Outcome.FAILED)
    assert (await asking.stages())["publish"]["problem"] == {
        "code": "not-so", "zh": "拒绝:not-so", "en": "refused: not-so",
    }  # fmt: skip


async def test_metrics_tell_what_waits_and_what_was_sent(asking: Asking) -> None:
    await asking.started()
    await asking.tick()
    answer = await asking.get(PIPELINE, "/v1/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    told = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    cycle = f'assessment_year="{YEAR}",programme="{PROGRAMME}"'
    name = "county_clusters_pipeline_"
    assert told[f'{name}stage_overdue{{{cycle},stage="assess",state="at_gate"}}'] == "0.0"
    assert told[f'{name}gates_open{{{cycle},state="open"}}'] == "1.0"
    assert told[f'{name}notices_waiting{{{cycle},state="open"}}'] == "1.0"
    assert told[f'{name}effects{{service="office",status="201"}}'] == "3.0"
    assert float(told[f'{name}stage_age_seconds{{{cycle},stage="assess",state="at_gate"}}']) >= 0
    assert float(told[f'{name}cycle_tick_age_seconds{{{cycle},state="open"}}']) >= 0
    refused(await asking.get(OFFICER, "/v1/metrics"), 403, "role-not-permitted")
    refused(await asking.get(replace(PIPELINE, division="430000"), "/v1/metrics"), 403, "out-of-scope")


async def test_the_typed_client_reaches_every_operation(asking: Asking, pipeline: RunningService) -> None:
    def client(person: Person) -> PipelineClient:
        return PipelineClient("http://pipeline", pipeline.token_source(person), transport=pipeline.transport)

    officer, decider, ticker = client(OFFICER), client(DECIDER), client(PIPELINE)
    assert (await officer.start_cycle(PLAN, key="client-0001")).state == "open"
    assert (await ticker.tick(PROGRAMME, YEAR)).exit_code == Outcome.WAITS_FOR_PERSON
    cycle = await officer.cycle(PROGRAMME, YEAR)
    gate = await decider.gate(PROGRAMME, YEAR, cycle.gates[0].id)
    decided = await decider.decide(
        PROGRAMME, YEAR, gate.id, verdict="approve", proposal_sha256=gate.proposal_sha256, key="client-0002"
    )
    assert decided.state == "open"
    assert [stage.stage for stage in (await officer.reasons(PROGRAMME, YEAR)).stages] == [
        "assess",
        "notice",
        "archive",
    ]
    assert (await officer.pause(PROGRAMME, YEAR, reason="核实", key="client-0003")).state == "paused"
    assert (await officer.resume(PROGRAMME, YEAR, key="client-0004")).state == "open"
    assert (await officer.stop(PROGRAMME, YEAR, reason="核实", key="client-0005")).state == "stopped"
    assert (await decider.resume(PROGRAMME, YEAR, key="client-0006")).state == "open"
    assert (
        await officer.propose_waiver(PROGRAMME, YEAR, "notice", reason="不需", key="client-0007")
    ).proposal_sha256
    later = plan_of(*PLAN["stages"][:3], version="2")
    changes = await officer.propose_plan(PROGRAMME, YEAR, later, reason="精简", key="client-0008")
    assert [change.stage for change in changes.changes] == ["archive"]
    assert (
        len((await officer.send_back(PROGRAMME, YEAR, "publish", reason="重来", key="client-0009")).stands)
        == 3
    )
    events = await officer.timeline(PROGRAMME, YEAR)
    assert events[-1].kind == "cycle.sent_back"
    refusal = refused(await asking.post(OFFICER, CYCLE + "/stages/assess/retry"), 409, "nothing-to-try-again")
    assert refusal["detail"]
