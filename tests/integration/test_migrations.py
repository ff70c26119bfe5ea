"""The migrations build exactly the tables that the code declares."""

import importlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.postgres import Server, cloned_database


@pytest.fixture(params=["registry", "scoring", "funding"])
def migrated(server: Server, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    with cloned_database(server, request.param) as url:
        yield request.param, url


async def test_the_schema_is_what_the_tables_declare(migrated: tuple[str, str]) -> None:
    service, url = migrated
    metadata = importlib.import_module(f"services.{service}.storage.tables").METADATA

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
