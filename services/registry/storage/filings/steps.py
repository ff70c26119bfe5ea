"""The history of filings, step by step."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, Step
from services.registry.domain.filings.history import RecordedStep
from services.registry.domain.filings.send_back import FieldReason
from services.registry.storage.tables.filings import filing_step
from shared.data.business_clock import utc_now


async def add_step(
    session: AsyncSession,
    changed: Filing,
    step: Step,
    *,
    actor: str,
    unit: str,
    business_date: date,
    content: Content | None = None,
    note: str | None = None,
    reasons: Sequence[FieldReason] = (),
) -> None:
    """Adds to the filing's history; the number is its version, so no two steps can share one."""
    await session.execute(
        insert(filing_step).values(
            filing_code=changed.code,
            number=changed.version,
            step=step.value,
            actor=actor,
            unit=unit,
            content_hash=changed.content_hash,
            content=None if content is None else content.as_document(),
            note=note,
            reasons=[asdict(reason) for reason in reasons],
            business_date=business_date,
            recorded_at=utc_now(),
        )
    )


async def was_sent_back(session: AsyncSession, code: str) -> bool:
    sent_back = sa.exists().where(
        filing_step.c.filing_code == code, filing_step.c.step == Step.SENT_BACK.value
    )
    return bool(await session.scalar(sa.select(sent_back)))


async def list_steps(session: AsyncSession, code: str) -> list[RecordedStep]:
    rows = await session.execute(
        sa.select(filing_step).where(filing_step.c.filing_code == code).order_by(filing_step.c.number)
    )
    return [
        RecordedStep(
            number=row.number,
            step=Step(row.step),
            actor=row.actor,
            unit=row.unit,
            content_hash=row.content_hash,
            note=row.note,
            reasons=tuple(FieldReason(**reason) for reason in row.reasons),
            content=None if row.content is None else Content.of_document(row.content),
            business_date=row.business_date,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
