"""A robustness analysis is a job: asked for, seen progressing, taken up again when its worker died."""

import asyncio
import os
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.scoring.storage.robustness import claim_job
from services.scoring.storage.tables import robustness_job
from services.scoring.use_cases.releases.analyse_robustness import work_once
from shared.contracts.snapshot import Snapshot
from shared.data.business_clock import utc_now
from tests.support.people import PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.scoring import ScoringStory, Shelf, snapshot_of
from tests.support.services import RunningService
from tests.unit.scoring.documents import FULL_SNAPSHOT, FULL_VALUES, full, small

HELD = timedelta(seconds=30)
VALUES = {
    "u1": {"a": "9", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8", "c": "2"},
    "u3": {"a": "7", "b": "8.5", "c": "5"},
}


async def release_of(
    story: ScoringStory,
    shelf: Shelf,
    scheme: dict[str, Any] | None = None,
    snapshot: Snapshot | None = None,
) -> str:
    document = scheme or small()
    await story.publish(document)
    sha256 = shelf.put(snapshot or snapshot_of(VALUES))
    run = ok(await story.run(sha256, scheme=document["id"], key="assess-2024"))
    released: str = run["current_sha256"]
    return released


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
    await work_once(scoring.database, held=HELD)
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
    async with scoring.database.transaction() as session:
        await claim_job(session, held=timedelta(seconds=-1))  # and then it dies
    await work_once(scoring.database, held=HELD)
    assert (await finished(story, sha256))["state"] == "done"


async def test_a_job_whose_worker_was_killed_is_finished_by_the_next(
    story: ScoringStory, shelf: Shelf, scoring: RunningService, scoring_url: str, tmp_path: Path
) -> None:
    """kill -9 of a real process in the middle of the work: no result is lost, none comes twice."""
    rules = {"draws": 1_000_000, "seed": 7, "normalisations": [{"method": "rank"}]}
    sha256 = await release_of(story, shelf, full(robustness=rules), snapshot_of(FULL_VALUES, **FULL_SNAPSHOT))
    ok(await story.post(PROVINCE_OFFICER, f"/releases/{sha256}/robustness", {}, key="robustness-1"))
    settings = scoring.app.state.plumbing.settings
    environment = {
        "SCORING_DATABASE_URL": scoring_url,
        "SCORING_AUTH_ISSUER": settings.auth_issuer,
        "SCORING_AUTH_JWKS": str(settings.auth_jwks),
        "SCORING_SIGNING_KEY_FILE": str(settings.signing_key_file),
        "SCORING_REGISTRY_URL": settings.registry_url,
        "SCORING_REGISTRY_TOKEN_FILE": str(settings.registry_token_file),
        "SCORING_ROBUSTNESS_LEASE_SECONDS": "3600",
        "SCORING_MODE": "trial",
        "SCORING_DIVISION": settings.division,
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.scoring", "serve", "--port", str(port)),
        env={**os.environ, **environment},
        cwd=tmp_path,
    )
    path = f"/releases/{sha256}/robustness"
    try:
        job: Any = {"done": 0}
        for _ in range(2_000):
            job = ok(await story.get(PROVINCE_OFFICER, path))
            if job["done"]:
                break
            await asyncio.sleep(0.05)
    finally:
        process.kill()
        await process.wait()
    assert job["state"] == "running"
    assert 0 < job["done"] < job["total"]
    assert not await work_once(scoring.database, held=HELD)  # the dead still holds it
    async with scoring.database.transaction() as session:
        await session.execute(sa.update(robustness_job).values(held_until=utc_now() - timedelta(seconds=1)))
    assert await work_once(scoring.database, held=HELD)
    job = ok(await story.get(PROVINCE_OFFICER, path))
    assert (job["state"], job["done"]) == ("done", 1_000_000)
    for unit in job["result"]["units"].values():
        assert abs(sum(unit["p_rank"].values()) - 1) < 1e-9
    assert not await work_once(scoring.database, held=HELD)


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
