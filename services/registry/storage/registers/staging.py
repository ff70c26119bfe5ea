"""A batch of register entries on its way in: copied into a staging table, compared as a whole, then kept.

Nothing here loops over rows in Python but the copy itself, so a million rows take constant memory. The
staging table lives as long as the transaction.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from services.registry.domain.registers.row_checks import StagedRow
from services.registry.storage.registers.name_keys import grams, initials, sort_key

staged_entry = sa.Table(
    "staged_entry",
    sa.MetaData(),
    sa.Column("row", sa.Integer),
    sa.Column("key", sa.Text(collation="C")),
    sa.Column("county_code", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("sort_key", sa.Text(collation="C")),
    sa.Column("initials", sa.Text),
    sa.Column("grams", ARRAY(sa.Text)),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_to", sa.Date),
    sa.Column("source", sa.Text),
    sa.Column("period", sa.Text),
    sa.Column("definition", sa.Text),
    sa.Column("provenance", sa.Text),
    sa.Column("data", JSONB),
    sa.Column("good", sa.Boolean),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
#: The columns that a staged row and a kept entry have in common.
SHARED: Final = tuple(column.name for column in staged_entry.c if column.name not in {"row", "good"})

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ARRAY_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})


async def open_staging(session: AsyncSession, *, timeout_seconds: int) -> None:
    """Prepares the transaction for a batch; its statements may run longer than a page's."""
    timeout = f"{timeout_seconds}s"
    settings = {
        "statement_timeout": timeout,
        "idle_in_transaction_session_timeout": timeout,
        "work_mem": "64MB",
    }
    for name, value in settings.items():
        await session.execute(sa.select(sa.func.set_config(name, value, sa.true())))
    await session.execute(CreateTable(staged_entry))


async def copy_rows(session: AsyncSession, chunks: AsyncIterator[bytes]) -> None:
    """Copies lines made by :func:`copy_line`."""
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_to_table(staged_entry.name, source=chunks, format="text")
    await session.execute(sa.text("ANALYZE staged_entry (row, key)"))


def copy_line(row: StagedRow) -> str:
    """One line of PostgreSQL's text format, with the search and sort keys of the name."""
    number, key, county, name, starts, ends, source, period, definition, provenance, data, good = row
    letters = initials(name)
    found = grams(name, letters)
    if '"' in name or "\\" in name:
        found = [gram.translate(_ARRAY_ESCAPES) for gram in found]
    array = '{"' + '","'.join(found) + '"}' if found else "{}"
    text = to_json(data).decode()
    about = (source, period, definition, provenance, text)
    fields: tuple[str, ...] = (key, county, name, sort_key(name), letters, array, starts, ends or "", *about)
    line = "\t".join(fields)
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != len(fields) - 1:
        fields = tuple([field.translate(_ESCAPES) for field in fields])
    if ends is None:
        fields = (*fields[:7], "\\N", *fields[8:])
    return f"{number}\t" + "\t".join(fields) + ("\tt\n" if good else "\tf\n")
