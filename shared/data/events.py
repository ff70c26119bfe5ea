"""One append-only table for audit, outbox and feed.

A change and its event are written in one transaction. One *sealer* numbers events that are committed and
chains their hashes (``event_seal``); only numbered events are served, so a transaction that commits late
can never be skipped by a reader who remembers the last number. Personal data enters as a salted hash only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import utc_now
from shared.data.database import PLUMBING
from shared.documents.canonical import Json, canonical_bytes
from shared.telemetry import request_id
from shared.text.identifiers import first_id_at, new_id

event = sa.Table(
    "event",
    PLUMBING,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)

event_seal = sa.Table(
    "event_seal",
    PLUMBING,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Uuid, sa.ForeignKey(event.c.id), nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

_SEALER_LOCK: Final = 0x5EA1
_SEAL_BATCH: Final = 5_000
_GENESIS: Final = b"\0" * 32
#: No transaction lasts this long (statements and idle transactions are ended far earlier), so no event older than
#: this before the last sealed one can still be committed; the sealer need not look at the whole table.
_LATEST_COMMIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Happened:
    """``kind`` is a past participle with its noun (``annual_return.accepted``); ``subject`` the business code of the
    thing; ``data`` primitives that a reader needs."""

    kind: str
    subject: str
    data: Mapping[str, Json] = field(default_factory=dict)


async def append_event(
    session: AsyncSession, kind: str, *, subject: str, actor: str, data: Mapping[str, Json] | None = None
) -> None:
    """Records that something happened, in the transaction of the change; ``actor`` is who did it."""
    await append_events(session, [Happened(kind, subject, data or {})], actor=actor)


async def append_events(session: AsyncSession, happened: Sequence[Happened], *, actor: str) -> None:
    """Records what happened, in its order, in one statement."""
    if not happened:
        return
    now, request = utc_now(), request_id()
    await session.execute(
        insert(event).values(
            [
                {
                    "id": new_id(),
                    "kind": entry.kind,
                    "subject": entry.subject,
                    "actor": actor,
                    "request_id": request,
                    "data": dict(entry.data),
                    "recorded_at": now,
                }
                for entry in happened
            ]
        )
    )


async def seal_events(session: AsyncSession) -> int:
    """Numbers and chains what is committed and not yet numbered; returns how many. Only one sealer works at a time."""
    got_lock = await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_SEALER_LOCK)))
    if not got_lock:
        return 0
    last = (
        await session.execute(
            sa.select(event_seal.c.number, event_seal.c.hash, event.c.recorded_at)
            .join_from(event_seal, event, event.c.id == event_seal.c.event_id)
            .order_by(event_seal.c.number.desc())
            .limit(1)
        )
    ).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, _GENESIS)
    oldest_possible = first_id_at(last.recorded_at - _LATEST_COMMIT) if last else UUID(int=0)
    waiting = (
        await session.execute(
            sa.select(event)
            .where(event.c.id >= oldest_possible)
            .where(~sa.exists().where(event_seal.c.event_id == event.c.id))
            .order_by(event.c.recorded_at, event.c.id)
            .limit(_SEAL_BATCH)
        )
    ).all()
    seals: list[dict[str, Any]] = []
    for row in waiting:
        number += 1
        previous = chained_hash(previous, number, row)
        seals.append({"number": number, "event_id": row.id, "hash": previous})
    if seals:
        await session.execute(sa.insert(event_seal), seals)
    return len(seals)


def chained_hash(previous: bytes, number: int, row: Any) -> bytes:
    """The hash of an event in its chain: SHA-256 over the previous hash and the event's canonical bytes."""
    content = canonical_bytes(
        {
            "number": number,
            "id": str(row.id),
            "kind": row.kind,
            "subject": row.subject,
            "actor": row.actor,
            "request_id": row.request_id,
            "data": row.data,
            "recorded_at": _moment(row.recorded_at),
        }
    )
    return hashlib.sha256(previous + content).digest()


async def read_events(session: AsyncSession, *, after: int, limit: int) -> Sequence[Any]:
    """Numbered events with a number above ``after``, in order."""
    statement = (
        sa.select(event, event_seal.c.number, event_seal.c.hash)
        .join_from(event_seal, event, event.c.id == event_seal.c.event_id)
        .where(event_seal.c.number > after)
        .order_by(event_seal.c.number)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def verify_event_chain(session: AsyncSession) -> int:
    """Recomputes the whole chain; returns its length, raises ``ValueError`` at the first event that does not fit."""
    previous, number = _GENESIS, 0
    while rows := await read_events(session, after=number, limit=_SEAL_BATCH):
        for row in rows:
            number += 1
            previous = chained_hash(previous, number, row)
            if row.number != number or row.hash != previous:
                raise ValueError(f"the event chain is broken at number {row.number}")
    return number


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")
