"""What is told to whoever has no token: before, during and after the notice what is announced, and nothing else."""

from typing import Any

import pytest

from shared.web.pagination import encode_cursor
from shared.web.principals import Role
from tests.support.people import PROVINCE_OFFICER, Person, city_reviewer, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.scoring import CITY, COUNTIES, FILING, SOMEBODY, ScoringStory, Shelf, snapshot_of
from tests.unit.scoring.documents import small

#: u1 and u2 are designated, u3 is cultivated; u4 is refused, and the public never hears of it.
VALUES = {
    "u1": {"a": "9", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8", "c": "2"},
    "u3": {"a": "7", "b": "7", "c": "3"},
    "u4": {"a": "1", "b": "1", "c": "9"},
}


def named(unit: str) -> dict[str, str]:
    return {"name": f"{unit}产业集群", "county_name": f"县{COUNTIES[unit]}"}


def notice_of(
    assessment: str, designate: list[str], cultivate: list[str], removed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """All that the public is told: nothing more, in the order of counties."""
    return {
        "assessment": assessment,
        "programme": "test",
        "assessment_year": 2024,
        "kind": "application",
        "starts_on": "2024-09-04",
        "ends_on": "2024-09-10",
        "days": 7,
        "day_kind": "calendar",
        "provisional": False,
        "lists": [
            {"status": "designate", "units": [named(unit) for unit in designate]},
            {"status": "cultivate", "units": [named(unit) for unit in cultivate]},
        ],
        "removed": [named(unit) for unit in removed],
    }


async def public(story: ScoringStory, assessment: str) -> Any:
    async with story.scoring.as_(SOMEBODY) as client:
        del client.headers["Authorization"]
        return await client.get(f"/v1/assessments/{assessment}/public-notice")


async def nothing_is_told(story: ScoringStory, assessment: str) -> None:
    """The answer is the one for an assessment that there never was."""
    told, unknown = [(await public(story, code)).json() for code in (assessment, "no-such-assessment")]
    for answer in (told, unknown):
        del answer["request_id"]
        answer.pop("instance", None)
    assert told == unknown
    assert (told["status"], told["type"].rpartition(":")[2]) == (404, "not-found")


async def under_notice(story: ScoringStory, shelf: Shelf) -> dict[str, Any]:
    await story.publish(small())
    assessment = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    await story.on("2024-09-04")
    ok(await story.decide(assessment, decided_on="2024-09-02"))
    return ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))


async def upheld(story: ScoringStory, code: str, unit: str, by: Person, **remedy: Any) -> dict[str, Any]:
    """An objection to a unit, ruled on; the assessment as it stands then."""
    path = f"/assessments/{code}/objections"
    number = ok(await story.post(by, path, FILING | {"unit": unit}))["number"]
    body = {"ruling": "upheld", "reason": "经核查", "remedy": remedy}
    ok(await story.post(PROVINCE_OFFICER, f"{path}/{number}/ruling", body))
    return ok(await story.get(PROVINCE_OFFICER, f"/assessments/{code}"))


async def test_before_the_notice_nothing_is_told_however_far_it_went(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    withdrawn = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    await nothing_is_told(story, withdrawn["id"])
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{withdrawn['id']}/withdrawal", {"reason": "有误"}))
    await nothing_is_told(story, withdrawn["id"])
    decided = ok(await story.run(shelf.put(snapshot_of({"u1": VALUES["u1"]}))))
    ok(await story.decide(decided, decided_on="2024-08-20"))
    await nothing_is_told(story, decided["id"])


async def test_during_and_after_the_notice_names_by_list_are_told_and_nothing_else(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    code = assessment["id"]
    announced = notice_of(code, ["u2", "u1"], ["u3"])
    assert ok(await public(story, code)) == announced
    await story.on("2024-09-11")
    assert ok(await public(story, code)) == announced
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{code}/finalisation"))
    assert ok(await public(story, code)) == announced


async def test_a_superseding_list_is_told_once_it_is_decided_and_where_it_is_new_once_it_is_on_notice(
    story: ScoringStory, shelf: Shelf
) -> None:
    code = (await under_notice(story, shelf))["id"]
    announced = notice_of(code, ["u2", "u1"], ["u3"])
    now = await upheld(story, code, "u2", SOMEBODY, kind="removal")
    assert ok(await public(story, code)) == announced
    ok(await story.decide(now, decided_on="2024-09-04"))
    without = notice_of(code, ["u1"], ["u3"], removed=("u2",))
    assert ok(await public(story, code)) == without

    corrected = shelf.put(snapshot_of(VALUES | {"u4": {"a": "9", "b": "9", "c": "1"}}))
    officer = Person("another-officer", (Role.PROVINCE_OFFICER,))
    now = await upheld(story, code, "u4", officer, kind="correction", snapshot_sha256=corrected)
    assert now["repeat_notice"] is True
    assert ok(await public(story, code)) == without
    ok(await story.decide(now, decided_on="2024-09-04"))
    assert ok(await public(story, code)) == without  # decided, and not announced yet
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{code}/public-notice"))
    told = ok(await public(story, code))
    assert named("u4") in told["lists"][0]["units"]
    assert told["removed"] == [named("u2")]  # it was on the first notice


async def test_who_was_refused_is_not_named_by_a_removal_either(story: ScoringStory, shelf: Shelf) -> None:
    code = (await under_notice(story, shelf))["id"]
    officer = Person("another-officer", (Role.PROVINCE_OFFICER,))
    now = await upheld(story, code, "u4", officer, kind="removal")
    ok(await story.decide(now, decided_on="2024-09-04"))
    answer = await public(story, code)
    assert ok(answer) == notice_of(code, ["u2", "u1"], ["u3"])
    assert "u4" not in answer.text


@pytest.mark.parametrize(
    ("who", "knows"),
    [
        (SOMEBODY, False),
        (Person("neighbour", (Role.PUBLIC,), COUNTIES["u4"], ""), False),
        (Person("expert", (Role.EXPERT,)), False),
        (county_preparer(COUNTIES["u1"]), False),
        (city_reviewer(CITY), False),
        (county_preparer(COUNTIES["u4"]), True),
        (Person("another-officer", (Role.PROVINCE_OFFICER,)), True),
        (Person("officer-elsewhere", (Role.PROVINCE_OFFICER,), "430000"), False),
    ],
)
async def test_an_objection_does_not_tell_who_applied_and_was_refused(
    story: ScoringStory, shelf: Shelf, who: Person, *, knows: bool
) -> None:
    path = f"/assessments/{(await under_notice(story, shelf))['id']}/objections"
    ok(await story.post(who, path, FILING | {"unit": "u3"}))
    answers = [await story.post(who, path, FILING | {"unit": unit}) for unit in ("u4", "u9")]
    refused(answers[1], 422, "unit-not-in-release")
    if knows:
        ok(answers[0])
        return
    hidden, unknown = [answer.json() for answer in answers]
    for told, unit in ((hidden, "u4"), (unknown, "u9")):
        del told["request_id"]
        for text in ("detail", "detail_en"):
            told[text] = told[text].replace(unit, "?")
    assert hidden == unknown


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_health_tells_that_it_works_and_nothing_else(story: ScoringStory, path: str) -> None:
    async with story.scoring.as_(SOMEBODY) as client:
        del client.headers["Authorization"]
        assert ok(await client.get(path)) == {"status": "ok", "service": "scoring"}


async def test_published_keys_are_public_ones(story: ScoringStory) -> None:
    async with story.scoring.as_(SOMEBODY) as client:
        del client.headers["Authorization"]
        (key,) = ok(await client.get("/.well-known/jwks.json"))["keys"]
    assert {"kty": key["kty"], "crv": key["crv"], "kid": key["kid"]} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": "test-release",
    }
    assert "d" not in key


async def listed(story: ScoringStory, **asked: Any) -> list[dict[str, Any]]:
    async with story.scoring.as_(SOMEBODY) as client:
        del client.headers["Authorization"]
        found: list[dict[str, Any]] = ok(await client.get("/v1/public-notices", params=asked))["items"]
    return found


async def test_notices_are_found_without_a_token_with_the_days_left(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    assert await listed(story) == []
    first = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    await story.on("2024-09-04")
    ok(await story.decide(first, decided_on="2024-09-02"))
    assert await listed(story) == []  # decided, and not announced yet
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{first['id']}/public-notice"))
    notice = {
        "assessment": first["id"],
        "programme": "test",
        "assessment_year": 2024,
        "kind": "application",
        "starts_on": "2024-09-04",
        "ends_on": "2024-09-10",
        "days": 7,
        "day_kind": "calendar",
        "provisional": False,
    }
    for day, running, left in (("2024-09-04", True, 7), ("2024-09-10", True, 1), ("2024-09-11", False, 0)):
        await story.on(day)
        assert await listed(story) == [{**notice, "is_running": running, "days_left": left}]

    later = ok(await story.run(shelf.put(snapshot_of(VALUES, kind="assessment"))))
    ok(await story.decide(later, decided_on="2024-09-11"))
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{later['id']}/public-notice"))
    assert [entry["assessment"] for entry in await listed(story)] == [later["id"], first["id"]]
    assert await listed(story, programme="other") == []
    assert len(await listed(story, programme="test")) == 2


async def test_pages_of_notices_follow_each_other_and_caches_keep_them(
    story: ScoringStory, shelf: Shelf
) -> None:
    code = (await under_notice(story, shelf))["id"]
    async with story.scoring.as_(SOMEBODY) as client:
        del client.headers["Authorization"]
        for path in ("/v1/public-notices", f"/v1/assessments/{code}/public-notice"):
            answer = await client.get(path)
            assert answer.headers["Cache-Control"] == "public, max-age=300"
            known = {"If-None-Match": answer.headers["ETag"]}
            assert (await client.get(path, headers=known)).status_code == 304
        cursor = encode_cursor(["2024-09-04", code])
        assert ok(await client.get("/v1/public-notices", params={"cursor": cursor}))["items"] == []
        keys: list[list[str | int]] = [[code], ["2024-09-04", 1], ["a", "b", "c"]]
        for wrong in keys:
            params = {"cursor": encode_cursor(wrong)}
            refused(await client.get("/v1/public-notices", params=params), 422, "cursor-invalid")
