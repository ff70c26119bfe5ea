"""Figures of other filings: those of the same round, and those accepted for the same cluster before."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import FiledValue
from services.registry.domain.filings.filing import FilingState
from services.registry.domain.filings.proposal import AcceptedValue
from services.registry.storage.filings.contents import VALUE_COLUMNS
from services.registry.storage.tables.filings import filing, filing_value


async def figures_of_others(
    session: AsyncSession, round_code: str, *, apart_from: str, indicators: Collection[str]
) -> dict[tuple[str, int], list[Decimal | None]]:
    """The other filings' figures of these indicators, in the same order of filings for each of them."""
    rows = await session.execute(
        sa.select(filing.c.code, filing_value.c.indicator, filing_value.c.data_year, filing_value.c.value)
        .join(filing_value, filing_value.c.filing_code == filing.c.code)
        .where(
            filing.c.round_code == round_code,
            filing.c.cluster_code != apart_from,
            filing_value.c.indicator.in_(indicators),
        )
    )
    found: dict[tuple[str, int], dict[str, Decimal | None]] = {}
    codes: set[str] = set()
    for row in rows:
        codes.add(row.code)
        found.setdefault((row.indicator, row.data_year), {})[row.code] = row.value
    order = sorted(codes)
    return {key: [values.get(code) for code in order] for key, values in found.items()}


async def accepted_values(
    session: AsyncSession, cluster_code: str, years: Sequence[int]
) -> list[AcceptedValue]:
    """What was accepted for the cluster in earlier rounds about these years, the newest round first."""
    rows = await session.execute(
        sa.select(filing.c.code, *VALUE_COLUMNS)
        .join(filing, filing.c.code == filing_value.c.filing_code)
        .where(
            filing.c.cluster_code == cluster_code,
            filing.c.state == FilingState.ACCEPTED.value,
            filing_value.c.data_year.in_(years),
        )
        .order_by(filing.c.round_code.desc(), filing_value.c.indicator)
    )
    return [AcceptedValue(FiledValue(*value), code) for code, *value in rows]
