"""A cycle on the fake office beside a real database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from shared.data.database import Database
from tests.support.pipeline.office import Office
from tests.support.pipeline.story import Story


@pytest.fixture
async def story(pipeline_url: str, office: Office) -> AsyncIterator[Story]:
    database = Database(create_async_engine(pipeline_url))
    yield Story(database, office)
    await database.close()
