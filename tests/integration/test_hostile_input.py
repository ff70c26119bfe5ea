"""What may not come in, over HTTP: each is refused with a problem document that names rule, field and row in two
languages, and nothing is changed.
"""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import OKPKey

from shared.documents.keys import sign_hash
from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import BelowFunding, FundingStory, designations_of, release_of
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PIPELINE,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import (
    ROUND,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    value,
)
from tests.support.services import RunningService

Service = RunningService
COUNTY = county_preparer("421303")

#: A command of each service that takes a name, with its path, who may send it, and a body that is right.
COMMANDS: dict[str, tuple[Person, str, dict[str, Any], str]] = {
    "registry": (
        COUNTY,
        "/v1/clusters",
        {
            "programme": "hubei-county-clusters",
            "county_code": "421303",
            "name": "集群",
            "leading_industry": "汽车",
            "industry_codes": ["36"],
            "in_focus": True,
        },
        "name",
    ),
    "scoring": (
        PROVINCE_OFFICER,
        "/v1/scheme-versions",
        {"document": programme.document("scheme")},
        "document",
    ),
    "funding": (
        COUNTY,
        "/v1/projects",
        {
            "code": "2410-421303-04-01-000001",
            "name": "项目",
            "county_code": "421303",
            "cluster": "421303-01",
            "unit": "单位",
            "investment_fen": 100,
            "use": "cluster_infrastructure",
        },
        "name",
    ),
}


@pytest.fixture(params=list(COMMANDS))
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.getfixturevalue(request.param)
    return found


async def nothing_changes(service: Service, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Sends and sees that all tables are as before, and that the answer is a problem document in two languages."""
    before = await fingerprint(service)
    answer = await send()
    assert await fingerprint(service) == before
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    for name in ("detail", "detail_en", "request_id"):
        assert problem[name], name
    assert not problem["detail"].isascii()
    for item in problem["errors"]:
        for name in ("field", "rule", "message", "message_en"):
            assert item[name], item
    return answer


async def send(
    service: Service, *, content: bytes | str, person: Person | None = None, **claims: Any
) -> httpx.Response:
    """Raw bytes to the service's command."""
    by, path, _, _ = COMMANDS[service.name]
    async with service.as_(person or by, **claims) as client:
        headers = {"Idempotency-Key": f"test-{uuid4()}", "Content-Type": "application/json"}
        return await client.post(path, content=content, headers=headers)


def right_body(service: Service, **changed: Any) -> dict[str, Any]:
    return {**COMMANDS[service.name][2], **changed}


# --- of any service -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '"text"',
        "null",
        "",
        b"\xff\xfe",
        '{"name": }',
        "[" * 200 + "]" * 200,
        '{"document":' * 200 + "1" + "}" * 200,
        '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
    ids=[
        "open",
        "list",
        "text",
        "null",
        "empty",
        "bytes",
        "broken",
        "lists 200 deep",
        "objects 200 deep",
        "100000 deep",
    ],
)
async def test_what_is_not_the_json_that_belongs_there(service: Service, content: bytes | str) -> None:
    answer = await nothing_changes(service, lambda: send(service, content=content))
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
async def test_a_body_of_50_megabytes(service: Service, declared: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 1024 * 1024

    async def upload() -> httpx.Response:
        person, path, _, _ = COMMANDS[service.name]
        async with service.as_(person) as client:
            content: Any = b" " * 50 * 1024 * 1024 if declared else chunks()
            return await client.post(path, content=content, headers={"Idempotency-Key": "test-000001"})

    refused(await nothing_changes(service, upload), 413, "body-too-large")


@pytest.mark.parametrize("bad", ["a\\u0000b", "\\ud800", "a\\u0007", "", "   ", "x" * 5000], ids=repr)
async def test_names_with_characters_that_no_name_has(service: Service, bad: str) -> None:
    _, _, body, field = COMMANDS[service.name]
    name = json.loads(f'"{bad}"') if "ud800" not in bad else None
    if isinstance(body[field], dict):
        document = {**body[field], "id": "@"}
        content = json.dumps({field: document}).replace('"@"', f'"{bad}"')
    else:
        content = json.dumps({**body, field: "@"}).replace('"@"', f'"{bad}"')
    answer = await nothing_changes(service, lambda: send(service, content=content))
    assert answer.status_code == 422, (name, answer.text)
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "day", ["0000-01-01", "10000-01-01", "2024-02-30", "0", 86400, 1e30, None, "昨天"], ids=repr
)
async def test_days_that_no_calendar_has(service: Service, day: Any) -> None:
    async def put() -> httpx.Response:
        async with service.as_(PIPELINE) as client:
            return await client.put("/v1/trial/business-date", json={"business_date": day})

    answer = await nothing_changes(service, put)
    assert refused(answer, 422, "invalid-request")["errors"][0]["field"] == "business_date"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"aud": ["elsewhere"]},
        {"aud": "console"},
        {"iss": "https://elsewhere.example"},
    ],
    ids=["expired", "for another service", "for the console", "of another issuer"],
)
async def test_a_token_that_does_not_count(service: Service, claims: dict[str, Any]) -> None:
    body = json.dumps(right_body(service))
    refused(
        await nothing_changes(service, lambda: send(service, content=body, **claims)),
        401,
        "not-authenticated",
    )


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256"])
async def test_a_token_that_nobody_signed(service: Service, algorithm: str) -> None:
    person, path, _, _ = COMMANDS[service.name]

    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    claims = service.issuer.token(person, service.name).split(".")[1]
    token = f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'test-issuer'})}.{claims}."

    async def knock() -> httpx.Response:
        async with service.as_(person) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            headers = {"Idempotency-Key": "test-000001"}
            return await client.post(path, json=right_body(service), headers=headers)

    refused(await nothing_changes(service, knock), 401, "not-authenticated")


# --- registry -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def counties(registry: Service) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


@pytest.mark.parametrize(
    ("code", "rule"),
    [("421071", "division-not-known"), ("421171", "division-not-known"), ("421023", "division-code-retired")],
    ids=["荆州开发区, a functional zone", "龙感湖, a functional zone", "监利县, retired in 2020"],
)
async def test_a_code_that_is_no_county_now(counties: RegistryStory, code: str, rule: str) -> None:
    answer = await nothing_changes(counties.registry, lambda: counties.register(county_code=code))
    (item,) = refused(answer, 422, rule)["errors"]
    assert (item["field"], item["rule"]) == ("county_code", rule)
    assert rule != "division-code-retired" or "421088" in item["message"]


async def test_a_third_cluster_in_focus(counties: RegistryStory) -> None:
    for name in ("甲", "乙"):
        ok(await counties.register(name))
    answer = await nothing_changes(counties.registry, lambda: counties.register("丙"))
    (item,) = refused(answer, 422, "too-many-clusters-in-focus")["errors"]
    assert item["field"] == "in_focus"


@pytest.mark.parametrize(
    "number", ["四百", "4,140", "４１４", "1e30", "1" + "0" * 30, 414, 4.5, True, {}, "NaN", "Infinity"]
)
async def test_what_is_no_number(counties: RegistryStory, number: Any) -> None:
    cluster = ok(await counties.register())["code"]
    values = [value("exports", 2022, "5"), {**value("exports", 2023, "5"), "value": number}]
    body = {"round": ROUND, "cluster": cluster, "values": values, "facts": {}}
    answer = await nothing_changes(counties.registry, lambda: counties.post(COUNTY, "/v1/applications", body))
    item = refused(answer, 422, "invalid-request")["errors"][0]
    assert (item["field"], item["row"]) == ("values[1].value", 2)


async def test_a_hundred_million_yuan_for_ten_thousand_unless_there_is_a_reason(
    counties: RegistryStory,
) -> None:
    content = plausible_content(revenue="4140000")
    for entry in content["values"]:
        if (entry["indicator"], entry["data_year"]) == ("operating_revenue", 2023):
            entry["value"] = "414"
    filed = await counties.prepare(ok(await counties.register())["code"], content)
    answer = await nothing_changes(
        counties.registry, lambda: counties.sign_off(filed["code"], filed["content_hash"])
    )
    broken = {(item["field"], item["rule"]) for item in refused(answer, 422, "filing-has-errors")["errors"]}
    assert ("operating_revenue.2023", "unit_slip") in broken
    content["waivers"] = [
        {"rule": rule, "indicator": indicator, "data_year": 2023, "reason": "企业整体外迁"}
        for rule, indicator in (
            ("unit_slip", "operating_revenue"),
            ("large_change", "operating_revenue"),
            ("tax_ratio", "tax_paid"),
        )
    ]
    async with counties.registry.as_(COUNTY) as client:
        path = f"/v1/applications/{filed['code']}/content"
        waived = ok(await client.put(path, json=content, headers={"If-Match": '"1"'}))
    ok(await counties.sign_off(filed["code"], waived["content_hash"]))


async def test_another_countys_token(counties: RegistryStory) -> None:
    filed = await counties.prepare(ok(await counties.register())["code"])
    stranger = county_preparer("421381")

    async def edit() -> httpx.Response:
        async with counties.registry.as_(stranger) as client:
            path = f"/v1/applications/{filed['code']}/content"
            return await client.put(path, json=plausible_content(), headers={"If-Match": '"1"'})

    refused(await nothing_changes(counties.registry, edit), 404, "not-found")


# --- scoring ------------------------------------------------------------------------------------------------------


def broken_weights(scheme: dict[str, Any]) -> None:
    scheme["tree"]["children"][0]["weight"] = "0.2999"


def overlapping_bands(scheme: dict[str, Any]) -> None:
    scheme["grades"]["bands"][1]["maximum"] = "81"


@pytest.mark.parametrize(
    ("spoil", "where"),
    [(broken_weights, "tree"), (overlapping_bands, "grades")],
    ids=["weights that add up to 0.9999", "bands that overlap"],
)
async def test_a_scheme_that_does_not_add_up(
    scoring: Service, spoil: Callable[[dict[str, Any]], None], where: str
) -> None:
    scheme = json.loads(json.dumps(programme.document("scheme")))
    spoil(scheme)
    body = json.dumps({"document": scheme})
    answer = await nothing_changes(scoring, lambda: send(scoring, content=body))
    assert answer.status_code == 422
    assert any(item["field"].startswith(where) for item in answer.json()["errors"]), answer.text


# --- funding ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def money(funding: Service, below_funding: BelowFunding) -> FundingStory:
    """Rules and an appropriation are there; nothing is shared out yet."""
    story = FundingStory(funding, below_funding)
    ok(await story.publish())
    await story.record()
    return story


async def test_a_release_with_a_wrong_signature_or_hash(money: FundingStory) -> None:
    stranger = OKPKey.generate_key("Ed25519", parameters={"kid": "test-release"})
    money.below.put(money.release, signature=sign_hash(money.release.sha256, stranger))
    refused(await nothing_changes(money.funding, money.open_round), 422, "signature-invalid")
    money.below.put(money.release)
    money.below.releases[money.release.sha256]["document"]["data_year"] = 2022
    refused(await nothing_changes(money.funding, money.open_round), 422, "document-invalid")


async def test_a_round_on_a_release_that_is_not_final(money: FundingStory) -> None:
    proposed = release_of(stage="proposed", proposed_sha256=None, decision=None, notice=None)
    money.below.put(proposed)
    money.below.designate(designations_of(proposed))
    answer = await nothing_changes(money.funding, lambda: money.open_round(release_sha256=proposed.sha256))
    assert refused(answer, 409, "release-not-final")


async def test_a_second_live_round(money: FundingStory) -> None:
    ok(await money.open_round())
    answer = await nothing_changes(money.funding, money.open_round)
    assert answer.status_code == 409


async def test_tiers_that_sum_to_more_than_the_pool(money: FundingStory) -> None:
    rules = json.loads(json.dumps(programme.document("incentive")))
    rules |= {"version": "2024.9"}
    rules["reward"]["amounts"]["tiers"][0]["places"] = 4
    answer = await nothing_changes(money.funding, lambda: money.publish(rules))
    assert answer.status_code == 422
    assert any("reward" in item["field"] for item in answer.json()["errors"]), answer.text


async def test_a_review_by_the_maker(money: FundingStory) -> None:
    code = ok(await money.open_round())["code"]
    ok(await money.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await money.step(FINANCE_MAKER, code, "proposal", {"note": "请审"}))
    maker = Person(FINANCE_MAKER.subject, FINANCE_REVIEWER.roles, "420000", FINANCE_MAKER.unit)
    review = {"decision": "approve", "minutes": "同意"}
    for person in (maker, FINANCE_REVIEWER):  # the same person, and another of the same unit
        answer = await nothing_changes(money.funding, partial(money.step, person, code, "review", review))
        refused(answer, 403, "maker-cannot-check")


@pytest.mark.parametrize("amount", [0, -1, 2**53, 10**30, 1.5, "100", None, True], ids=repr)
async def test_amounts_that_are_no_money(money: FundingStory, amount: Any) -> None:
    body = money.appropriation(code="2024-other", amount_fen=amount)
    answer = await nothing_changes(money.funding, lambda: money.post(FINANCE_MAKER, "/v1/fund-orders", body))
    assert refused(answer, 422, "invalid-request")["errors"][0]["field"] == "amount_fen"


async def test_an_auditor_changes_nothing(money: FundingStory) -> None:
    answer = await nothing_changes(
        money.funding, lambda: money.post(AUDITOR, "/v1/fund-orders", money.appropriation(code="x-1"))
    )
    refused(answer, 403, "role-not-permitted")
