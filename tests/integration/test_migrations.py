"""The migrations build exactly the tables that the code declares."""

import importlib
from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from clients.local.postgres.server import ADMIN
from shared.data.migrations import DatabaseEncodingUnfit, upgrade
from tests.support.postgres import Server, cloned_database, package_of


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def migrated(server: Server, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    with cloned_database(server, request.param) as url:
        yield request.param, url


async def test_the_schema_is_what_the_tables_declare(migrated: tuple[str, str]) -> None:
    service, url = migrated
    metadata = importlib.import_module(f"{package_of(service)}.storage.tables").METADATA

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def test_a_database_that_cannot_hold_chinese_is_refused(server: Server) -> None:
    name = f"ascii_{uuid4().hex[:8]}"
    server.execute(
        f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
    )
    try:
        superuser = server.database_url(name, role=ADMIN)
        with pytest.raises(DatabaseEncodingUnfit, match="SQL_ASCII"):
            upgrade("services.registry", superuser)
    finally:
        server.drop_database(name)
