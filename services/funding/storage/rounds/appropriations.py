"""Appropriations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation, Correction, KeptCorrection
from services.funding.storage.tables.rounds import appropriation, appropriation_correction
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one

_APPROPRIATION = sa.select(*columns_of(Appropriation, appropriation))


async def add_appropriations(session: AsyncSession, new: Mapping[str, Appropriation]) -> None:
    """By the order that recorded each."""
    if new:
        now = utc_now()
        rows = [{**asdict(line), "fund_order": order, "recorded_at": now} for order, line in new.items()]
        await session.execute(insert(appropriation).values(rows))


async def correct_appropriations(session: AsyncSession, made: Sequence[Correction], *, on: date) -> None:
    """Each line as its correction leaves it; what it was is kept beside it."""
    if not made:
        return
    now = utc_now()
    await session.execute(
        insert(appropriation_correction).values(
            [
                {
                    "fund_order": entry.fund_order,
                    "appropriation": entry.after.code,
                    "before": entry.changed(entry.before),
                    "after": entry.changed(entry.after),
                    "reason": entry.reason,
                    "corrected_on": on,
                    "recorded_at": now,
                }
                for entry in made
            ]
        )
    )
    latest = {entry.after.code: entry.after for entry in made}
    names = [field.name for field in fields(Appropriation) if field.name not in ("code", "division_code")]
    statement = (
        sa.update(appropriation)
        .where(appropriation.c.code == sa.bindparam("line"))
        .values({name: sa.bindparam(f"new_{name}", type_=appropriation.c[name].type) for name in names})
    )
    await (await session.connection()).execute(
        statement,
        [
            {"line": code} | {f"new_{name}": getattr(line, name) for name in names}
            for code, line in latest.items()
        ],
    )


async def corrections_of(session: AsyncSession, codes: Collection[str]) -> Mapping[str, list[KeptCorrection]]:
    """The corrections of each line, the oldest first."""
    statement = (
        sa.select(*columns_of(KeptCorrection, appropriation_correction))
        .where(appropriation_correction.c.appropriation.in_(codes))
        .order_by(appropriation_correction.c.recorded_at, appropriation_correction.c.fund_order)
    )
    found: dict[str, list[KeptCorrection]] = {code: [] for code in codes}
    for kept in await read_all(session, KeptCorrection, statement):
        found[kept.appropriation].append(kept)
    return found


async def find_appropriation(session: AsyncSession, code: str) -> Appropriation | None:
    return await read_one(session, Appropriation, _APPROPRIATION.where(appropriation.c.code == code))


async def find_appropriations(session: AsyncSession, codes: Collection[str]) -> dict[str, Appropriation]:
    found = await read_all(session, Appropriation, _APPROPRIATION.where(appropriation.c.code.in_(codes)))
    return {line.code: line for line in found}


async def budget_divisions(session: AsyncSession, codes: Collection[str]) -> Mapping[str, str]:
    """Whose budget each line belongs to."""
    rows = await session.execute(
        sa.select(appropriation.c.code, appropriation.c.division_code).where(appropriation.c.code.in_(codes))
    )
    return {row.code: row.division_code for row in rows}


async def programmes_of(session: AsyncSession, codes: Collection[str]) -> Mapping[str, str]:
    """Whose money each line is."""
    rows = await session.execute(
        sa.select(appropriation.c.code, appropriation.c.programme).where(appropriation.c.code.in_(codes))
    )
    return {row.code: row.programme for row in rows}


async def list_appropriations(
    session: AsyncSession, *, division_code: str, fiscal_year: int | None, after: str | None, limit: int
) -> list[Appropriation]:
    statement = (
        _APPROPRIATION.where(appropriation.c.division_code == division_code)
        .order_by(appropriation.c.code)
        .limit(limit)
    )
    if fiscal_year is not None:
        statement = statement.where(appropriation.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(appropriation.c.code > after)
    return await read_all(session, Appropriation, statement)


async def kept_appropriation(session: AsyncSession, code: str) -> Appropriation:
    """A line that a foreign key holds."""
    found = await find_appropriation(session, code)
    if found is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError(f"the appropriation {code} is missing")
    return found
