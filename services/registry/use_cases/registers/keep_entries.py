"""Keeps a batch of register entries, from a file or a request: every check, then all of it or nothing.

One path for one entry and for a million: rows are read and checked in a thread, copied into a staging table
while the next are read, compared as a whole by the database, and kept with one batch and one event.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.batches import NOTHING, Batch, BatchKind, Counts
from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.clashes import too_many_rows
from services.registry.domain.registers.keepers import OpenDesk
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.problems import ProblemList
from services.registry.domain.registers.register import Register
from services.registry.domain.registers.row_checks import RowChecker
from services.registry.storage.registers import batches, staging
from services.registry.use_cases.registers.check_together import check_shares, check_together
from shared.data.business_clock import utc_now
from shared.data.events import append_event
from shared.text.identifiers import new_id
from shared.web.principals import Principal

_CHUNK_ROWS: Final = 2_000
Rows = Iterable[tuple[int, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """Rows that somebody brings to a register, with the field that each column holds."""

    register: Register
    columns: Sequence[str | None]
    rows: Rows
    kind: BatchKind
    desk: OpenDesk
    actor: Principal
    upload_id: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows came, and what was done with them; without a batch nothing was."""

    rows: int
    counts: Counts
    batch: UUID | None


async def keep_entries(
    session: AsyncSession, incoming: Incoming, *, problems: ProblemList, limits: Limits
) -> Kept:
    """Reports all problems to ``problems``; keeps the rows if there is no error."""
    register, desk = incoming.register, incoming.desk
    await staging.open_staging(session, timeout_seconds=limits.import_timeout_seconds)
    checker = RowChecker(register, incoming.columns, known=desk.known, desk=desk.desk, report=problems.add)
    feed = _Feed(checker, iter(incoming.rows), limit=limits.import_rows, problems=problems)
    await staging.copy_rows(session, feed.chunks())
    await check_together(session, register, desk=desk, problems=problems, limit=limits.problems)
    batch = batches.IncomingBatch(new_id(), register.code, utc_now(), may_move=desk.may_move)
    if register.splits and feed.rows:
        await check_shares(session, batch, problems)
    if problems.errors:
        return Kept(feed.rows, NOTHING, None)
    counts = await batches.keep_staged(session, batch)
    await _record(session, incoming, batch, counts)
    return Kept(feed.rows, counts, batch.id)


class _Feed:
    """Rows on their way into the staging table."""

    def __init__(
        self,
        checker: RowChecker,
        rows: Iterator[tuple[int, Sequence[Cell]]],
        *,
        limit: int,
        problems: ProblemList,
    ) -> None:
        self._checker = checker
        self._source = rows
        self._limit = limit
        self._problems = problems
        self.rows = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            seen, lines = await asyncio.to_thread(self._next)
            if lines:
                yield lines
            if not seen:
                return

    def _next(self) -> tuple[int, bytes]:
        lines: list[str] = []
        seen = 0
        check = self._checker.check
        for number, cells in islice(self._source, _CHUNK_ROWS):
            seen += 1
            staged = check(number, cells)
            if staged is not None:
                lines.append(staging.copy_line(staged))
        self.rows += seen
        if self.rows > self._limit:
            self._problems.add(too_many_rows(self._limit))
            return 0, b""
        return seen, "".join(lines).encode()


async def _record(
    session: AsyncSession, incoming: Incoming, kept: batches.IncomingBatch, counts: Counts
) -> None:
    register, actor = incoming.register, incoming.actor
    await batches.add_batch(
        session,
        Batch(
            id=kept.id,
            register=register.code,
            kind=incoming.kind,
            actor=actor.actor,
            unit=actor.unit,
            note=incoming.note,
            counts=counts,
            upload_id=incoming.upload_id,
            business_date=incoming.desk.desk.today,
            recorded_at=utc_now(),
        ),
    )
    await append_event(
        session,
        "register.changed",
        subject=register.code,
        actor=actor.actor,
        data={
            "batch": str(kept.id),
            "kind": incoming.kind,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
        },
    )
