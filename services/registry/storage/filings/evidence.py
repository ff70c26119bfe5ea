"""Evidence of filings, with what is known of its files."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.evidence import Evidence, NewEvidence
from services.registry.storage.tables.files import upload
from services.registry.storage.tables.filings import evidence
from shared.data.business_clock import utc_now


async def add_evidence(
    session: AsyncSession, evidence_id: UUID, filing_code: str, new: NewEvidence, *, added_by: str
) -> bool:
    """False if the file is attached already."""
    added = await session.scalar(
        insert(evidence)
        .values(
            id=evidence_id,
            filing_code=filing_code,
            upload_id=new.upload_id,
            kind=new.kind,
            title=new.title,
            indicator=new.indicator,
            data_year=new.data_year,
            added_by=added_by,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(evidence.c.id)
    )
    return added is not None


async def list_evidence(session: AsyncSession, filing_code: str) -> list[Evidence]:
    rows = await session.execute(
        _evidence().where(evidence.c.filing_code == filing_code).order_by(evidence.c.id)
    )
    return [Evidence(*row) for row in rows]


async def get_evidence(session: AsyncSession, evidence_id: UUID) -> Evidence | None:
    row = (await session.execute(_evidence().where(evidence.c.id == evidence_id))).one_or_none()
    return None if row is None else Evidence(*row)


def _evidence() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        evidence.c.id,
        evidence.c.filing_code,
        evidence.c.upload_id,
        evidence.c.kind,
        evidence.c.title,
        evidence.c.indicator,
        evidence.c.data_year,
        evidence.c.added_by,
        evidence.c.recorded_at,
        upload.c.file_name,
        upload.c.kind,
        upload.c.bytes,
        upload.c.sha256,
    ).join(upload, upload.c.id == evidence.c.upload_id)
