"""The migrations build what the tables say; the committed API description is current."""

import json
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from services.scoring.storage.tables import METADATA
from tests.support.services import RunningService

OPENAPI = Path(__file__).parents[3] / "services" / "scoring" / "openapi.json"


async def test_the_migrations_build_exactly_the_tables(scoring: RunningService) -> None:
    def compare(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    async with scoring.database.engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_the_committed_description_is_current(scoring: RunningService) -> None:
    assert json.loads(OPENAPI.read_text("utf-8")) == scoring.app.openapi()


async def test_every_operation_has_a_summary_a_tag_and_documented_problems(scoring: RunningService) -> None:
    for path, operations in scoring.app.openapi()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("tags"), (method, path)
            if path.startswith("/v1/"):
                assert {"401", "403", "422"} <= operation["responses"].keys(), (method, path)
