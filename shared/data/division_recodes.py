"""Recodes of divisions (撤县设市, 撤县设区, change of city): a retired code, the code that follows it, since when.

What is kept under a code stays under it. A county that is recoded goes on under the code with which its things are
kept here (``kept_code``), and all that lies in its division goes over to those above its new code. The registry is
where a recode enters; the other services take it over from there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import utc_now
from shared.data.database import PLUMBING
from shared.data.events import append_event
from shared.data.rows import columns_of, read_all

division_recode = sa.Table(
    "division_recode",
    PLUMBING,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("successor_code", sa.Text, nullable=False),
    sa.Column("kept_code", sa.Text, nullable=False),
    sa.Column("holds_from", sa.Date, nullable=False),
    sa.Column("path_before", ARRAY(sa.Text), nullable=False),
    sa.Column("path_after", ARRAY(sa.Text), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Recode:
    """``successor_code`` holds from ``holds_from`` on; what is its own is kept under ``kept_code``.

    The paths lead from the province down to the old and the new code.
    """

    code: str
    successor_code: str
    kept_code: str
    holds_from: date
    path_before: Sequence[str]
    path_after: Sequence[str]


@dataclass(frozen=True, slots=True)
class RecordedRecode(Recode):
    recorded_by: str
    recorded_at: datetime


class Recodes:
    """All recodes that a service knows."""

    def __init__(self, recodes: Iterable[Recode]) -> None:
        self._by_code: Mapping[str, Recode] = {recode.code: recode for recode in recodes}
        self._kept = {recode.successor_code: recode.kept_code for recode in self._by_code.values()}
        self._taken_over = self._who_took_over()

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def kept(self, code: str) -> str:
        """The code under which things of this division are kept: its own, unless it was recoded."""
        return self._kept.get(code, code)

    def named_now(self) -> dict[str, str]:
        """By the code under which a recoded division is kept: the code that holds now."""
        return {kept: code for code, kept in self._kept.items() if code not in self._by_code}

    def taken_over(self, division: str) -> frozenset[str]:
        """The codes whose things are this division's now, beside its own code."""
        return self._taken_over.get(division, frozenset())

    def _who_took_over(self) -> dict[str, frozenset[str]]:
        found = defaultdict[str, set[str]](set)
        for recode in self._by_code.values():
            last = recode
            while last.successor_code in self._by_code:
                last = self._by_code[last.successor_code]
            for division in set(last.path_after) - set(recode.path_before):
                found[division].add(recode.code)
        for code, kept in self._kept.items():  # whoever is still named by the old code is the same county
            found[kept].add(code)
        return {division: frozenset(codes) for division, codes in found.items()}


_RECODE = columns_of(RecordedRecode, division_recode)


async def read_recodes(session: AsyncSession) -> Recodes:
    return Recodes(await read_all(session, RecordedRecode, sa.select(*_RECODE)))


async def list_recodes(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[RecordedRecode]:
    """In the order of the retired codes."""
    statement = sa.select(*_RECODE).order_by(division_recode.c.code).limit(limit)
    if after is not None:
        statement = statement.where(division_recode.c.code > after)
    return await read_all(session, RecordedRecode, statement)


async def _add_recode(session: AsyncSession, recode: Recode, *, actor: str) -> bool:
    """False where it is known already: then nothing is changed."""
    added = await session.scalar(
        insert(division_recode)
        .values(
            code=recode.code,
            successor_code=recode.successor_code,
            kept_code=recode.kept_code,
            holds_from=recode.holds_from,
            path_before=list(recode.path_before),
            path_after=list(recode.path_after),
            recorded_by=actor,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(division_recode.c.code)
    )
    return added is not None


async def take_over_recode(session: AsyncSession, recode: Recode, *, actor: str) -> RecordedRecode:
    """Keeps a recode with its event, or gives what is known of it already."""
    if await _add_recode(session, recode, actor=actor):
        await append_event(
            session,
            "division.recoded",
            subject=recode.code,
            actor=actor,
            data={
                "successor": recode.successor_code,
                "kept": recode.kept_code,
                "from": recode.holds_from.isoformat(),
                "path": list(recode.path_after),
            },
        )
    [kept] = await read_all(
        session, RecordedRecode, sa.select(*_RECODE).where(division_recode.c.code == recode.code)
    )
    return kept
