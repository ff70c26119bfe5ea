"""The documents that decisions were based on, as bytes by their hash."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.rules import evidence
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.data.business_clock import utc_now


async def keep_release(session: AsyncSession, release: Release, *, signature: str, key_id: str) -> None:
    await _keep(session, "release", release.sha256, release.canonical(), signature=signature, key_id=key_id)


async def keep_designations(session: AsyncSession, designations: DesignationSet) -> None:
    await _keep(session, "designation_set", designations.sha256, designations.canonical())


async def _keep(
    session: AsyncSession,
    kind: str,
    sha256: str,
    document: bytes,
    *,
    signature: str | None = None,
    key_id: str | None = None,
) -> None:
    await session.execute(
        insert(evidence)
        .values(
            sha256=sha256,
            kind=kind,
            document=document,
            signature=signature,
            key_id=key_id,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
    )


async def kept_release(session: AsyncSession, sha256: str) -> Release:
    return Release.parse(await _kept(session, sha256), expected_sha256=sha256)


async def release_programme(session: AsyncSession, sha256: str) -> str | None:
    """The programme of a release that a decision rests on; none where nothing does."""
    document: bytes | None = await session.scalar(
        sa.select(evidence.c.document).where(evidence.c.sha256 == sha256, evidence.c.kind == "release")
    )
    return None if document is None else Release.parse(document, expected_sha256=sha256).programme


async def kept_designations(session: AsyncSession, sha256: str) -> DesignationSet:
    return DesignationSet.parse(await _kept(session, sha256), expected_sha256=sha256)


async def _kept(session: AsyncSession, sha256: str) -> bytes:
    document: bytes | None = await session.scalar(
        sa.select(evidence.c.document).where(evidence.c.sha256 == sha256)
    )
    if document is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError(f"the evidence {sha256} is missing")
    return document
