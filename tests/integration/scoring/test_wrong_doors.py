"""Ways to a list that nobody decided, to a name that nobody should see, to a state that nobody can leave."""

from typing import Any

from shared.data.events import seal_events
from shared.web.principals import Role
from tests.integration.scoring.test_life_of_an_assessment import VALUES, proposed, rule, under_notice
from tests.support.people import AUDITOR, NOBODY, PROVINCE_DECIDER, PROVINCE_OFFICER, Person, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.scoring import COUNTIES, FILING, SOMEBODY, ScoringStory, Shelf, snapshot_of
from tests.unit.scoring.documents import small

REMOVAL = {"ruling": "upheld", "reason": "数据造假", "remedy": {"kind": "removal"}}


async def objected(story: ScoringStory, assessment: dict[str, Any], unit: str = "u2") -> int:
    path = f"/assessments/{assessment['id']}/objections"
    return int(ok(await story.post(SOMEBODY, path, FILING | {"unit": unit}))["number"])


async def shown(story: ScoringStory, assessment: dict[str, Any]) -> dict[str, Any]:
    return ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))


async def test_the_same_snapshot_is_assessed_again_after_a_withdrawal(
    story: ScoringStory, shelf: Shelf
) -> None:
    first = await proposed(story, shelf)
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{first['id']}/withdrawal", {"reason": "误操作"}))
    second = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    assert second["state"] == "proposed"
    assert second["current_sha256"] == first["current_sha256"]
    assert [release["number"] for release in second["releases"]] == [1]
    decided = ok(await story.decide(second, decided_on="2024-08-20"))
    assert decided["state"] == "decided"
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{second['id']}/public-notice"))
    ok(await story.get(county_preparer(COUNTIES["u1"]), f"/releases/{second['current_sha256']}/units/u1"))


async def test_who_ruled_on_an_objection_cannot_decide_the_list_that_came_of_it(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    number = await objected(story, assessment)
    both = Person("both", (Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER))
    ok(await story.post(both, f"/assessments/{assessment['id']}/objections/{number}/ruling", REMOVAL))
    now = await shown(story, assessment)
    decision = {
        "release_sha256": now["current_sha256"],
        "document_number": "号2",
        "decided_on": "2024-09-04",
        "minutes": "纪要",
    }
    path = f"/assessments/{assessment['id']}/decision"
    refused(await story.post(both, path, decision), 403, "maker-cannot-check")
    ok(await story.post(PROVINCE_DECIDER, path, decision))


async def test_the_public_notice_does_not_bring_back_a_removed_unit_while_another_list_is_prepared(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    first, second = await objected(story, assessment, "u2"), await objected(story, assessment, "u3")
    ok(await rule(story, assessment["id"], first, **REMOVAL))
    ok(await story.decide(await shown(story, assessment), decided_on="2024-09-04", document_number="号2"))
    page = f"/assessments/{assessment['id']}/public-notice"
    before = ok(await story.get(NOBODY, page))
    assert [unit["name"] for unit in before["removed"]] == ["u2产业集群"]
    ok(await rule(story, assessment["id"], second, **REMOVAL))
    assert ok(await story.get(NOBODY, page)) == before


async def test_a_county_sees_no_list_that_is_not_decided(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await under_notice(story, shelf)
    county = county_preparer(COUNTIES["u2"])
    ok(await story.get(county, f"/releases/{assessment['current_sha256']}/units/u2"))
    ok(await rule(story, assessment["id"], await objected(story, assessment), **REMOVAL))
    now = await shown(story, assessment)
    path = f"/releases/{now['current_sha256']}/units/u2"
    refused(await story.get(county, path), 404, "not-found")
    ok(await story.decide(now, decided_on="2024-09-04", document_number="号2"))
    assert ok(await story.get(county, path))["removed"] == "数据造假"
    ok(await story.get(county, f"/releases/{assessment['current_sha256']}/units/u2"))


async def test_the_superseding_list_needs_a_decision_of_its_own(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await under_notice(story, shelf)
    number = await objected(story, assessment)
    await story.on("2024-09-06")
    ok(await rule(story, assessment["id"], number, **REMOVAL))
    now = await shown(story, assessment)
    same = {"decided_on": "2024-09-06", "document_number": assessment["decision"]["document_number"]}
    refused(await story.decide(now, **same), 409, "document-number-decided-another-release")
    early = {"decided_on": "2024-09-05", "document_number": "号2"}
    refused(await story.decide(now, **early), 422, "decision-precedes-its-release")
    ok(await story.decide(now, decided_on="2024-09-06", document_number="号2"))


async def test_a_decision_is_not_older_than_the_figures(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await proposed(story, shelf)
    refused(await story.decide(assessment, decided_on="2023-08-20"), 422, "decision-precedes-its-release")


async def test_the_feed_does_not_name_an_office_whose_objection_was_refused(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    rival = Person("rival", (Role.COUNTY_PREPARER, Role.PROVINCE_OFFICER), "420000", "仙桃市发改局")
    path = f"/assessments/{assessment['id']}/objections"
    refused(await story.post(rival, path, FILING | {"unit": "u9"}), 422, "unit-not-in-release")
    refused(await story.post(rival, path, FILING | {"statement": ""}), 422, "invalid-request")
    number = ok(await story.post(rival, path, FILING))["number"]
    refused(await story.post(rival, f"{path}/{number}/ruling", REMOVAL), 403, "maker-cannot-check")
    async with story.scoring.database.transaction() as session:
        await seal_events(session)
    events = (await story.get(AUDITOR, "/events", limit=1000)).text
    assert "command.refused" in events
    assert "rival" not in events
    assert "仙桃" not in events


async def test_who_ran_an_assessment_by_way_of_a_service_cannot_decide_it(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    gateway = Person("gateway", (Role.SERVICE, Role.PROVINCE_OFFICER))
    body = {"scheme": "small", "scheme_version": "1", "snapshot_sha256": shelf.put(snapshot_of(VALUES))}
    headers = {"Idempotency-Key": "run-by-way-of-a-service", "On-Behalf-Of": PROVINCE_DECIDER.subject}
    async with story.scoring.as_(gateway) as client:
        assessment = ok(await client.post("/v1/assessments", json=body, headers=headers))
    refused(await story.decide(assessment, decided_on="2024-08-20"), 403, "maker-cannot-check")
