"""Several workers, one that was overtaken, an older and a newer version in turn: nothing twice, nothing stuck."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from clients.pipeline.domain.states import CycleState, Outcome, StageState
from clients.pipeline.loop.tick import tick
from clients.pipeline.storage.cycles import LeaseLost, claim, guard
from clients.pipeline.storage.tables import cycle
from shared.data.database import Database
from tests.support.pipeline.deeds import Deed
from tests.support.pipeline.story import Story, plan_of, planned, rows_of
from tests.support.postgres import Server, cloned_database

PLAN = plan_of(planned("publish"), planned("assess"), planned("issue"))


async def test_a_cycle_is_claimed_by_one_worker_and_by_another_after_its_lease(story: Story) -> None:
    await story.start(PLAN)

    async def claimed(worker: str) -> bool:
        async with story.database.transaction() as session:
            return await claim(session, worker=worker) is not None

    assert [await claimed("a"), await claimed("b")] == [True, False]
    async with story.database.transaction() as session:
        left = sa.func.extract("epoch", cycle.c.lease_until - sa.func.clock_timestamp())
        assert 0 < (await session.scalar(sa.select(left)) or 0) <= 30
        await session.execute(sa.update(cycle).values(lease_until=sa.func.clock_timestamp()))
    assert await claimed("b")


async def test_a_worker_that_was_overtaken_writes_nothing(story: Story) -> None:
    await story.start(PLAN)
    async with story.database.transaction() as session:
        first = await claim(session, worker="slow")
    assert first is not None
    await story.free()
    async with story.database.transaction() as session:
        second = await claim(session, worker="quick")
    assert second is not None
    before = await rows_of(story.database)
    assert await tick(story.worker("slow"), first) is Outcome.ADVANCED
    assert await rows_of(story.database) == before
    assert story.office.calls == 0
    async with story.database.transaction() as session:
        with pytest.raises(LeaseLost):
            await guard(session, first)
        assert (await guard(session, second)).lease_holder == "quick"  # which the slow one did not let go


async def test_a_worker_overtaken_during_its_call_leaves_the_answer_to_the_other(story: Story) -> None:
    """Both send the same bytes under the same key; the office does it once."""
    await story.start(plan_of(planned("assess")))
    slow, quick = story.worker("slow"), story.worker("quick")
    called = asyncio.Event()

    async def send(*sent: object) -> tuple[int, bytes]:
        answer = await story.office.send(*sent)  # type: ignore[arg-type]
        if not called.is_set():
            called.set()
            await story.free()
            await story.tick(quick)
        return answer

    await story.tick(replace(slow, send=send))
    assert (await story.cycle()).state is CycleState.CLOSED
    assert len(story.office.done) == 1
    assert story.office.calls == 2


async def test_three_workers_at_once_play_one_year(story: Story) -> None:
    await story.start(PLAN)

    async def work(name: str) -> None:
        while (await story.cycle()).state is CycleState.OPEN:
            await story.tick(story.worker(name))
            await asyncio.sleep(0)

    await asyncio.gather(*(work(name) for name in "abc"))
    assert len(story.office.done) == len(story.office.kept) == story.office.calls == 5


async def test_a_paused_cycle_and_a_closed_one_are_claimed_by_nobody(story: Story) -> None:
    await story.start(plan_of(planned("assess")))
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED
    assert await story.tick() is None


async def test_an_older_version_that_does_not_know_a_stage_leaves_it_to_the_newer(story: Story) -> None:
    await story.start(PLAN)
    older = {code: deed for code, deed in story.deeds.items() if code != "assess"}
    assert await story.tick(story.worker(stages=older)) is Outcome.BLOCKED
    assert (await story.stages())["assess"].reasons[0]["code"] == "stage-unknown"
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED


async def test_an_older_and_a_newer_version_in_turn_come_to_what_one_alone_comes_to(
    story: Story, server: Server
) -> None:
    """Each tick is one step; the older version does not know the last stage."""
    await story.start()
    await story.play()
    with cloned_database(server, "pipeline") as url:
        database = Database(create_async_engine(url))
        mixed = Story(database)
        older = {code: deed for code, deed in mixed.deeds.items() if code != "issue"}
        await mixed.start()
        await mixed.play(
            None,
            mixed.worker("old", stages=older, code_version="1", tick_seconds=0),
            mixed.worker("new", code_version="2", tick_seconds=0),
        )
        assert await rows_of(database) == await rows_of(story.database)
        assert mixed.office.done == story.office.done
        async with database.transaction() as session:
            shares = await session.execute(sa.text("SELECT code_version, count(*) FROM attempt GROUP BY 1"))
            assert {version: count > 5 for version, count in shares.all()} == {"1": True, "2": True}
        await database.close()


async def test_a_version_that_would_send_other_bytes_than_were_intended_sends_nothing(story: Story) -> None:
    await story.start(PLAN)
    story.office.refuses["/publish/1/2"] = (503, "later")
    await story.tick()
    newer = story.deeds | {"publish": Deed("publish", story.office, commands_count=3, version="2")}
    del story.office.refuses["/publish/1/2"]
    await story.free()
    calls = story.office.calls
    assert await story.tick(story.worker(stages=newer)) is Outcome.FAILED
    stage = (await story.stages())["publish"]
    assert (stage.state, stage.problem["code"]) == (StageState.FAILED, "other-bytes")
    assert story.office.calls == calls
