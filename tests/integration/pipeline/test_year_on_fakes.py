"""A whole year on the fake office, undisturbed and killed at every point at which a worker can die.

The year of the sweep has an upheld objection, which leads to a second decision and notice, and an allocation that is
rejected and goes back to the assessment.
"""

import asyncio
import os
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from clients.pipeline.domain.states import CycleState, StageState
from clients.pipeline.loop.crash_points import CrashPoints
from shared.data.database import Database
from tests.support.pipeline.office import Office
from tests.support.pipeline.story import DECIDER, Story, rows_of
from tests.support.postgres import Server, cloned_database

#: Every so many of the points in `make test`; all of them in `make test-long`.
STRIDE = 40


async def test_a_year_is_played_to_its_end(story: Story) -> None:
    await story.start()
    await story.play()
    assert (await story.cycle()).state is CycleState.CLOSED
    stages = await story.stages()
    assert {code: row.state for code, row in stages.items() if row.state is not StageState.DONE} == {
        "budget_request": StageState.PASSED_OVER,
        "archive": StageState.PASSED_OVER,
    }
    paths = [path for path, _ in story.office.done]
    assert paths == [
        "/publish/1/1", "/publish/1/2", "/publish/1/3", "/remind/1/1", "/cut_off/1/1", "/assess/1/1", "/notice/1/1",
        "/allocate/1/1", "/issue/1/1",
    ]  # fmt: skip
    assert story.today == date(2024, 8, 16)
    assert stages["decide"].due_on == date(2024, 8, 23)  # five working days after 16 August, a Friday


async def test_what_a_person_decided_is_sent_for_that_person(story: Story) -> None:
    await story.start()
    await story.play()
    assert {path: person for path, person in story.office.made_by.items() if person} == {
        "/cut_off/1/1": DECIDER.subject, "/allocate/1/1": DECIDER.subject,
    }  # fmt: skip


async def play_one(url: str, crash: CrashPoints) -> tuple[Office, object]:
    database = Database(create_async_engine(url))
    try:
        story = Story(database, rejects={"allocate/1"})
        story.office.figures["objected:notice"] = 1
        await story.start()
        await story.play(crash)
        assert {code: row.turn for code, row in (await story.stages()).items() if row.turn > 1} == {
            "assess": 2, "decide": 3, "notice": 3, "allocate": 2,
        }  # fmt: skip
        return story.office, await rows_of(database)
    finally:
        await database.close()


def sweep(server: Server, points: range | None) -> tuple[int, int]:
    """Kills a worker at these of the points; returns how many were hit, and how many there are."""
    undisturbed = CrashPoints()
    with cloned_database(server, "pipeline") as url:
        office, rows = asyncio.run(play_one(url, undisturbed))
    total, hit = undisturbed.passed, 0
    for at in points or range(1, total + 1):
        if at > total:
            break
        crash = CrashPoints(at)
        with cloned_database(server, "pipeline") as url:
            killed_office, killed_rows = asyncio.run(play_one(url, crash))
        assert crash.passed == at
        where = f"{at}: {crash.last}"
        assert killed_office.done == office.done, where
        assert killed_rows == rows, where
        hit += 1
    return hit, total


def test_a_worker_killed_at_some_points_changes_nothing(server: Server) -> None:
    begin = 1 + os.getpid() % STRIDE  # other points in other runs
    hit, total = sweep(server, range(begin, 10_000, STRIDE))
    assert hit == len(range(begin, total + 1, STRIDE))


@pytest.mark.long
def test_a_worker_killed_at_any_point_changes_nothing(server: Server) -> None:
    hit, total = sweep(server, None)
    print(f"crash points hit {hit} of {total}: {hit / total:.0%}")
    assert hit == total > 100


async def test_the_days_of_a_stage_come_from_its_plan_and_the_registrys_calendar(story: Story) -> None:
    await story.start()
    await story.tick()
    stages = await story.stages()
    assert stages["publish"].begins_on == date(2024, 6, 3)
    assert (stages["cut_off"].begins_on, stages["cut_off"].due_on) == (date(2024, 8, 16), None)
    assert (stages["decide"].due_on, stages["decide"].due_basis) == (None, "after:assess+5wd")


async def test_nothing_is_written_while_nothing_changes(story: Story) -> None:
    await story.start()
    await story.tick()
    before = await rows_of(story.database)
    for _ in range(3):
        await story.tick()
    async with story.database.transaction() as session:
        attempts = await session.scalar(sa.text("SELECT count(*) FROM attempt"))
    assert await rows_of(story.database) == before
    assert attempts == 1  # the stage that was passed over
