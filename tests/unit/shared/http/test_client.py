"""What the typed clients do on the wire: whom they name, what they repeat, and how a refusal reaches the caller."""

import json
from collections.abc import Callable
from datetime import date

import httpx
import pytest

from shared.errors import Kind, UpstreamUnavailable
from shared.http.client import ServiceClient, ServiceProblem, View
from shared.http.funding import FundingClient
from shared.telemetry import begin_request


class Answer(View):
    value: int


class Wire:
    """Answers from a script and keeps what was asked; a number is a status, an exception is raised."""

    def __init__(self, *script: int | Exception) -> None:
        self.script = list(script)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        if step == 200:
            return httpx.Response(200, json={"value": 7, "unknown": True})
        problem = {
            "type": "urn:county-clusters:problem:round-closed",
            "detail": "填报已截止",
            "detail_en": "Filing is closed",
            "errors": [
                {"field": "round", "rule": "open", "message": "已截止", "message_en": "closed", "row": 2}
            ],
        }
        return httpx.Response(step, json=problem)


def client(wire: Callable[[httpx.Request], httpx.Response], *, attempts: int = 3) -> ServiceClient:
    return ServiceClient(
        "http://service", lambda: "a-token", attempts=attempts, transport=httpx.MockTransport(wire)
    )


async def test_a_call_carries_the_token_the_request_id_and_the_person() -> None:
    wire = Wire(200, 200)
    begin_request("request-0001")
    assert (
        await client(wire).acting_for("officer").get("/v1/things", Answer, after=None, limit=5)
    ).value == 7
    (asked,) = wire.asked
    assert asked.headers["authorization"] == "Bearer a-token"
    assert asked.headers["x-request-id"] == "request-0001"
    assert asked.headers["on-behalf-of"] == "officer"
    assert str(asked.url) == "http://service/v1/things?limit=5"
    await client(wire).with_token(lambda: "another").get("/v1/things", Answer)
    assert wire.asked[1].headers["authorization"] == "Bearer another"
    assert "on-behalf-of" not in wire.asked[1].headers


@pytest.mark.parametrize("failure", [503, 502, 504, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
async def test_a_read_and_a_keyed_command_are_repeated(failure: int | Exception) -> None:
    wire = Wire(failure, failure, 200)
    assert (await client(wire).post("/v1/things", Answer, {}, key="command-1")).value == 7
    assert [asked.headers["idempotency-key"] for asked in wire.asked] == ["command-1"] * 3
    wire = Wire(failure, 200)
    assert (await client(wire).get("/v1/things", Answer)).value == 7


async def test_a_command_without_a_key_is_sent_once() -> None:
    wire = Wire(503, 200)
    with pytest.raises(ServiceProblem):
        await client(wire).post("/v1/things", Answer, {}, key=None)
    assert len(wire.asked) == 1
    wire = Wire(httpx.ReadTimeout("slow"), 200)
    with pytest.raises(UpstreamUnavailable):
        await client(wire).post("/v1/things", Answer, {}, key=None)
    assert len(wire.asked) == 1


async def test_a_refusal_keeps_its_words_its_kind_and_its_items() -> None:
    wire = Wire(409)
    with pytest.raises(ServiceProblem) as caught:
        await client(wire).post("/v1/things", Answer, {}, key="command-1")
    assert len(wire.asked) == 1
    problem = caught.value
    assert (problem.status, problem.problem_code, problem.kind) == (409, "round-closed", Kind.CONFLICT)
    assert (problem.zh, problem.en) == ("填报已截止", "Filing is closed")
    assert [(item.field, item.rule, item.row) for item in problem.items] == [("round", "open", 2)]


@pytest.mark.parametrize("status", [200, 401, 409, 422, 503])
async def test_a_keyed_command_is_sent_once_as_it_stands_and_answered_whatever_it_is(status: int) -> None:
    wire = Wire(status)
    found, answer = await client(wire).send_keyed("POST", "/v1/things", b'{"b":1}', key="command-1")
    (asked,) = wire.asked
    assert (found, asked.content, asked.headers["idempotency-key"]) == (status, b'{"b":1}', "command-1")
    assert asked.headers["content-type"] == "application/json"
    assert ("round-closed" in answer.decode()) == (status != 200)


async def test_a_keyed_command_that_nobody_answers_says_so_and_is_not_repeated() -> None:
    wire = Wire(httpx.ReadTimeout("slow"), 200)
    with pytest.raises(UpstreamUnavailable):
        await client(wire).send_keyed("POST", "/v1/things", None, key="command-1")
    (asked,) = wire.asked
    assert "content-type" not in asked.headers


async def test_a_service_that_stays_away_is_said_to_be_away() -> None:
    wire = Wire(503, 503)
    with pytest.raises(UpstreamUnavailable):
        await client(wire, attempts=2).get("/v1/things", Answer)
    assert len(wire.asked) == 2


async def test_all_pages_of_a_list_are_read() -> None:
    def pages(request: httpx.Request) -> httpx.Response:
        second = request.url.params.get("cursor") == "next"
        return httpx.Response(
            200,
            json={"items": [{"value": 2}] if second else [{"value": 1}], "next": None if second else "next"},
        )

    assert [row.value async for row in client(pages).pages("/v1/things", Answer)] == [1, 2]


async def test_a_file_without_a_key_is_sent_once() -> None:
    wire = Wire(503, 200)
    with pytest.raises(ServiceProblem) as refused:
        await client(wire).post_bytes("/v1/files", Answer, b"a,b", media_type="text/csv", day="2024-10-08")
    assert (refused.value.status, len(wire.asked)) == (503, 1)
    asked = wire.asked[0]
    assert (asked.headers["content-type"], asked.content) == ("text/csv", b"a,b")
    assert str(asked.url) == "http://service/v1/files?day=2024-10-08"


async def test_only_what_was_set_is_sent() -> None:
    """So a repetition stays the same when the service knows more optional fields."""
    asked: list[bytes] = []

    def keep(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return httpx.Response(409, json={})

    async with FundingClient("http://f", lambda: "t", transport=httpx.MockTransport(keep)) as funding:
        day = date(2024, 10, 8)
        calls = (
            funding.open_round(
                appropriation="a", incentive="i", incentive_version="1", release_sha256="r", key="k-1"
            ),
            funding.record_appropriation(
                appropriation="a", programme="p", fiscal_year=2024, source="s", amount_fen=1, document_number="d",
                document_date=day, reason="r", key="k-2"
            ),
            funding.register_budget_project(
                code="c", appropriation="a", cluster="x", name="n", unit="u", use="o", amount_fen=1, key="k-3"
            ),
            funding.apply_priority(
                incentive="i", incentive_version="1", instrument="b", release_sha256="r", projects=["p"], key="k-4"
            ),
            funding.simulate("r", variants=[], key="k-5"),
            funding.pass_down(
                [], appropriation="a", document_number="d", document_date=day, deadline=day, reason="r", key="k-6"
            ),
        )  # fmt: skip
        for call in calls:
            with pytest.raises(ServiceProblem):
                await call
    assert len(asked) == 6
    for content in asked:
        assert b"null" not in content, content
        assert json.loads(content)
