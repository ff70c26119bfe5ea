"""Assessments that were run before rounds had cut-offs of their own take that of their snapshot."""

import asyncio
import json
from collections.abc import Iterator
from uuid import uuid4

import asyncpg
import pytest

from shared.data.migrations import upgrade
from tests.support.postgres import Server


@pytest.fixture
def old_database(server: Server) -> Iterator[str]:
    """A database of scoring's first schema, with two assessments of which one is withdrawn."""
    name = f"old_scoring_{uuid4().hex[:8]}"
    server.create_database(name, owner="scoring")
    url = server.database_url(name, role="scoring")
    try:
        upgrade("services.scoring", url, revision="0001")
        asyncio.run(_run(url, *_OLD_ROWS))
        yield url
    finally:
        server.drop_database(name)


def _document(**content: str) -> str:
    return "convert_to('" + json.dumps(content) + "', 'UTF8')"


_OLD_ROWS = (
    "INSERT INTO scheme_version (scheme, version, programme, division, state, sha256, document, drafted_by, "
    "recorded_at) VALUES ('s', '1', 'p', '420000', 'published', 'x', '', 'a', now())",
    *(
        f"INSERT INTO snapshot VALUES ('s{n}', {_document(cut_off=day)}, now())"
        for n, day in ((1, "2024-07-01"), (2, "2024-08-16"))
    ),
    *(
        "INSERT INTO assessment VALUES "
        f"('a{n}', 'p', 2024, 2023, 'application', '420000', 's', '1', '{state}', 'r{n}', NULL, false, 'a', now())"
        for n, state in ((1, "withdrawn"), (2, "proposed"))
    ),
    *(
        f"INSERT INTO release VALUES ('r{n}', 'a{n}', 'proposed', 1, NULL, {_document(snapshot_sha256=f's{n}')}, "
        "'s', 'k', now())"
        for n in (1, 2)
    ),
)


async def _run(url: str, *statements: str) -> list[str]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return [str(row[0]) for row in await connection.fetch(statements[-1])]
    finally:
        await connection.close()


def test_an_old_assessment_takes_the_cut_off_of_its_snapshot(old_database: str) -> None:
    upgrade("services.scoring", old_database)
    found = asyncio.run(_run(old_database, "SELECT cut_off FROM assessment ORDER BY id"))
    assert found == ["2024-07-01", "2024-08-16"]
