"""A robustness analysis is a job: asked for, seen progressing, taken up again when its worker died."""

import asyncio
from datetime import timedelta
from typing import Any

from services.scoring.storage.robustness import claim_job
from services.scoring.use_cases.analyse_robustness import work_once
from tests.support.people import PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.scoring import ScoringStory, Shelf, snapshot_of
from tests.support.services import RunningService
from tests.unit.scoring.documents import small

VALUES = {
    "u1": {"a": "9", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8", "c": "2"},
    "u3": {"a": "7", "b": "8.5", "c": "5"},
}


async def release_of(story: ScoringStory, shelf: Shelf) -> str:
    await story.publish(small())
    run = ok(await story.run(shelf.put(snapshot_of(VALUES)), key="assess-2024"))
    sha256: str = run["release"]["sha256"] if "release" in run else run["current_sha256"]
    return sha256


async def finished(story: ScoringStory, sha256: str) -> Any:
    for _ in range(200):
        job = ok(await story.get(PROVINCE_OFFICER, f"/releases/{sha256}/robustness"))
        if job["state"] in ("done", "failed"):
            return job
        await asyncio.sleep(0.05)
    raise AssertionError("the job did not end")


async def test_the_job_ends_with_how_certain_every_rank_is(
    story: ScoringStory, shelf: Shelf, scoring: RunningService
) -> None:
    sha256 = await release_of(story, shelf)
    refused(await story.get(PROVINCE_OFFICER, f"/releases/{sha256}/robustness"), 404, "not-found")
    asked = ok(await story.post(PROVINCE_OFFICER, f"/releases/{sha256}/robustness", {}, key="robustness-1"))
    assert asked["state"] in ("queued", "running", "done")
    await work_once(scoring.app.state.database)
    job = await finished(story, sha256)
    assert job["done"] == job["total"] == 10_000
    assert set(job["result"]["units"]) == set(VALUES)
    for unit in job["result"]["units"].values():
        assert abs(sum(unit["p_rank"].values()) - 1) < 1e-9
    again = ok(await story.post(PROVINCE_OFFICER, f"/releases/{sha256}/robustness", {}, key="robustness-2"))
    assert again["result"] == job["result"]


async def test_a_job_whose_worker_died_is_taken_up_again(
    story: ScoringStory, shelf: Shelf, scoring: RunningService
) -> None:
    sha256 = await release_of(story, shelf)
    ok(await story.post(PROVINCE_OFFICER, f"/releases/{sha256}/robustness", {}, key="robustness-1"))
    async with scoring.app.state.database.transaction() as session:
        await claim_job(session, held=timedelta(seconds=-1))  # and then it dies
    await work_once(scoring.app.state.database)
    assert (await finished(story, sha256))["state"] == "done"


async def test_another_version_of_the_scheme_shows_who_would_move(story: ScoringStory, shelf: Shelf) -> None:
    sha256 = await release_of(story, shelf)
    other = small() | {"version": "2"}
    for leaf in other["tree"]["children"][0]["children"]:
        leaf["direction"] = "cost"
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": other}))
    query = "scheme-comparison/small/2"
    found = ok(await story.get(PROVINCE_OFFICER, f"/releases/{sha256}/{query}"))
    assert {move["unit"] for move in found["moved"]} >= {"u1", "u3"}
    same = ok(await story.get(PROVINCE_OFFICER, f"/releases/{sha256}/scheme-comparison/small/1"))
    assert same["moved"] == []
    refused(
        await story.get(PROVINCE_OFFICER, f"/releases/{sha256}/scheme-comparison/small/9"),
        404,
        "not-found",
    )
