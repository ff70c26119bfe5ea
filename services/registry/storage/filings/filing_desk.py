"""What lies beside a filing: on-site checks, attested aggregates, evidence; and the other filings of its round."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.storage.tables.files import upload
from services.registry.storage.tables.filings import evidence, filing, filing_value, on_site_check
from services.registry.storage.tables.registers import attested_aggregate
from shared.data.business_clock import utc_now


async def add_on_site_check(session: AsyncSession, row: Mapping[str, Any]) -> None:
    await session.execute(insert(on_site_check).values(**row, recorded_at=utc_now()))


async def on_site_checks(session: AsyncSession, codes: Collection[str]) -> list[Mapping[str, Any]]:
    """All checks of these filings, oldest first."""
    rows = await session.execute(
        sa.select(on_site_check)
        .where(on_site_check.c.filing_code.in_(codes))
        .order_by(on_site_check.c.recorded_at, on_site_check.c.id)
    )
    return [dict(row._mapping) for row in rows]


async def add_attested(session: AsyncSession, row: Mapping[str, Any]) -> None:
    await session.execute(insert(attested_aggregate).values(**row, recorded_at=utc_now()))


async def attested(
    session: AsyncSession, clusters: Sequence[str], years: Sequence[int]
) -> list[Mapping[str, Any]]:
    """The newest attested aggregate for each cluster, indicator and year."""
    key = (attested_aggregate.c.cluster_code, attested_aggregate.c.indicator, attested_aggregate.c.data_year)
    rows = await session.execute(
        sa.select(attested_aggregate)
        .where(attested_aggregate.c.cluster_code.in_(clusters), attested_aggregate.c.data_year.in_(years))
        .ext(distinct_on(*key))
        .order_by(*key, attested_aggregate.c.recorded_at.desc())
    )
    return [dict(row._mapping) for row in rows]


async def add_evidence(session: AsyncSession, row: Mapping[str, Any]) -> bool:
    """False if the file is attached already."""
    added = await session.scalar(
        insert(evidence)
        .values(**row, recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(evidence.c.id)
    )
    return added is not None


async def list_evidence(session: AsyncSession, filing_code: str) -> list[Mapping[str, Any]]:
    rows = await session.execute(
        _evidence().where(evidence.c.filing_code == filing_code).order_by(evidence.c.id)
    )
    return [dict(row._mapping) for row in rows]


async def get_evidence(session: AsyncSession, evidence_id: UUID) -> Mapping[str, Any] | None:
    row = (await session.execute(_evidence().where(evidence.c.id == evidence_id))).one_or_none()
    return None if row is None else dict(row._mapping)


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


async def accepted_values_of_year(
    session: AsyncSession, cluster_code: str, years: Sequence[int]
) -> list[Mapping[str, Any]]:
    """What was accepted for the cluster in earlier rounds about these years, the newest round first."""
    rows = await session.execute(
        sa.select(filing_value, filing.c.round_code)
        .join(filing, filing.c.code == filing_value.c.filing_code)
        .where(
            filing.c.cluster_code == cluster_code,
            filing.c.state == "accepted",
            filing_value.c.data_year.in_(years),
        )
        .order_by(filing.c.round_code.desc(), filing_value.c.indicator)
    )
    return [dict(row._mapping) for row in rows]


def _evidence() -> sa.Select[Any]:
    return sa.select(
        evidence, upload.c.file_name, upload.c.bytes, upload.c.sha256, upload.c.kind.label("file_kind")
    ).join(upload, upload.c.id == evidence.c.upload_id)
