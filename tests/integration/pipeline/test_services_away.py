"""A service that is away is waited for, one that refuses is told, one that has done it already is believed."""

import pytest
import sqlalchemy as sa

from clients.pipeline.domain.states import CycleState, Outcome, StageState
from clients.pipeline.storage.effects import effects_of
from clients.pipeline.storage.tables import stage as stage_table
from clients.pipeline.use_cases.go_back import NothingToTryAgain, try_again
from tests.support.pipeline.story import OFFICER, PROGRAMME, YEAR, Story, plan_of, planned

PLAN = plan_of(planned("publish"), planned("assess"))


async def again(story: Story, code: str) -> None:
    async with story.database.transaction() as session:
        await try_again(session, OFFICER.principal, PROGRAMME, YEAR, code, today=story.today)


async def test_a_service_away_for_longer_than_all_tries_is_seen_and_heals(story: Story) -> None:
    await story.start(PLAN)
    story.office.is_away = True
    waits = []
    for _ in range(12):
        assert await story.tick() is Outcome.SERVICE_AWAY
        async with story.database.transaction() as session:
            seconds = sa.func.extract("epoch", stage_table.c.try_at - stage_table.c.changed_at)
            waited = await session.scalar(sa.select(seconds).where(stage_table.c.code == "publish"))
            waits.append(round(waited or 0))
        await story.free()
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    found = (await story.stages())["publish"]
    assert (found.state, found.failures) == (StageState.WAITING, 12)
    assert found.reasons[0]["waits_for"] == "service"
    story.office.is_away = False
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED
    assert (await story.stages())["publish"].failures == 0


async def test_a_stage_that_waits_for_a_service_is_not_asked_before_its_time(story: Story) -> None:
    await story.start(PLAN)
    story.office.is_away = True
    await story.tick()
    story.office.is_away = False
    assert await story.tick() is Outcome.SERVICE_AWAY
    assert story.office.done == []
    await again(story, "publish")
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED


@pytest.mark.parametrize("status", [425, 429, 500, 502, 503, 401])
async def test_an_answer_that_may_pass_is_tried_again(story: Story, status: int) -> None:
    await story.start(PLAN)
    story.office.refuses["/publish/1/2"] = (status, "later")
    assert await story.tick() is Outcome.SERVICE_AWAY
    assert (await story.stages())["publish"].state is StageState.APPLYING
    del story.office.refuses["/publish/1/2"]
    await story.free()
    await story.tick()
    assert [path for path, _ in story.office.done] == [
        "/publish/1/1", "/publish/1/2", "/publish/1/3", "/assess/1/1",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_a_refusal_fails_with_its_problem_until_somebody_tries_again(story: Story, status: int) -> None:
    await story.start(PLAN)
    story.office.refuses["/publish/1/2"] = (status, "not-so")
    assert await story.tick() is Outcome.FAILED
    assert await story.tick() is Outcome.FAILED
    stage = (await story.stages())["publish"]
    assert (stage.state, stage.problem["code"], stage.problem["status"]) == (
        StageState.FAILED,
        "not-so",
        status,
    )
    assert stage.problem["zh"] == "拒绝:not-so"
    assert [notice.kind for notice in await story.notices()] == ["failed"]
    calls = story.office.calls
    await story.tick()
    assert story.office.calls == calls
    del story.office.refuses["/publish/1/2"]
    await again(story, "publish")
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED
    assert len(story.office.done) == 4
    assert len(story.office.kept) == 4  # the first command was not sent again under another key


async def test_what_was_done_already_is_verified_and_believed(story: Story) -> None:
    """Somebody did by hand what the stage is about to do: the owner says 409, and its state that it is done."""
    await story.start(PLAN)
    story.office.done.append(("/publish/1/2", "by hand"))
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED
    async with story.database.transaction() as session:
        effects = await effects_of(session, (await story.cycle()).id)
    assert [effect.status for effect in effects] == [201, 409, 201, 201]


async def test_a_conflict_that_is_not_done_fails(story: Story) -> None:
    await story.start(PLAN)
    story.office.refuses["/assess/1/1"] = (409, "round-closed")
    assert await story.tick() is Outcome.FAILED
    stage = (await story.stages())["assess"]
    assert (stage.state, stage.problem["code"]) == (StageState.FAILED, "round-closed")


async def test_nothing_that_went_well_can_be_tried_again(story: Story) -> None:
    await story.start(plan_of(planned("publish", not_before="2024-09-01")))
    await story.tick()
    with pytest.raises(NothingToTryAgain):
        await again(story, "publish")
