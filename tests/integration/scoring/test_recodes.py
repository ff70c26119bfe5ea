"""After a recode a county reads its results of before under its new code, and so do those above that code."""

from typing import Any

import httpx

from tests.integration.scoring.test_life_of_an_assessment import under_notice
from tests.support.people import (
    PIPELINE,
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.scoring import CITY, COUNTIES, ScoringStory, Shelf

OLD, NEW, XIANGYANG = COUNTIES["u2"], "420690", "420600"
RECODE: dict[str, Any] = {
    "code": OLD,
    "successor_code": NEW,
    "kept_code": OLD,
    "holds_from": "2024-09-01",
    "path_before": ["420000", CITY, OLD],
    "path_after": ["420000", XIANGYANG, NEW],
}


async def take_over(story: ScoringStory, code: str = OLD, by: Person = PIPELINE) -> httpx.Response:
    async with story.scoring.as_(by) as client:
        return await client.put(f"/v1/division-recodes/{code}")


async def test_the_county_and_its_new_city_read_what_was_released_under_the_old_code(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    path = f"/releases/{assessment['current_sha256']}/units"
    new_county, new_city = county_preparer(NEW), city_reviewer(XIANGYANG)
    for person in (new_county, new_city):
        refused(await story.get(person, f"{path}/u2"), 404, "not-found")
    shelf.recodes = [RECODE]
    taken = ok(await take_over(story))
    assert taken["successor_code"] == NEW
    assert ok(await take_over(story)) == taken
    # A release keeps the code that it was signed with, and who could read it still can.
    for person in (new_county, new_city, county_preparer(OLD), city_reviewer(CITY)):
        assert ok(await story.get(person, f"{path}/u2"))["county_code"] == OLD
        refused(await story.get(person, f"{path}/u4"), 404, "not-found")
    refused(await story.get(new_city, f"{path}/u1"), 404, "not-found")  # of the old city's others, nothing
    [shown] = ok(await story.get(new_county, "/division-recodes"))["items"]
    assert shown == taken


async def test_only_what_the_registry_tells_is_taken_over(story: ScoringStory, shelf: Shelf) -> None:
    refused(await take_over(story), 404, "not-found")
    shelf.recodes = [RECODE]
    refused(await take_over(story, "421303"), 404, "not-found")
    refused(await take_over(story, by=county_preparer(NEW)), 403, "role-not-permitted")
    elsewhere = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省")
    refused(await take_over(story, by=elsewhere), 403, "out-of-scope")
    shelf.away = True
    refused(await take_over(story), 503, "upstream-unavailable")
    async with story.scoring.as_(PIPELINE) as client:
        assert ok(await client.get("/v1/division-recodes"))["items"] == []
