"""Two at once: exactly one effect, the other a clear refusal, never two releases of one number."""

import asyncio
from typing import Any

import httpx

from tests.support.people import PROVINCE_DECIDER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.scoring import SOMEBODY, ScoringStory, Shelf, snapshot_of
from tests.unit.scoring.documents import small

VALUES = {"u1": {"a": "9", "b": "9", "c": "1"}, "u2": {"a": "8", "b": "8", "c": "2"}}


def one_wins(answers: list[httpx.Response], *, refusals: set[str]) -> dict[str, Any]:
    won = [answer for answer in answers if answer.is_success]
    lost = [answer.json()["type"].rsplit(":", 1)[1] for answer in answers if not answer.is_success]
    assert len(won) == 1, [answer.text for answer in answers]
    assert set(lost) <= refusals
    body: dict[str, Any] = won[0].json()
    return body


async def test_of_many_assessments_at_once_one_is_run(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    sha256 = shelf.put(snapshot_of(VALUES))
    answers = await asyncio.gather(*(story.run(sha256, key=f"assess-{n:04}") for n in range(6)))
    one_wins(list(answers), refusals={"assessment-already-exists"})
    assert len(ok(await story.get(PROVINCE_OFFICER, "/assessments"))["items"]) == 1


async def test_the_same_key_at_once_is_answered_alike(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    sha256 = shelf.put(snapshot_of(VALUES))
    answers = await asyncio.gather(*(story.run(sha256, key="assess-2024") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1


async def test_two_decisions_two_rulings_and_two_finalisations_at_once(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    assessment = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    path = f"/assessments/{assessment['id']}"
    decided = await asyncio.gather(*(story.decide(assessment, decided_on="2024-08-20") for _ in range(4)))
    one_wins(list(decided), refusals={"assessment-not-in-state"})
    opened = await asyncio.gather(*(story.post(PROVINCE_OFFICER, f"{path}/public-notice") for _ in range(4)))
    one_wins(list(opened), refusals={"assessment-not-in-state"})

    filing = {"unit": "u2", "statement": "x", "objector_name": "x", "objector_contact": "x"}
    filed = await asyncio.gather(*(story.post(SOMEBODY, f"{path}/objections", filing) for _ in range(5)))
    assert sorted(ok(answer)["number"] for answer in filed) == [1, 2, 3, 4, 5]
    upheld = {"ruling": "upheld", "reason": "属实", "remedy": {"kind": "removal"}}
    ruled = await asyncio.gather(
        *(story.post(PROVINCE_OFFICER, f"{path}/objections/1/ruling", upheld) for _ in range(4))
    )
    one_wins(list(ruled), refusals={"objection-already-ruled"})
    for number in (2, 3, 4, 5):
        rejected = {"ruling": "rejected", "reason": "重复"}
        ok(await story.post(PROVINCE_OFFICER, f"{path}/objections/{number}/ruling", rejected))

    await story.on("2024-08-27")
    now = ok(await story.get(PROVINCE_OFFICER, path))
    assert [release["number"] for release in now["releases"]] == [1, 2]
    ok(await story.decide(now, decided_on="2024-08-27"))
    final = await asyncio.gather(*(story.post(PROVINCE_OFFICER, f"{path}/finalisation") for _ in range(4)))
    one_wins(list(final), refusals={"assessment-not-in-state"})


async def test_a_removal_survives_a_later_correction(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    assessment = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    path = f"/assessments/{assessment['id']}"
    ok(await story.decide(assessment, decided_on="2024-08-20"))
    ok(await story.post(PROVINCE_OFFICER, f"{path}/public-notice"))
    filing = {"unit": "u2", "statement": "x", "objector_name": "x", "objector_contact": "x"}
    for unit in ("u2", "u1"):
        ok(await story.post(SOMEBODY, f"{path}/objections", filing | {"unit": unit}))
    removal = {"ruling": "upheld", "reason": "造假", "remedy": {"kind": "removal"}}
    ok(await story.post(PROVINCE_OFFICER, f"{path}/objections/1/ruling", removal))
    restated = shelf.put(snapshot_of(VALUES | {"u1": {"a": "5", "b": "5", "c": "1"}}))
    remedy = {"kind": "correction", "snapshot_sha256": restated}
    correction = {"ruling": "upheld", "reason": "更正", "remedy": remedy}
    ok(await story.post(PROVINCE_OFFICER, f"{path}/objections/2/ruling", correction))
    now = ok(await story.get(PROVINCE_OFFICER, path))
    units = {u["unit"]: u for u in (await story.release(now["current_sha256"]))["document"]["units"]}
    assert (units["u2"]["rank"], units["u2"]["removed"]) == (1, "造假")
    assert units["u2"]["outcomes"]["proposed_status"] == "refuse"
    assert (units["u1"]["rank"], units["u1"]["score"]) == (2, "66.00")
    refused(
        await story.post(PROVINCE_DECIDER, f"{path}/objections/2/ruling", correction),
        403,
        "role-not-permitted",
    )
