"""A fake office beside a real database."""

from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from shared.data.database import Database
from tests.support.pipeline.story import Story
from tests.support.postgres import Server, cloned_database


@pytest.fixture
def pipeline_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "pipeline") as url:
        yield url


@pytest.fixture
async def story(pipeline_url: str) -> AsyncIterator[Story]:
    database = Database(create_async_engine(pipeline_url, poolclass=sa.AsyncAdaptedQueuePool))
    yield Story(database)
    await database.close()
