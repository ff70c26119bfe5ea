"""Reading registers: lists with filters, search, order and pages; one entry; its history; as of two times."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.declared import REGISTERS
from services.registry.domain.registers.entries import Entry, PastEntry
from services.registry.domain.registers.fields import NUMERIC
from services.registry.domain.registers.wishes import ListQuery
from services.registry.storage.registers.facts import believed, holds, live
from services.registry.storage.registers.name_keys import grams_of_query
from services.registry.storage.tables.registers import register_fact as fact
from shared.text.hygiene import NARROW, WIDE

_LOWEST = "-1000000000000000000"
_COLUMNS = (
    fact.c.id, fact.c.key, fact.c.county_code, fact.c.name, fact.c.valid_from, fact.c.valid_to, fact.c.source,
    fact.c.period, fact.c.definition, fact.c.provenance, fact.c.data, fact.c.recorded_at,
)  # fmt: skip


class ListedEntry(NamedTuple):
    """An entry in its place in a list."""

    entry: Entry
    sorted_by: str

    @property
    def page_key(self) -> tuple[str, str]:
        return self.sorted_by, self.entry.key


async def list_entries(
    session: AsyncSession, query: ListQuery, *, after: tuple[str, str] | None, limit: int
) -> list[ListedEntry]:
    """Entries in order, from after a page key."""
    order = _order(query)
    statement = _selected(query).add_columns(order.label("sorted_by"))
    shown = (order.desc(), fact.c.key.desc()) if query.descending else (order, fact.c.key)
    statement = statement.order_by(*shown).limit(limit)
    if after is not None:
        value = sa.cast(after[0], order.type) if _is_numeric(query) else sa.literal(after[0])
        place, last = sa.tuple_(order, fact.c.key), sa.tuple_(value, sa.literal(after[1]))
        statement = statement.where(place < last if query.descending else place > last)
    return [ListedEntry(_entry(row), str(row.sorted_by)) for row in await session.execute(statement)]


async def stream_entries(session: AsyncSession, query: ListQuery, *, size: int) -> AsyncIterator[Entry]:
    """All entries of a list, page by page, in the order of the list."""
    after: tuple[str, str] | None = None
    while True:
        page = await list_entries(session, query, after=after, limit=size)
        for listed in page:
            yield listed.entry
        if len(page) < size:
            return
        after = page[-1].page_key


async def freeze_view(session: AsyncSession) -> None:
    """All that is read in this transaction is of one moment."""
    await session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def get_entry(
    session: AsyncSession, register: str, key: str, *, as_of: date, known_at: datetime | None = None
) -> Entry | None:
    statement = sa.select(*_COLUMNS).where(
        fact.c.register == register, fact.c.key == key, believed(fact, known_at), holds(fact, as_of)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else _entry(row)


async def latest_live(session: AsyncSession, register: str, key: str, *, lock: bool) -> Entry | None:
    """The newest entry of a key that is believed now, whether in force today or not."""
    statement = (
        sa.select(*_COLUMNS)
        .where(fact.c.register == register, fact.c.key == key, live(fact))
        .order_by(fact.c.valid_from.desc())
        .limit(1)
    )
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _entry(row)


async def history(session: AsyncSession, register: str, key: str, *, limit: int = 1000) -> list[PastEntry]:
    """Everything that was ever recorded under a key, oldest record first."""
    rows = await session.execute(
        sa.select(*_COLUMNS, fact.c.superseded_at)
        .where(fact.c.register == register, fact.c.key == key)
        .order_by(fact.c.recorded_at, fact.c.valid_from)
        .limit(limit)
    )
    return [PastEntry(*tuple(row)) for row in rows]


async def keys_of_batch(session: AsyncSession, batch: UUID) -> set[str]:
    return set(await session.scalars(sa.select(fact.c.key).where(fact.c.batch_id == batch).distinct()))


async def is_referred_to(session: AsyncSession, register: str, key: str) -> bool:
    """Whether a live entry of any register points to this one."""
    pointing = [
        sa.and_(fact.c.register == other.code, fact.c.data[spec.code].astext == key)
        for other in REGISTERS.values()
        for spec in other.references
        if spec.register == register
    ]
    if not pointing:
        return False
    return bool(await session.scalar(sa.select(sa.exists().where(live(fact), sa.or_(*pointing)))))


def _entry(row: sa.Row[*tuple[Any, ...]]) -> Entry:
    return Entry(*row[: len(_COLUMNS)])


def _selected(query: ListQuery) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(*_COLUMNS).where(
        fact.c.register == query.register.code,
        believed(fact, query.known_at),
        holds(fact, query.as_of),
        fact.c.county_code.in_(query.counties),
    )
    for code, text in query.filters.items():
        statement = statement.where(_filter(code, text))
    if query.search:
        wanted, by_initials = grams_of_query(query.search)
        narrowed = sa.func.lower(sa.func.translate(fact.c.name, WIDE, NARROW))
        column = fact.c.initials if by_initials else narrowed
        statement = statement.where(column.contains(query.search, autoescape=True))
        if wanted:
            statement = statement.where(fact.c.grams.contains(wanted))
    return statement


def _filter(code: str, text: str) -> sa.ColumnElement[bool]:
    if code in {"key", "county_code", "source", "period", "provenance", "definition"}:
        return fact.c[code] == text
    member = fact.c.data[code]
    return sa.or_(
        member.astext == text, member.contains(sa.func.to_jsonb(sa.cast([text], fact.c.grams.type)))
    )


def _is_numeric(query: ListQuery) -> bool:
    spec = query.register.field(query.sort)
    return spec is not None and spec.kind in NUMERIC


def _order(query: ListQuery) -> sa.ColumnElement[Any]:
    if query.sort in {"name", query.register.name}:
        return fact.c.sort_key
    if query.sort == "key":
        return fact.c.key
    if query.sort in {"county_code", "period", "source", "provenance"}:
        return fact.c[query.sort].collate("C")
    if query.sort == "valid_from":
        return sa.cast(fact.c.valid_from, sa.Text)
    text = fact.c.data[query.sort].astext
    if _is_numeric(query):
        return sa.func.coalesce(sa.cast(text, sa.Numeric), sa.cast(_LOWEST, sa.Numeric))
    return sa.func.coalesce(text, "").collate("C")
