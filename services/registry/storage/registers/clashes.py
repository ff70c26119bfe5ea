"""What a staged batch clashes with: its own rows, the entries that are kept, the shares of firms."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.clashes import Clash, SharesOff
from services.registry.storage.registers.facts import any_of, live, text_of
from services.registry.storage.registers.staging import staged_entry as staged
from services.registry.storage.tables.registers import register_fact as fact


async def duplicates(session: AsyncSession, *, limit: int) -> list[Clash]:
    """Rows whose key an earlier row of the same file has."""
    twice = (
        sa.select(staged.c.key, sa.func.min(staged.c.row).label("first"))
        .group_by(staged.c.key)
        .having(sa.func.count() > 1)
        .subquery()
    )
    return await _clashes(
        session,
        sa.select(staged.c.row, staged.c.key, sa.cast(twice.c.first, sa.Text))
        .join(twice, sa.and_(staged.c.key == twice.c.key, staged.c.row != twice.c.first))
        .order_by(staged.c.row)
        .limit(limit),
    )


async def kept_elsewhere(session: AsyncSession, register: str, *, limit: int) -> list[Clash]:
    """Rows whose key another county has; ``other`` is that county."""
    return await _clashes(
        session,
        sa.select(staged.c.row, staged.c.key, fact.c.county_code)
        .distinct()
        .join(fact, sa.and_(fact.c.register == register, fact.c.key == staged.c.key, live(fact)))
        .where(fact.c.county_code != staged.c.county_code)
        .order_by(staged.c.row)
        .limit(limit),
    )


async def dangling(
    session: AsyncSession,
    field: str,
    target: str,
    *,
    within: bool,
    counties: Collection[str] | None,
    limit: int,
) -> list[Clash]:
    """Rows whose reference finds nothing in register ``target`` (nor in this file, if ``within``); ``counties``: of
    these only, if given."""
    named = text_of(staged, field)
    kept = sa.exists().where(fact.c.register == target, fact.c.key == named, live(fact))
    if counties is not None:
        kept = kept.where(any_of(fact.c.county_code, list(counties)))
    statement = sa.select(staged.c.row, staged.c.key, named).where(named.is_not(None), ~kept)
    if within:
        same_file = staged.alias()
        statement = statement.where(~sa.exists().where(same_file.c.key == named))
    return await _clashes(session, statement.order_by(staged.c.row).limit(limit))


async def above_cap(session: AsyncSession, register: str, cap: int) -> list[Clash]:
    """Rows without a waiver of counties that would then have more than ``cap`` entries; ``other`` is that number."""
    each_one = sa.union(
        sa.select(staged.c.county_code, staged.c.key),
        sa.select(fact.c.county_code, fact.c.key).where(
            fact.c.register == register,
            live(fact),
            fact.c.valid_to.is_(None),
            fact.c.county_code.in_(sa.select(staged.c.county_code)),
        ),
    ).subquery()
    county = (
        sa.select(each_one.c.county_code, sa.func.count(each_one.c.key.distinct()).label("total"))
        .group_by(each_one.c.county_code)
        .subquery()
    )
    known = sa.exists().where(fact.c.register == register, fact.c.key == staged.c.key, live(fact))
    return await _clashes(
        session,
        sa.select(staged.c.row, staged.c.key, sa.cast(county.c.total, sa.Text))
        .join(county, county.c.county_code == staged.c.county_code)
        .where(county.c.total > cap, text_of(staged, "waiver_reason").is_(None), ~known)
        .order_by(staged.c.row),
    )


async def leave_out_doubtful(session: AsyncSession, rows: Sequence[int]) -> None:
    """Leaves out the firms of rows that have errors, so that shares are judged on complete firms only."""
    doubtful = staged.alias()
    wrong = sa.or_(~doubtful.c.good, doubtful.c.row == sa.any_(sa.literal(list(rows), ARRAY(sa.Integer))))
    await session.execute(
        sa.delete(staged).where(
            text_of(staged, "enterprise").in_(sa.select(text_of(doubtful, "enterprise")).where(wrong))
        )
    )


async def shares_off(session: AsyncSession, batch: UUID) -> list[SharesOff]:
    """Firms of the batch whose shares do not add up to 1 on some day."""
    wrong = sa.func.register_shares_off(batch).table_valued(
        sa.column("enterprise", sa.Text), sa.column("on_day", sa.Date), sa.column("total", sa.Numeric)
    )
    rows = await session.execute(
        sa.select(wrong.c.enterprise, wrong.c.on_day, sa.cast(wrong.c.total, sa.Text)).order_by(
            wrong.c.enterprise, wrong.c.on_day
        )
    )
    return [SharesOff(enterprise, on_day, total) for enterprise, on_day, total in rows]


async def rows_of_enterprises(session: AsyncSession, codes: Sequence[str]) -> dict[str, list[int]]:
    """The staged rows that name these firms."""
    named = text_of(staged, "enterprise")
    found: dict[str, list[int]] = {}
    for row, code in await session.execute(
        sa.select(staged.c.row, named).where(any_of(named, codes)).order_by(staged.c.row)
    ):
        found.setdefault(code, []).append(row)
    return found


async def _clashes(session: AsyncSession, statement: sa.Select[Any, Any, Any]) -> list[Clash]:
    return [Clash(row, key, other) for row, key, other in await session.execute(statement)]
