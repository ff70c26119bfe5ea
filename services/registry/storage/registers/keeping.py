"""Keeps what is staged, as a whole: what is new, what follows or corrects an entry, what is the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage.registers.staging import COLUMNS
from services.registry.storage.tables.registers import register_batch

_MANY_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Counts:
    added: int
    changed: int
    unchanged: int


async def expected_counts(session: AsyncSession, register: str) -> Counts:
    """What keeping the staged rows would do."""
    row = (
        await session.execute(
            sa.text(
                """
                SELECT count(*) AS touched, count(*) FILTER (WHERE same) AS unchanged FROM (
                    SELECT s.row, bool_or(o.valid_from <= s.valid_from AND o.valid_to IS NOT DISTINCT FROM s.valid_to
                        AND (o.county_code, o.name, o.source, o.period, o.definition, o.provenance, o.data)
                          = (s.county_code, s.name, s.source, s.period, s.definition, s.provenance, s.data)) AS same
                    FROM staged_entry s JOIN register_fact o
                        ON o.register = :register AND o.key = s.key AND o.superseded_at IS NULL
                    GROUP BY s.row) each_row
                """
            ),
            {"register": register},
        )
    ).one()
    total = int(await session.scalar(sa.text("SELECT count(*) FROM staged_entry")) or 0)
    return Counts(added=total - row.touched, changed=row.touched - row.unchanged, unchanged=row.unchanged)


async def keep_staged(
    session: AsyncSession, register: str, batch: UUID, now: datetime, *, may_move: bool
) -> Counts:
    """Keeps what is staged: other content ends or corrects the entry before, the same content is no change.

    Unless the batch may move entries between counties, one that another county registered meanwhile is left
    alone, and the unique index then refuses the batch.
    """
    values: dict[str, Any] = {"register": register, "batch": batch, "now": now, "may_move": may_move}
    kept_before = await session.scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM register_fact WHERE register = :register AND superseded_at IS NULL)"
        ),
        {"register": register},
    )
    unchanged = changed = 0
    if kept_before:
        unchanged = await _drop_unchanged(session, register)
        changed = await _supersede(session, values)
    added = await session.execute(
        sa.text(
            f"INSERT INTO register_fact (register, {COLUMNS}, batch_id, recorded_at) "
            f"SELECT :register, {COLUMNS}, :batch, :now FROM staged_entry"
        ),
        values,
    )
    if (
        _rowcount(added) >= _MANY_ROWS
    ):  # what follows in this transaction should not be planned for an empty table
        await session.execute(sa.text("SET LOCAL default_statistics_target = 20"))  # a small sample will do
        await session.execute(sa.text("ANALYZE register_fact"))
    return Counts(added=_rowcount(added) - changed, changed=changed, unchanged=unchanged)


async def _drop_unchanged(session: AsyncSession, register: str) -> int:
    result = await session.execute(
        sa.text(
            """
            DELETE FROM staged_entry s USING register_fact o
            WHERE o.register = :register AND o.key = s.key AND o.superseded_at IS NULL
            AND o.valid_from <= s.valid_from AND o.valid_to IS NOT DISTINCT FROM s.valid_to
            AND (o.county_code, o.name, o.source, o.period, o.definition, o.provenance, o.data)
              = (s.county_code, s.name, s.source, s.period, s.definition, s.provenance, s.data)
            """
        ),
        {"register": register},
    )
    return _rowcount(result)


async def _supersede(session: AsyncSession, values: Mapping[str, Any]) -> int:
    """Supersedes every live entry that a staged one overlaps; what lies before it stays, with its end."""
    await session.execute(
        sa.text(
            """
            SELECT 1 FROM register_fact o JOIN staged_entry s ON s.key = o.key
            WHERE o.register = :register AND o.superseded_at IS NULL ORDER BY o.id FOR UPDATE OF o
            """
        ),
        {"register": values["register"]},
    )
    await session.execute(
        sa.text(
            """
            UPDATE register_fact o SET superseded_at = :now, superseded_by = :batch FROM staged_entry s
            WHERE o.register = :register AND o.key = s.key AND o.superseded_at IS NULL
            AND (:may_move OR o.county_code = s.county_code)
            AND o.valid_from < coalesce(s.valid_to, 'infinity') AND s.valid_from < coalesce(o.valid_to, 'infinity')
            """
        ),
        values,
    )
    await session.execute(
        sa.text(
            f"""
            INSERT INTO register_fact (register, {COLUMNS}, batch_id, recorded_at)
            SELECT o.register, o.{COLUMNS.replace(", ", ", o.").replace("o.valid_to", "s.valid_from")}, :batch, :now
            FROM register_fact o JOIN staged_entry s ON s.key = o.key
            WHERE o.register = :register AND o.superseded_by = :batch AND o.valid_from < s.valid_from
            """
        ),
        values,
    )
    return int(
        await session.scalar(
            sa.text(
                "SELECT count(DISTINCT key) FROM register_fact WHERE register = :register AND superseded_by = :batch"
            ),
            {"register": values["register"], "batch": values["batch"]},
        )
        or 0
    )


async def add_batch(session: AsyncSession, row: Mapping[str, Any]) -> None:
    """One row for each batch; its insertion checks the batch as a whole when the transaction commits."""
    await session.execute(sa.insert(register_batch).values(**row))


async def withdraw(session: AsyncSession, register: str, key: str, batch: UUID, now: datetime) -> int:
    """Supersedes all live entries of a key and puts nothing in their place."""
    result = await session.execute(
        sa.text(
            "UPDATE register_fact SET superseded_at = :now, superseded_by = :batch "
            "WHERE register = :register AND key = :key AND superseded_at IS NULL"
        ),
        {"register": register, "key": key, "batch": batch, "now": now},
    )
    return _rowcount(result)


def _rowcount(result: Any) -> int:
    return int(result.rowcount)
