"""Tasks of the programme: who leads, what is reported by whom, what is late."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.support.fingerprint import fingerprint
from tests.support.people import (
    AUDITOR,
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
    source_department,
)
from tests.support.registry_story import (
    SUIZHOU,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    refused,
    set_business_date,
)
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
LIST = f"/v1/tasks?programme={PROGRAMME}"
TASK = f"/v1/tasks/{PROGRAMME}/firm-ladder"
#: It leads the firm ladder, and joins the rooted industries.
LEAD, JOINT, OTHER = (source_department(name) for name in ("省经信厅", "省住建厅", "省教育厅"))
ELSEWHERE = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省发展和改革委员会")


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


async def note(story: RegistryStory, by: Person, task: str = TASK, **changed: Any) -> Any:
    body = {"noted_on": "2024-06-20", "text": "已推荐链主企业", "percent": 40, **changed}
    return await story.post(by, f"{task}/notes", {name: told for name, told in body.items() if told})


async def shown(story: RegistryStory, path: str, by: Person = AUDITOR) -> Any:
    async with story.registry.as_(by) as client:
        return await client.get(path)


@pytest.mark.strangers
async def test_the_lead_unit_reports_and_the_task_says_how_far_it_is(story: RegistryStory) -> None:
    before = ok(await shown(story, TASK))
    assert (before["lead"], before["state"], before["latest"]) == ("省经信厅", "not_started", [])
    assert (before["due_on"], before["due_label"], before["clause"]) == (
        "2026-12-31", "illustrative", "27号 二(三)",
    )  # fmt: skip
    made = ok(await note(story, LEAD))
    assert (made["number"], made["standing"], made["unit"]) == (1, "lead", "省经信厅")
    after = ok(await shown(story, TASK, LEAD))
    assert (after["state"], after["percent"], after["noted_on"]) == ("in_progress", 40, "2024-06-20")
    assert after["latest"] == [made]
    ok(await note(story, PROVINCE_OFFICER, percent=None, state="stuck"))
    assert ok(await shown(story, TASK))["state"] == "stuck"


async def test_a_joint_unit_tells_of_its_part_and_does_not_finish_the_task(story: RegistryStory) -> None:
    assert ok(await note(story, JOINT, percent=100))["standing"] == "joint"
    task = ok(await shown(story, TASK))
    assert (task["state"], len(task["latest"])) == ("not_started", 1)


async def test_the_latest_day_counts_not_the_last_entry(story: RegistryStory) -> None:
    ok(await note(story, LEAD, noted_on="2024-06-20", percent=60))
    ok(await note(story, LEAD, noted_on="2024-06-01", percent=20))
    assert ok(await shown(story, TASK))["percent"] == 60
    ok(await note(story, LEAD, noted_on="2024-06-20", percent=70))
    assert ok(await shown(story, TASK))["percent"] == 70


async def test_what_is_late_is_listed_until_it_is_done(story: RegistryStory) -> None:
    assert ok(await shown(story, f"{LIST}&late=true"))["items"] == []
    await set_business_date(story.registry, "2027-01-10")
    late = ok(await shown(story, f"{LIST}&late=true"))["items"]
    assert [task["code"] for task in late] == [
        "rooted-industries", "into-parks", "firm-ladder", "public-platforms", "brands",
    ]  # fmt: skip
    assert {task["days_late"] for task in late} == {10}
    ok(await note(story, LEAD, noted_on="2027-01-09", percent=100))
    still = ok(await shown(story, f"{LIST}&late=true"))["items"]
    assert "firm-ladder" not in {task["code"] for task in still}
    in_time = ok(await shown(story, f"{LIST}&late=false"))["items"]
    assert len(still) + len(in_time) == 10


async def test_tasks_are_listed_by_unit_however_it_is_spelt_and_page_by_page(story: RegistryStory) -> None:
    async with story.registry.as_(AUDITOR) as client:
        asked = {"programme": PROGRAMME, "unit": " 省 教育厅"}
        (only,) = ok(await client.get("/v1/tasks", params=asked))["items"]
    assert only["code"] == "secured-services"
    seen: list[str] = []
    path: str | None = f"{LIST}&limit=4"
    while path:
        answer = await shown(story, path)
        seen += [task["code"] for task in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert (len(seen), len(set(seen)), seen[0], seen[-1]) == (10, 10, "rooted-industries", "assessment")


async def test_all_notes_are_listed_the_last_one_first(story: RegistryStory) -> None:
    for percent in (10, 20, 30):
        ok(await note(story, LEAD, percent=percent))
    first = await shown(story, f"{TASK}/notes?limit=2")
    assert [entry["percent"] for entry in first.json()["items"]] == [30, 20]
    rest = await shown(story, first.links["next"]["url"])
    assert [entry["percent"] for entry in rest.json()["items"]] == [10]


async def test_two_who_report_at_once_both_have_their_number(story: RegistryStory) -> None:
    answers = await asyncio.gather(*(note(story, by) for by in (LEAD, JOINT, PROVINCE_OFFICER)))
    assert sorted(ok(answer)["number"] for answer in answers) == [1, 2, 3]


async def test_a_report_sent_again_is_one_note(story: RegistryStory) -> None:
    body = {"noted_on": "2024-06-20", "text": "推进", "state": "in_progress"}
    key = f"test-{uuid4()}"
    first, again = [await story.post(LEAD, f"{TASK}/notes", body, key=key) for _ in range(2)]
    assert ok(first) == ok(again)
    assert len(ok(await shown(story, TASK))["latest"]) == 1


async def test_who_is_not_responsible_does_not_report_and_changes_nothing(story: RegistryStory) -> None:
    before = await fingerprint(story.registry)
    problem = refused(await note(story, OTHER), 403, "unit-not-responsible")
    assert "省教育厅 不是“优质企业梯度培育行动”的责任单位" in problem["detail"]
    for by in (county_preparer(ZENGDU), city_reviewer(SUIZHOU), AUDITOR):
        refused(await note(story, by), 403, "role-not-permitted")
    in_a_city = Person("city-department", LEAD.roles, SUIZHOU, "省经信厅", "省经信厅")
    for by in (in_a_city, ELSEWHERE):
        refused(await note(story, by), 403, "out-of-scope")
        refused(await shown(story, LIST, by), 403, "out-of-scope")
        refused(await shown(story, TASK, by), 403, "out-of-scope")
    assert await fingerprint(story.registry) == before


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"percent": None}, "invalid-request", "body"),
        ({"percent": 101}, "invalid-request", "percent"),
        ({"percent": 40.5}, "invalid-request", "percent"),
        ({"state": "done"}, "invalid-request", "body"),
        ({"percent": 100, "state": "stuck"}, "invalid-request", "body"),
        ({"state": "not_started"}, "invalid-request", "state"),
        ({"text": None}, "invalid-request", "text"),
        ({"noted_on": "2024-06-21"}, "note-day-impossible", None),
        ({"noted_on": "2024-05-26"}, "note-day-impossible", None),
    ],
)
async def test_a_report_that_cannot_be_is_refused_by_name(
    story: RegistryStory, changed: dict[str, Any], code: str, field: str | None
) -> None:
    problem = refused(await note(story, LEAD, **changed), 422, code)
    assert [item["field"] for item in problem["errors"]] == ([] if field is None else [field])


async def test_there_is_no_other_task(story: RegistryStory) -> None:
    missing = f"/v1/tasks/{PROGRAMME}/no-such"
    refused(await shown(story, missing), 404, "not-found")
    refused(await shown(story, f"{missing}/notes"), 404, "not-found")
    refused(await note(story, LEAD, missing), 404, "not-found")
    refused(await shown(story, "/v1/tasks?programme=no-such"), 404, "not-found")
    refused(await shown(story, "/v1/tasks"), 422, "invalid-request")
