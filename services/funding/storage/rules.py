"""Published incentive rules and the evidence that decisions were based on, both as bytes by their hash."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.storage.tables.rules import evidence, incentive_version
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.data.business_clock import utc_now


async def add_rules(
    session: AsyncSession,
    rules: IncentiveRules,
    *,
    sha256: str,
    document: bytes,
    published_by: str,
    published_on: date,
) -> bool:
    """Keeps a version; false where the version exists already."""
    added = await session.scalar(
        insert(incentive_version)
        .values(
            incentive=rules.id,
            version=rules.version,
            programme=rules.programme,
            sha256=sha256,
            document=document,
            published_by=published_by,
            published_on=published_on,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(incentive_version.c.version)
    )
    return added is not None


async def find_rules(session: AsyncSession, incentive: str, version: str) -> Any | None:
    return (
        await session.execute(
            sa.select(incentive_version).where(
                incentive_version.c.incentive == incentive, incentive_version.c.version == version
            )
        )
    ).one_or_none()


async def list_rules(session: AsyncSession, *, programme: str | None) -> Sequence[Any]:
    columns = [column for column in incentive_version.c if column.name != "document"]
    statement = sa.select(*columns).order_by(incentive_version.c.incentive, incentive_version.c.version)
    if programme is not None:
        statement = statement.where(incentive_version.c.programme == programme)
    return (await session.execute(statement)).all()


def rules_of(document: bytes) -> IncentiveRules:
    """A published version was checked when it was published."""
    rules, problems = parse_incentive_rules(json.loads(document))
    if rules is None:  # pragma: no cover - the table is append-only
        raise RuntimeError(f"published incentive rules do not parse: {problems[0]}")
    return rules


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


async def kept_designations(session: AsyncSession, sha256: str) -> DesignationSet:
    return DesignationSet.parse(await _kept(session, sha256), expected_sha256=sha256)


async def _kept(session: AsyncSession, sha256: str) -> bytes:
    document: bytes | None = await session.scalar(
        sa.select(evidence.c.document).where(evidence.c.sha256 == sha256)
    )
    if document is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError(f"the evidence {sha256} is missing")
    return document
