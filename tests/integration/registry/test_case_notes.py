"""Case notes: a county or city writes, another person of the province publishes, everybody reads."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.web.principals import Role
from tests.support.fingerprint import fingerprint
from tests.support.people import (
    AUDITOR,
    HUBEI,
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
    county_signer,
)
from tests.support.registry_story import (
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    refused,
    set_business_date,
)
from tests.support.services import RunningService

CLUSTER = f"{ZENGDU}-01"
COUNTY, CITY = county_preparer(ZENGDU), city_reviewer(SUIZHOU)
ELSEWHERE = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省发展和改革委员会")
NOTES, PUBLIC = "/v1/case-notes", "/v1/published-case-notes"


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    story = RegistryStory(registry)
    ok(await story.register())
    return story


@pytest.fixture
async def public(story: RegistryStory) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with httpx.AsyncClient(transport=story.registry.transport, base_url="http://registry") as client:
        yield client


def content(**changed: Any) -> dict[str, Any]:
    return {
        "title": "链主带动、园中园集聚",
        "text": "做法……\n成效……",
        "what_was_done": "链主企业开放配套清单",
        "figures": [{"name": "配套企业", "value": "36", "unit": "家", "year": 2023}],
        "source": "曾都区发展和改革局",
        **changed,
    }


async def write(story: RegistryStory, by: Person = COUNTY, **changed: Any) -> httpx.Response:
    return await story.post(by, NOTES, {"cluster": CLUSTER, **content(), **changed})


async def publish(
    story: RegistryStory, note: dict[str, Any], by: Person = PROVINCE_OFFICER
) -> httpx.Response:
    body = {"content_hash": note["content_hash"]}
    return await story.post(by, f"{NOTES}/{note['code']}/publication", body)


async def send_back(
    story: RegistryStory, note: dict[str, Any], by: Person = PROVINCE_OFFICER
) -> httpx.Response:
    return await story.post(by, f"{NOTES}/{note['code']}/send-back", {"reason": "请附数据来源"})


async def revise(
    story: RegistryStory, note: dict[str, Any], by: Person = COUNTY, **changed: Any
) -> httpx.Response:
    async with story.registry.as_(by) as client:
        headers = {"If-Match": f'"{note["version"]}"'}
        return await client.put(f"{NOTES}/{note['code']}/content", json=content(**changed), headers=headers)


async def shown(story: RegistryStory, path: str, by: Person = COUNTY) -> httpx.Response:
    async with story.registry.as_(by) as client:
        return await client.get(path)


@pytest.mark.strangers
async def test_a_note_is_sent_back_rewritten_and_published(
    story: RegistryStory, public: httpx.AsyncClient
) -> None:
    note = ok(await write(story))
    assert (note["code"], note["state"]) == (f"{CLUSTER}.1", "submitted")
    returned = ok(await send_back(story, note))
    assert (returned["state"], returned["reason"]) == ("sent_back", "请附数据来源")
    again = ok(await revise(story, returned, source="2023年统计公报"))
    assert (again["state"], again["version"]) == ("submitted", 3)
    await set_business_date(story.registry, "2024-07-01")
    published = ok(await publish(story, again))
    assert (published["state"], published["published_on"]) == ("published", "2024-07-01")
    read = ok(await public.get(f"{PUBLIC}/{note['code']}"))
    assert read == {
        **content(source="2023年统计公报"),
        "code": note["code"],
        "cluster": CLUSTER,
        "cluster_name": "专用车产业集群",
        "county_code": ZENGDU,
        "county_name": "曾都区",
        "published_on": "2024-07-01",
    }
    assert COUNTY.subject not in str(read)
    assert ok(await public.get(PUBLIC))["items"] == [read]
    listed = ok(await shown(story, f"{NOTES}?state=published&cluster={CLUSTER}"))["items"]
    assert listed == [ok(await shown(story, f"{NOTES}/{note['code']}"))] == [published]


async def test_what_is_not_published_is_not_there_for_the_public(
    story: RegistryStory, public: httpx.AsyncClient
) -> None:
    note = ok(await write(story))
    path = f"{PUBLIC}/{note['code']}"
    missing = refused(await public.get(f"{PUBLIC}/{CLUSTER}.9"), 404, "not-found")
    for step in (None, send_back):
        if step is not None:
            ok(await step(story, note))
        hidden = refused(await public.get(path), 404, "not-found")
        assert {**hidden, "request_id": ""} == {**missing, "request_id": ""}
    assert ok(await public.get(PUBLIC))["items"] == []
    for own in (f"{NOTES}/{note['code']}", NOTES):
        assert (await public.get(own)).status_code == 401


async def test_a_published_note_may_be_kept_by_caches_until_it_changes(
    story: RegistryStory, public: httpx.AsyncClient
) -> None:
    note = ok(await write(story))
    ok(await publish(story, note))
    for path in (PUBLIC, f"{PUBLIC}/{note['code']}"):
        first = await public.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=300"
        tag = first.headers["ETag"]
        same = await public.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
        assert same.headers["Cache-Control"] == "public, max-age=300"
        assert (await public.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
    before = (await public.get(PUBLIC)).headers["ETag"]
    ok(await publish(story, ok(await write(story, title="另一经验"))))
    assert (await public.get(PUBLIC)).headers["ETag"] != before
    assert "no-store" in (await shown(story, NOTES)).headers["Cache-Control"]


async def test_a_published_note_stays_as_it_is_until_it_is_withdrawn(
    story: RegistryStory, public: httpx.AsyncClient
) -> None:
    note = ok(await publish(story, ok(await write(story))))
    refused(await revise(story, note), 409, "case-note-not-in-state")
    refused(await send_back(story, note), 409, "case-note-not-in-state")
    refused(await publish(story, note), 409, "case-note-not-in-state")
    withdrawal = f"{NOTES}/{note['code']}/withdrawal"
    refused(await story.post(COUNTY, withdrawal, {"reason": "数据有误"}), 403, "role-not-permitted")
    gone = ok(await story.post(PROVINCE_OFFICER, withdrawal, {"reason": "数据有误"}))
    assert (gone["state"], gone["reason"]) == ("withdrawn", "数据有误")
    refused(await public.get(f"{PUBLIC}/{note['code']}"), 404, "not-found")


async def test_a_city_writes_about_a_cluster_of_its_counties(story: RegistryStory) -> None:
    assert ok(await write(story, CITY))["unit"] == CITY.unit
    assert ok(await write(story, COUNTY))["code"] == f"{CLUSTER}.2"
    for stranger in (county_preparer(TIANMEN), city_reviewer("420900")):
        refused(await write(story, stranger), 404, "not-found")
    for by in (county_signer(ZENGDU), PROVINCE_OFFICER, AUDITOR):
        refused(await write(story, by), 403, "role-not-permitted")
    refused(await write(story, COUNTY, cluster=f"{ZENGDU}-09"), 404, "not-found")


async def test_another_person_than_the_writer_publishes(story: RegistryStory) -> None:
    both = Person("both", (Role.COUNTY_PREPARER, Role.PROVINCE_OFFICER), HUBEI)
    note = ok(await write(story, both))
    before = await fingerprint(story.registry)
    refused(await publish(story, note, both), 403, "maker-cannot-check")
    refused(await send_back(story, note, both), 403, "maker-cannot-check")
    refused(await publish(story, note, ELSEWHERE), 404, "not-found")
    refused(await publish(story, note, COUNTY), 403, "role-not-permitted")
    assert await fingerprint(story.registry) == before
    ok(await publish(story, note))


async def test_only_what_was_read_is_published_and_an_outdated_edit_is_rejected(story: RegistryStory) -> None:
    note = ok(await write(story))
    ok(await revise(story, note, text="另一内容"))
    refused(await publish(story, note), 412, "stale")
    refused(await revise(story, note), 412, "stale")


async def test_an_edit_and_a_publication_at_once_take_turns(story: RegistryStory) -> None:
    note = ok(await write(story))
    answers = await asyncio.gather(revise(story, note, text="另一内容"), publish(story, note))
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])


async def test_notes_of_one_cluster_written_at_once_have_numbers_of_their_own(story: RegistryStory) -> None:
    answers = await asyncio.gather(*(write(story, title=f"经验{place}") for place in range(4)))
    assert {ok(answer)["code"] for answer in answers} == {f"{CLUSTER}.{number}" for number in range(1, 5)}
    key = f"test-{uuid4()}"
    body = {"cluster": CLUSTER, **content()}
    first, again = [await story.post(COUNTY, NOTES, body, key=key) for _ in range(2)]
    assert ok(first) == ok(again)


async def test_the_public_list_goes_page_by_page_the_last_published_first(
    story: RegistryStory, public: httpx.AsyncClient
) -> None:
    for day in ("2024-06-21", "2024-06-24", "2024-06-24", "2024-06-25"):
        await set_business_date(story.registry, day)
        ok(await publish(story, ok(await write(story))))
    seen: list[str] = []
    path: str | None = f"{PUBLIC}?limit=3"
    while path:
        answer = await public.get(path)
        seen += [entry["code"][-1] for entry in ok(answer)["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == ["4", "3", "2", "1"]
    for cursor in ("nonsense", "WyIyMDI0LTEzLTAxIiwgIngiXQ"):  # the second one: a day that no calendar has
        refused(await public.get(f"{PUBLIC}?cursor={cursor}"), 422, "cursor-invalid")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "两行\n标题"}, "title"),
        ({"text": "x" * 4001}, "text"),
        ({"source": None}, "source"),
        ({"figures": [{"name": "产值", "value": 1.5, "unit": "万元", "year": 2023}]}, "figures[0].value"),
        ({"figures": [{"name": "产值", "value": "1"}]}, "figures[0].unit"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_a_note_that_cannot_be_is_refused_by_field(
    story: RegistryStory, changed: dict[str, Any], field: str
) -> None:
    problem = refused(await write(story, **changed), 422, "invalid-request")
    assert field in [item["field"] for item in problem["errors"]]
