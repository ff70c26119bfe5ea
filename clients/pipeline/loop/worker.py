"""A worker: claims one cycle after another and ticks it. More workers are more processes, on any machine."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from clients.pipeline.domain.states import Outcome
from clients.pipeline.loop.pipeline import Pipeline
from clients.pipeline.loop.tick import tick
from clients.pipeline.storage.cycles import claim
from shared.errors import Refusal
from shared.logging import get_logger

#: How long a worker that found nothing to do waits before it looks again.
IDLE_SECONDS = 1.0


async def work_once(pipeline: Pipeline, *, only: UUID | None = None) -> Outcome | None:
    """One tick of the cycle that waited longest; null where none may be ticked now."""
    async with pipeline.database.transaction() as session:
        held = await claim(session, worker=pipeline.worker, lease_seconds=pipeline.lease_seconds, only=only)
    if held is None:
        return None
    pipeline.crash("after the claim")
    return await tick(pipeline, held)


async def work_for_ever(pipeline: Pipeline) -> None:
    """Goes on whatever happens: what a tick could not do, the next one does, here or elsewhere."""
    while True:
        try:
            worked = await work_once(pipeline)
        except (Refusal, SQLAlchemyError, OSError) as error:  # the database is away
            get_logger().warning("tick_failed", reason=type(error).__name__)
            worked = None
        except Exception as error:
            get_logger().error("tick_broken", error=type(error).__name__, exc_info=True)
            worked = None
        if worked is None:
            await asyncio.sleep(IDLE_SECONDS)
