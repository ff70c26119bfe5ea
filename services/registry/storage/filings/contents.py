"""The content of filings: figures, facts, waivers, and which department confirmed which figure."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import Content, FigureKey, FiledValue, Waiver
from services.registry.storage.tables.filings import filing, filing_value, filing_waiver

#: In the order of :class:`FiledValue`.
VALUE_COLUMNS = (
    filing_value.c.indicator,
    filing_value.c.data_year,
    filing_value.c.state,
    filing_value.c.value,
    filing_value.c.definition,
    filing_value.c.provenance,
    filing_value.c.source,
)


async def add_content(
    session: AsyncSession,
    code: str,
    content: Content,
    *,
    confirmed: Mapping[FigureKey, str] | None = None,
) -> None:
    who = confirmed or {}
    if content.values:
        await session.execute(
            insert(filing_value),
            [
                {**asdict(value), "filing_code": code, "confirmed_by": who.get(value.key)}
                for value in content.values
            ],
        )
    if content.waivers:
        await session.execute(
            insert(filing_waiver), [{**asdict(waiver), "filing_code": code} for waiver in content.waivers]
        )


async def load_contents(session: AsyncSession, codes: Collection[str]) -> dict[str, Content]:
    """The content of several filings, in three queries however many there are."""
    facts = {
        row.code: row.facts
        for row in await session.execute(
            sa.select(filing.c.code, filing.c.facts).where(filing.c.code.in_(codes))
        )
    }
    values: dict[str, list[FiledValue]] = {code: [] for code in facts}
    for row in await session.execute(
        sa.select(filing_value.c.filing_code, *VALUE_COLUMNS)
        .where(filing_value.c.filing_code.in_(codes))
        .order_by(filing_value.c.indicator, filing_value.c.data_year)
    ):
        code, *value = row
        values[code].append(FiledValue(*value))
    waivers: dict[str, list[Waiver]] = {code: [] for code in facts}
    for row in await session.execute(sa.select(filing_waiver).where(filing_waiver.c.filing_code.in_(codes))):
        waivers[row.filing_code].append(Waiver(row.rule, row.indicator, row.data_year, row.reason))
    return {code: Content(tuple(values[code]), facts[code], tuple(waivers[code])) for code in facts}


async def replace_values(
    session: AsyncSession, code: str, before: Content, after: Content, *, keep_confirmations: bool
) -> None:
    """Writes new figures and waivers; a confirmation stays on a value that did not change (or on all)."""
    same = set(after.values)
    kept = {value.key for value in before.values if keep_confirmations or value in same}
    confirmed = await confirmed_keys(session, [code])
    await session.execute(sa.delete(filing_value).where(filing_value.c.filing_code == code))
    await session.execute(sa.delete(filing_waiver).where(filing_waiver.c.filing_code == code))
    stays = {key: who for key, who in confirmed[code].items() if key in kept}
    await add_content(session, code, after, confirmed=stays)


async def confirmed_keys(session: AsyncSession, codes: Collection[str]) -> dict[str, dict[FigureKey, str]]:
    """Who confirmed which (indicator, data year) of each filing."""
    found: dict[str, dict[FigureKey, str]] = {code: {} for code in codes}
    for row in await session.execute(
        sa.select(
            filing_value.c.filing_code,
            filing_value.c.indicator,
            filing_value.c.data_year,
            filing_value.c.confirmed_by,
        ).where(filing_value.c.filing_code.in_(codes), filing_value.c.confirmed_by.is_not(None))
    ):
        found[row.filing_code][(row.indicator, row.data_year)] = row.confirmed_by
    return found


async def confirm_values(
    session: AsyncSession, codes: Collection[str], indicators: Collection[str], *, by: str
) -> None:
    await session.execute(
        sa.update(filing_value)
        .where(
            filing_value.c.filing_code.in_(codes),
            filing_value.c.indicator.in_(indicators),
            filing_value.c.confirmed_by.is_(None),
        )
        .values(confirmed_by=by)
    )
