"""The whole life of an assessment over HTTP: scheme, run, decision, notice, objections, final release."""

from decimal import Decimal
from typing import Any

import pytest
from joserfc.jwk import KeySet

from shared.contracts.release import Release
from shared.data.events import seal_events
from shared.documents.keys import verify_signature
from shared.web.principals import Role
from tests.support.people import (
    AUDITOR,
    NOBODY,
    PROVINCE_DECIDER,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.scoring import COUNTIES, FILING, SOMEBODY, ScoringStory, Shelf, snapshot_of
from tests.unit.scoring.documents import small

VALUES = {
    "u1": {"a": "9", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8", "c": "2"},
    "u3": {"a": "7", "b": "7", "c": "3"},
    "u4": {"a": "1", "b": "1", "c": "9"},
}


async def proposed(story: ScoringStory, shelf: Shelf) -> dict[str, Any]:
    await story.publish(small())
    return ok(await story.run(shelf.put(snapshot_of(VALUES))))


async def under_notice(story: ScoringStory, shelf: Shelf) -> dict[str, Any]:
    assessment = await proposed(story, shelf)
    await story.on("2024-09-03")
    ok(await story.decide(assessment, decided_on="2024-09-02"))
    await story.on("2024-09-04")
    return ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))


async def rule(story: ScoringStory, assessment: str, number: int, **body: Any) -> Any:
    return await story.post(PROVINCE_OFFICER, f"/assessments/{assessment}/objections/{number}/ruling", body)


@pytest.mark.strangers
async def test_an_assessment_without_objections_becomes_a_signed_final_release(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    assert (assessment["notice"]["starts_on"], assessment["notice"]["ends_on"]) == (
        "2024-09-04",
        "2024-09-10",
    )
    path = f"/assessments/{assessment['id']}/finalisation"
    await story.on("2024-09-10")
    refused(await story.post(PROVINCE_OFFICER, path), 409, "notice-is-not-over")
    await story.on("2024-09-11")
    final = ok(await story.post(PROVINCE_OFFICER, path))
    assert final["state"] == "final"

    signed = await story.release(final["final_sha256"])
    release = Release.of(signed["document"])
    assert release.sha256 == final["final_sha256"]
    assert release.proposed_sha256 == final["current_sha256"]
    assert [(r["stage"], r["number"]) for r in final["releases"]] == [("proposed", 1), ("final", 1)]
    async with story.scoring.as_(NOBODY) as client:
        keys = (await client.get("/.well-known/jwks.json")).json()
    assert (
        verify_signature(signed["signature"], release.sha256, KeySet.import_key_set(keys)) == "test-release"
    )

    by_unit = {unit.unit: unit for unit in release.units}
    assert {code: unit.rank for code, unit in by_unit.items()} == {"u1": 1, "u2": 2, "u3": 3, "u4": 4}
    statuses = {code: unit.outcomes.proposed_status for code, unit in by_unit.items()}
    assert statuses == {"u1": "designate", "u2": "designate", "u3": "cultivate", "u4": "refuse"}
    assert by_unit["u1"].score == "90.00"
    for unit in release.units:
        assert sum(Decimal(part.amount) for part in unit.contributions) == Decimal(unit.score or "0")
    document = await story.get(PROVINCE_OFFICER, f"/releases/{release.sha256}/document")
    assert document.content == release.canonical()


@pytest.mark.strangers
async def test_the_ranking_comes_in_pages(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await proposed(story, shelf)
    path = f"/releases/{assessment['current_sha256']}/ranking"
    first = await story.get(PROVINCE_OFFICER, path, limit=3)
    assert [row["unit"] for row in first.json()["items"]] == ["u1", "u2", "u3"]
    assert 'rel="next"' in first.headers["link"]
    rest = (await story.get(PROVINCE_OFFICER, path, cursor=first.json()["next"])).json()
    assert [row["unit"] for row in rest["items"]] == ["u4"]
    assert rest["next"] is None


async def test_the_public_sees_names_by_list_without_scores_or_ranks(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await proposed(story, shelf)
    refused(await story.get(NOBODY, f"/assessments/{assessment['id']}/public-notice"), 404, "not-found")
    await story.on("2024-09-04")
    ok(await story.decide(assessment, decided_on="2024-09-04"))
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))
    async with story.scoring.as_(NOBODY) as client:
        del client.headers["Authorization"]
        answer = await client.get(f"/v1/assessments/{assessment['id']}/public-notice")
    notice = ok(answer)
    named = {entry["status"]: [unit["name"] for unit in entry["units"]] for entry in notice["lists"]}
    assert named == {"designate": ["u2产业集群", "u1产业集群"], "cultivate": ["u3产业集群"]}
    assert "score" not in answer.text
    assert "rank" not in answer.text


async def test_a_county_sees_its_own_part_from_the_notice_on_and_nobody_elses(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await proposed(story, shelf)
    sha256 = assessment["current_sha256"]
    own, other = county_preparer(COUNTIES["u2"]), county_preparer(COUNTIES["u1"])
    refused(await story.get(own, f"/releases/{sha256}/units/u2"), 404, "not-found")
    ok(await story.decide(assessment, decided_on="2024-08-20"))
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))
    result = ok(await story.get(own, f"/releases/{sha256}/units/u2"))
    assert result["rank"] == 2
    assert {row["node"] for row in result["explanation"]["indicators"]} == {"a", "b", "c"}
    first = result["explanation"]["indicators"][0]
    assert (first["normalised"], first["weight"], first["contribution"]) == ("0.8", "0.18", "14.4")
    refused(await story.get(other, f"/releases/{sha256}/units/u2"), 404, "not-found")
    refused(await story.get(own, f"/releases/{sha256}/ranking"), 403, "role-not-permitted")


async def test_a_rejected_objection_changes_nothing_and_an_open_one_holds_the_release_back(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    filed = ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))
    assert filed["number"] == 1
    await story.on("2024-09-11")
    path = f"/assessments/{assessment['id']}/finalisation"
    refused(await story.post(PROVINCE_OFFICER, path), 409, "objections-are-open")
    ok(await rule(story, assessment["id"], 1, ruling="rejected", reason="经核查属实"))
    refused(
        await rule(story, assessment["id"], 1, ruling="rejected", reason="再次"),
        409,
        "objection-already-ruled",
    )
    final = ok(await story.post(PROVINCE_OFFICER, path))
    document = (await story.release(final["final_sha256"]))["document"]
    assert document["objections"] == [{"number": 1, "ruling": "rejected", "unit": "u2"}]


@pytest.mark.strangers
async def test_who_objected_is_known_to_the_ruling_officer_only(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await under_notice(story, shelf)
    path = f"/assessments/{assessment['id']}/objections"
    ok(await story.post(SOMEBODY, path, FILING))
    officer = ok(await story.get(PROVINCE_OFFICER, path))["items"][0]
    assert officer["objector_name"] == "张三"
    for person in (AUDITOR, PROVINCE_DECIDER):
        answer = await story.get(person, path)
        assert answer.json()["items"][0]["objector_name"] is None
        assert "138" not in answer.text
    refused(await story.get(SOMEBODY, path), 403, "role-not-permitted")
    async with story.scoring.database.transaction() as session:
        await seal_events(session)
    events = (await story.get(AUDITOR, "/events", limit=1000)).text
    assert "somebody" not in events
    assert "张三" not in events


async def test_objections_are_filed_within_the_notice_days_only(story: ScoringStory, shelf: Shelf) -> None:
    assessment = await proposed(story, shelf)
    path = f"/assessments/{assessment['id']}/objections"
    refused(await story.post(SOMEBODY, path, FILING), 404, "not-found")
    ok(await story.decide(assessment, decided_on="2024-08-20"))
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))
    refused(await story.post(SOMEBODY, path, FILING | {"unit": "u9"}), 422, "unit-not-in-release")
    await story.on("2024-08-26")
    ok(await story.post(SOMEBODY, path, FILING))
    await story.on("2024-08-27")
    refused(await story.post(SOMEBODY, path, FILING), 409, "objection-outside-notice-period")


@pytest.mark.strangers
async def test_an_upheld_objection_by_removal_supersedes_keeps_the_rank_and_lets_the_notice_run_on(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))
    ruled = ok(
        await rule(story, assessment["id"], 1, ruling="upheld", reason="数据造假", remedy={"kind": "removal"})
    )
    now = ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))
    assert (now["state"], now["repeat_notice"], now["decision"]) == ("proposed", False, None)
    assert ruled["ruling"]["release_sha256"] == now["current_sha256"]
    diff = ok(await story.get(PROVINCE_OFFICER, f"/releases/{now['current_sha256']}/diff"))
    assert diff["before_sha256"] == assessment["current_sha256"]
    (change,) = diff["changes"]
    assert (change["unit"], change["before"]["rank"], change["after"]["rank"]) == ("u2", 2, 2)
    assert (change["after"]["removed"], change["after"]["proposed_status"]) == ("数据造假", "refuse")

    path = f"/assessments/{assessment['id']}/finalisation"
    await story.on("2024-09-11")
    refused(await story.post(PROVINCE_OFFICER, path), 409, "assessment-not-in-state")
    refused(
        await story.decide(now, decided_on="2024-09-11", release_sha256=assessment["current_sha256"]),
        409,
        "decision-is-not-on-current-release",
    )
    decided = ok(await story.decide(now, decided_on="2024-09-11", document_number="鄂发改纪要〔2024〕10号"))
    assert decided["state"] == "under_notice"
    notice = ok(await story.get(NOBODY, f"/assessments/{assessment['id']}/public-notice"))
    assert [unit["name"] for unit in notice["removed"]] == ["u2产业集群"]
    final = ok(await story.post(PROVINCE_OFFICER, path))
    document = (await story.release(final["final_sha256"]))["document"]
    assert document["number"] == 2
    assert document["decision"]["document_number"] == "鄂发改纪要〔2024〕10号"
    removed = [unit for unit in document["units"] if unit["removed"]]
    assert [(unit["unit"], unit["rank"], unit["score"]) for unit in removed] == [("u2", 2, "80.00")]
    kept = {unit["unit"]: unit["outcomes"]["proposed_status"] for unit in document["units"]}
    assert kept["u3"] == "cultivate"  # nobody moves up


async def test_a_correction_that_puts_somebody_on_another_list_repeats_the_notice(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))
    restated = shelf.put(snapshot_of(VALUES | {"u2": {"a": "4", "b": "4", "c": "2"}}))
    remedy = {"kind": "correction", "snapshot_sha256": restated}
    ok(await rule(story, assessment["id"], 1, ruling="upheld", reason="更正营业收入", remedy=remedy))
    now = ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))
    assert now["repeat_notice"] is True
    await story.on("2024-09-12")
    assert ok(await story.decide(now, decided_on="2024-09-12"))["state"] == "decided"
    again = ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))
    assert (again["notice"]["number"], again["notice"]["ends_on"]) == (2, "2024-09-18")
    assert again["repeat_notice"] is False
    path = f"/assessments/{assessment['id']}/finalisation"
    refused(await story.post(PROVINCE_OFFICER, path), 409, "notice-is-not-over")
    await story.on("2024-09-19")
    final = ok(await story.post(PROVINCE_OFFICER, path))
    document = (await story.release(final["final_sha256"]))["document"]
    assert document["snapshot_sha256"] == restated
    ranks = {unit["unit"]: unit["rank"] for unit in document["units"]}
    assert ranks == {"u1": 1, "u3": 2, "u2": 3, "u4": 4}


async def test_a_correction_that_moves_nobody_between_lists_lets_the_notice_run_on(
    story: ScoringStory, shelf: Shelf
) -> None:
    assessment = await under_notice(story, shelf)
    ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))
    restated = shelf.put(snapshot_of(VALUES | {"u2": {"a": "7.9", "b": "8", "c": "2"}}))
    remedy = {"kind": "correction", "snapshot_sha256": restated}
    ok(await rule(story, assessment["id"], 1, ruling="upheld", reason="更正", remedy=remedy))
    now = ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))
    assert now["repeat_notice"] is False
    assert ok(await story.decide(now, decided_on="2024-09-04"))["state"] == "under_notice"


@pytest.mark.parametrize(
    ("remedy", "status", "code"),
    [
        (None, 422, "remedy-does-not-fit-ruling"),
        ({"kind": "correction", "snapshot_sha256": "sha256:" + "0" * 64}, 422, "snapshot-not-found"),
        ({"kind": "correction", "snapshot_sha256": "same"}, 422, "correction-changes-nothing"),
        ({"kind": "correction", "snapshot_sha256": "other"}, 422, "snapshot-is-of-another-round"),
        ({"kind": "pardon"}, 422, "invalid-request"),
    ],
)
async def test_a_ruling_with_a_wrong_remedy_changes_nothing(
    story: ScoringStory, shelf: Shelf, remedy: dict[str, Any] | None, status: int, code: str
) -> None:
    assessment = await under_notice(story, shelf)
    ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))
    named = {
        "same": shelf.put(snapshot_of(VALUES)),
        "other": shelf.put(snapshot_of(VALUES, assessment_year=2025)),
    }
    if remedy is not None and "snapshot_sha256" in remedy:
        remedy = remedy | {"snapshot_sha256": named.get(remedy["snapshot_sha256"], remedy["snapshot_sha256"])}
    answer = await rule(story, assessment["id"], 1, ruling="upheld", reason="理由", remedy=remedy)
    refused(answer, status, code)
    now = ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))
    assert now["current_sha256"] == assessment["current_sha256"]
    assert now["open_objections"] == [1]


async def test_who_ran_or_drafted_cannot_decide_or_publish(story: ScoringStory, shelf: Shelf) -> None:
    both = Person("both", (Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER))
    ok(await story.post(both, "/scheme-versions", {"document": small()}))
    refused(await story.post(both, "/scheme-versions/small/1/publication"), 403, "maker-cannot-check")
    ok(await story.post(PROVINCE_DECIDER, "/scheme-versions/small/1/publication"))
    body = {"scheme": "small", "scheme_version": "1", "snapshot_sha256": shelf.put(snapshot_of(VALUES))}
    assessment = ok(await story.post(both, "/assessments", body))
    decision = {
        "release_sha256": assessment["current_sha256"],
        "document_number": "号1",
        "decided_on": "2024-08-20",
        "minutes": "纪要",
    }
    path = f"/assessments/{assessment['id']}/decision"
    refused(await story.post(both, path, decision), 403, "maker-cannot-check")
    late = decision | {"decided_on": "2024-08-21"}
    refused(await story.post(PROVINCE_DECIDER, path, late), 422, "decision-lies-in-the-future")


async def test_each_round_of_a_year_has_an_assessment_of_its_own(story: ScoringStory, shelf: Shelf) -> None:
    """Two rounds of one kind are told apart by the cut-offs of their snapshots."""
    first = await proposed(story, shelf)
    second = ok(await story.run(shelf.put(snapshot_of(VALUES, cut_off="2024-10-11"))))
    assert [entry["id"][-1] for entry in (first, second)] == ["1", "2"]
    again = shelf.put(snapshot_of({"u1": VALUES["u1"]}, cut_off="2024-10-11"))
    problem = refused(await story.run(again), 409, "assessment-already-exists")
    assert "2024-10-11" in problem["detail"]


@pytest.mark.strangers
async def test_another_assessment_takes_the_first_ones_withdrawal(story: ScoringStory, shelf: Shelf) -> None:
    first = await proposed(story, shelf)
    other = shelf.put(snapshot_of({"u1": VALUES["u1"]}))
    refused(await story.run(other), 409, "assessment-already-exists")
    ok(await story.post(PROVINCE_OFFICER, f"/assessments/{first['id']}/withdrawal", {"reason": "数据有误"}))
    second = ok(await story.run(other))
    assert second["id"] == "test-2024-application-2"
    rows = ok(await story.get(PROVINCE_OFFICER, "/assessments"))["items"]
    assert [(row["id"][-1], row["state"]) for row in rows] == [("1", "withdrawn"), ("2", "proposed")]
