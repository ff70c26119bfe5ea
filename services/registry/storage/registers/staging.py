"""A batch of register entries on its way in: copied into a staging table, compared as a whole, then kept.

Nothing here loops over rows in Python but the copy itself, so a million rows take constant memory. The
staging tables live as long as the transaction.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.checking import StagedRow
from services.registry.storage.registers.name_keys import grams, initials, sort_key

_STAGING = """
CREATE TEMP TABLE staged_entry (
    row integer, key text COLLATE "C", county_code text, name text, sort_key text COLLATE "C", initials text,
    grams text[], valid_from date, valid_to date, source text, period text, definition text, provenance text,
    data jsonb, good boolean) ON COMMIT DROP
"""
COLUMNS = (
    "key, county_code, name, sort_key, initials, grams, valid_from, valid_to, source, period, definition, "
    + "provenance, data"
)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_ARRAY_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})


@dataclass(frozen=True, slots=True)
class Clash:
    """A staged row that cannot be kept beside the other rows or entries; ``other`` says with what."""

    row: int
    key: str
    other: str


async def open_staging(session: AsyncSession, *, timeout_seconds: int) -> None:
    """Prepares the transaction for a batch; its statements may run longer than a page's."""
    await session.execute(sa.text(f"SET LOCAL statement_timeout = {int(timeout_seconds) * 1000}"))
    await session.execute(
        sa.text(f"SET LOCAL idle_in_transaction_session_timeout = {int(timeout_seconds) * 1000}")
    )
    await session.execute(sa.text("SET LOCAL work_mem = '64MB'"))
    await session.execute(sa.text(_STAGING))


async def copy_rows(session: AsyncSession, chunks: AsyncIterator[bytes]) -> None:
    """Copies lines made by :func:`copy_line`."""
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_to_table("staged_entry", source=chunks, format="text")
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


async def duplicates(session: AsyncSession, *, limit: int) -> list[Clash]:
    """Rows whose key an earlier row of the same file has."""
    return await _clashes(
        session,
        """
        SELECT s.row, s.key, d.first::text AS other
        FROM (SELECT key, min(row) AS first FROM staged_entry GROUP BY key HAVING count(*) > 1) d
        JOIN staged_entry s ON s.key = d.key AND s.row <> d.first ORDER BY s.row LIMIT :limit
        """,
        limit=limit,
    )


async def kept_elsewhere(session: AsyncSession, register: str, *, limit: int) -> list[Clash]:
    """Rows whose key another county has; ``other`` is that county."""
    return await _clashes(
        session,
        """
        SELECT DISTINCT s.row, s.key, o.county_code AS other FROM staged_entry s
        JOIN register_fact o ON o.register = :register AND o.key = s.key AND o.superseded_at IS NULL
        WHERE o.county_code <> s.county_code ORDER BY s.row LIMIT :limit
        """,
        register=register,
        limit=limit,
    )


async def dangling(
    session: AsyncSession, field: str, target: str, *, within: bool, limit: int
) -> list[Clash]:
    """Rows whose reference finds nothing in register ``target`` (nor in this file, if ``within``)."""
    same_file = (
        "AND NOT EXISTS (SELECT 1 FROM staged_entry w WHERE w.key = s.data->>:field)" if within else ""
    )
    return await _clashes(
        session,
        f"""
        SELECT s.row, s.key, s.data->>:field AS other FROM staged_entry s
        WHERE s.data->>:field IS NOT NULL {same_file} AND NOT EXISTS (
            SELECT 1 FROM register_fact f WHERE f.register = :target AND f.key = s.data->>:field
            AND f.superseded_at IS NULL)
        ORDER BY s.row LIMIT :limit
        """,
        field=field,
        target=target,
        limit=limit,
    )


async def above_cap(session: AsyncSession, register: str, cap: int) -> list[Clash]:
    """Rows without a waiver of counties that would then have more than ``cap`` entries; ``other`` is that number."""
    return await _clashes(
        session,
        """
        SELECT s.row, s.key, n.total::text AS other FROM staged_entry s JOIN (
            SELECT county_code, count(DISTINCT key) AS total FROM (
                SELECT county_code, key FROM staged_entry
                UNION SELECT county_code, key FROM register_fact
                WHERE register = :register AND superseded_at IS NULL AND valid_to IS NULL
                AND county_code IN (SELECT county_code FROM staged_entry)
            ) each_one GROUP BY county_code
        ) n ON n.county_code = s.county_code
        WHERE n.total > :cap AND s.data->>'waiver_reason' IS NULL AND NOT EXISTS (
            SELECT 1 FROM register_fact f WHERE f.register = :register AND f.key = s.key AND f.superseded_at IS NULL)
        ORDER BY s.row
        """,
        register=register,
        cap=cap,
    )


async def leave_out_doubtful(session: AsyncSession, rows: Sequence[int]) -> None:
    """Leaves out the firms of rows that have errors, so that shares are judged on complete firms only."""
    await session.execute(
        sa.text(
            "DELETE FROM staged_entry WHERE data->>'enterprise' IN "
            "(SELECT data->>'enterprise' FROM staged_entry WHERE NOT good OR row = ANY(:rows))"
        ),
        {"rows": list(rows)},
    )


async def shares_off(session: AsyncSession, batch: UUID) -> list[tuple[str, date, str]]:
    """Firms of the batch whose shares do not add up to 1 on some day: credit code, day, sum."""
    rows = await session.execute(
        sa.text(
            "SELECT enterprise, on_day, total::text AS total FROM register_shares_off(:batch) ORDER BY 1, 2"
        ),
        {"batch": batch},
    )
    return [(row.enterprise, row.on_day, row.total) for row in rows]


async def rows_of_enterprises(session: AsyncSession, codes: Sequence[str]) -> dict[str, list[int]]:
    """The staged rows that name these firms."""
    found: dict[str, list[int]] = {}
    rows = await session.execute(
        sa.text(
            "SELECT row, data->>'enterprise' AS code FROM staged_entry "
            "WHERE data->>'enterprise' = ANY(:codes) ORDER BY 1"
        ),
        {"codes": list(codes)},
    )
    for row in rows:
        found.setdefault(row.code, []).append(row.row)
    return found


async def _clashes(session: AsyncSession, sql: str, **values: Any) -> list[Clash]:
    rows = await session.execute(sa.text(sql), values)
    return [Clash(row.row, row.key, row.other) for row in rows]
