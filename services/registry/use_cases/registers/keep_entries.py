"""Keeps a batch of register entries, from a file or a request: every check, then all of it or nothing.

One path for one entry and for a million: rows are read and checked in a thread, copied into a staging table
while the next are read, compared as a whole by the database, and kept with one batch and one event.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.checking import Problem, ProblemList, RowChecker
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.register import Register
from services.registry.storage import programmes
from services.registry.storage.registers import keeping, staging
from services.registry.use_cases.registers.register_desk import OpenDesk
from shared.data.business_clock import utc_now
from shared.data.events import append_event
from shared.text.identifiers import new_id
from shared.web.principals import Principal

_CHUNK_ROWS: Final = 2_000
BatchKind = Literal["edit", "import"]


@dataclass(frozen=True, slots=True)
class Kept:
    rows: int
    counts: keeping.Counts
    batch_id: UUID | None


async def keep_entries(
    session: AsyncSession,
    register: Register,
    columns: Sequence[str | None],
    rows: Iterable[tuple[int, Sequence[Cell]]],
    *,
    desk: OpenDesk,
    problems: ProblemList,
    limits: Limits,
    apply: bool,
    kind: BatchKind,
    actor: Principal,
    upload_id: UUID | None = None,
    note: str | None = None,
) -> Kept:
    """Reports all problems to ``problems``; keeps the rows if there is no error and ``apply`` is asked for."""
    await staging.open_staging(session, timeout_seconds=limits.import_timeout_seconds)
    checker = RowChecker(register, columns, known=desk.known, desk=desk.desk, report=problems.add)
    feed = _Feed(checker, iter(rows), limit=limits.import_rows, problems=problems)
    await staging.copy_rows(session, feed.chunks())
    await _check_together(session, register, desk=desk, problems=problems, limit=limits.problems)
    batch_id = new_id()
    if register.splits:
        await _check_shares(session, register, batch_id, feed.rows, problems, may_move=desk.may_move)
    if problems.errors or not apply:
        counts = (
            keeping.Counts(0, 0, 0)
            if problems.errors
            else await keeping.expected_counts(session, register.code)
        )
        return Kept(feed.rows, counts, None)
    counts = await keeping.keep_staged(session, register.code, batch_id, utc_now(), may_move=desk.may_move)
    await _record(
        session, register, batch_id, counts, kind=kind, actor=actor, upload_id=upload_id, note=note, desk=desk
    )
    return Kept(feed.rows, counts, batch_id)


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
            self._problems.add(
                Problem(
                    0,
                    "",
                    "",
                    "too-many-rows",
                    "error",
                    f"超过 {self._limit} 行",
                    f"more than {self._limit} rows",
                )
            )
            return 0, b""
        return seen, "".join(lines).encode()


async def _check_together(
    session: AsyncSession, register: Register, *, desk: OpenDesk, problems: ProblemList, limit: int
) -> None:
    key_field = next(spec for spec in register.fields if spec.code == register.key[0])

    def report(
        row: int, rule: str, zh: str, en: str, *, code: str = key_field.code, column: str = key_field.zh
    ) -> None:
        problems.add(Problem(row, code, column, rule, "error", zh, en))

    for clash in await staging.duplicates(session, limit=limit):
        report(
            clash.row,
            "duplicate",
            f"与第 {clash.other} 行重复:{clash.key}",
            f"the same as row {clash.other}: {clash.key}",
        )
    if not desk.may_move:
        for clash in await staging.kept_elsewhere(session, register.code, limit=limit):
            place = f"{clash.other} {desk.known.counties.get(clash.other, '')}".strip()
            report(
                clash.row,
                "kept-elsewhere",
                f"{clash.key} 已由 {place} 登记",
                f"{clash.key} is registered by {place}",
            )
    for spec in register.references:
        within = spec.register == register.code
        for clash in await staging.dangling(session, spec.code, spec.register, within=within, limit=limit):
            report(
                clash.row, "reference", f"{spec.zh} {clash.other} 未登记", f"{spec.en} {clash.other} is not registered",
                code=spec.code, column=spec.zh,
            )  # fmt: skip
    caps = await programmes.newest_caps(session) if register.code == "leading-industries" else None
    if caps is not None:
        for clash in await staging.above_cap(session, register.code, caps.leading_industries):
            report(
                clash.row, "cap",
                f"每县至多 {caps.leading_industries} 个({caps.clause}),将达 {clash.other} 个,确需增加请填理由",
                f"at most {caps.leading_industries} a county, this makes {clash.other}; one more takes a reason",
            )  # fmt: skip


async def _check_shares(
    session: AsyncSession,
    register: Register,
    batch_id: UUID,
    rows: int,
    problems: ProblemList,
    *,
    may_move: bool,
) -> None:
    """Tries the batch in a savepoint and asks whether each firm's shares then add up to 1; always rolled back."""
    if not rows:
        return
    doubtful = [problem.row for problem in problems.kept if problem.severity == "error"]
    attempt = await session.begin_nested()
    try:
        await staging.leave_out_doubtful(session, doubtful)
        await keeping.keep_staged(session, register.code, batch_id, utc_now(), may_move=may_move)
        wrong = await staging.shares_off(session, batch_id)
    finally:
        await attempt.rollback()
    named = await staging.rows_of_enterprises(session, [code for code, _, _ in wrong]) if wrong else {}
    for code, day, total in wrong:
        for row in named.get(code, [0]):
            problems.add(
                Problem(
                    row,
                    "split",
                    "计入比例",
                    "split",
                    "error",
                    f"{code} 自 {day} 起各集群计入比例合计为 {total},应为 1",
                    f"the shares of {code} add up to {total} from {day} on, not to 1",
                )
            )


async def _record(
    session: AsyncSession,
    register: Register,
    batch_id: UUID,
    counts: keeping.Counts,
    *,
    kind: BatchKind,
    actor: Principal,
    upload_id: UUID | None,
    note: str | None,
    desk: OpenDesk,
) -> None:
    await keeping.add_batch(
        session,
        {
            "id": batch_id,
            "register": register.code,
            "kind": kind,
            "actor": actor.actor,
            "unit": actor.unit,
            "note": note,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "upload_id": upload_id,
            "business_date": desk.desk.today,
            "recorded_at": utc_now(),
        },
    )
    await append_event(
        session,
        "register.changed",
        subject=register.code,
        actor=actor.actor,
        data={
            "batch": str(batch_id),
            "kind": kind,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
        },
    )
