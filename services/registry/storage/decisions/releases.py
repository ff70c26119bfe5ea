"""Releases as they were received, and what is decided on each."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.decision import (
    State,
)
from services.registry.storage.tables.decisions import (
    designation_decision,
    designation_decision_release,
    received_release,
    snapshot,
)
from shared.contracts.release import Release
from shared.data.business_clock import utc_now


async def add_release(
    session: AsyncSession, release: Release, *, signature: str, key_id: str, round_code: str | None
) -> None:
    """Keeps a release as it was received; the same one again is no other. ``round_code``: that of its snapshot."""
    await session.execute(
        insert(received_release)
        .values(
            sha256=release.sha256,
            document=release.canonical(),
            signature=signature,
            key_id=key_id,
            programme=release.programme,
            assessment_year=release.assessment_year,
            kind=release.kind,
            recorded_at=utc_now(),
            round_code=round_code,
        )
        .on_conflict_do_nothing()
    )


async def is_decided(session: AsyncSession, release: Release, round_code: str | None) -> bool:
    """Whether another decision, proposed or approved, rests on a release of the same round."""
    statement = (
        sa.select(received_release.c.sha256)
        .join(
            designation_decision_release,
            designation_decision_release.c.release_sha256 == received_release.c.sha256,
        )
        .join(designation_decision, designation_decision.c.code == designation_decision_release.c.decision)
        .where(
            received_release.c.programme == release.programme,
            received_release.c.assessment_year == release.assessment_year,
            received_release.c.kind == release.kind,
            received_release.c.round_code.is_not_distinct_from(round_code),
            designation_decision.c.state.in_([State.PROPOSED, State.APPROVED]),
        )
    )
    return bool(await session.scalar(sa.select(statement.exists())))


async def round_of_snapshot(session: AsyncSession, sha256: str) -> str | None:
    found: str | None = await session.scalar(
        sa.select(snapshot.c.round_code).where(snapshot.c.sha256 == sha256)
    )
    return found
