"""Seals: a chain of hashes over all transfers, so that nobody can change the past unseen, not even in the database."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.ledger import account, entry, ledger_seal, transfer, transfer_seal
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.documents.canonical import Json, canonical_bytes

_LOCK: Final = 0x5EA1ED
_CHUNK: Final = 1_000
GENESIS: Final = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Seal:
    """``transfers`` are sealed by this one; the totals are the ledger's when it was sealed."""

    number: int
    sha256: str
    transfers: int
    total_transfers: int
    total_debits_fen: int
    sealed_by: str
    business_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class _SealedLine:
    """A line with its transfer: what a seal covers."""

    id: UUID
    kind: str
    idempotency_key: str
    reverses: UUID | None
    effective_at: date
    recorded_at: datetime
    description: str
    actor: str
    account: str
    amount: int
    account_version: int
    balance_after: int


_SEAL: Final = sa.select(*columns_of(Seal, ledger_seal))


async def lock_seals(session: AsyncSession) -> None:
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


async def last_seal(session: AsyncSession) -> Seal | None:
    return await read_one(session, Seal, _SEAL.order_by(ledger_seal.c.number.desc()).limit(1))


async def find_seal(session: AsyncSession, number: int) -> Seal | None:
    return await read_one(session, Seal, _SEAL.where(ledger_seal.c.number == number))


async def list_seals(session: AsyncSession, *, after: int | None, limit: int | None) -> list[Seal]:
    statement = _SEAL.order_by(ledger_seal.c.number).limit(limit)
    if after is not None:
        statement = statement.where(ledger_seal.c.number > after)
    return await read_all(session, Seal, statement)


async def unsealed(session: AsyncSession) -> list[UUID]:
    """Transfers that are committed and in no seal, in the order of ids; a later commit comes next time."""
    members = sa.exists().where(transfer_seal.c.transfer_id == transfer.c.id)
    return list(
        (await session.scalars(sa.select(transfer.c.id).where(~members).order_by(transfer.c.id))).all()
    )


async def members_of(session: AsyncSession, number: int) -> list[UUID]:
    statement = (
        sa.select(transfer_seal.c.transfer_id)
        .where(transfer_seal.c.seal == number)
        .order_by(transfer_seal.c.transfer_id)
    )
    return list((await session.scalars(statement)).all())


async def hash_of(session: AsyncSession, *, number: int, previous: str, transfers: Sequence[UUID]) -> str:
    """SHA-256 over the number, the hash before, and the canonical bytes of each transfer with its lines."""
    digest = hashlib.sha256(canonical_bytes({"number": number, "previous": previous}))
    async for document in _documents(session, transfers):
        digest.update(canonical_bytes(document))
    return f"sha256:{digest.hexdigest()}"


async def add_seal(
    session: AsyncSession,
    *,
    number: int,
    sha256: str,
    transfers: Sequence[UUID],
    total_transfers: int,
    total_debits_fen: int,
    sealed_by: str,
    on: date,
) -> None:
    await session.execute(
        insert(ledger_seal).values(
            number=number,
            sha256=sha256,
            transfers=len(transfers),
            total_transfers=total_transfers,
            total_debits_fen=total_debits_fen,
            sealed_by=sealed_by,
            business_date=on,
            recorded_at=utc_now(),
        )
    )
    sealed = sa.func.unnest(sa.bindparam("ids", list(transfers), type_=ARRAY(sa.Uuid))).column_valued("id")
    await session.execute(
        insert(transfer_seal).from_select(["transfer_id", "seal"], sa.select(sealed, sa.literal(number)))
    )


async def _documents(session: AsyncSession, transfers: Sequence[UUID]) -> AsyncIterator[dict[str, Json]]:
    for start in range(0, len(transfers), _CHUNK):
        statement = (
            sa.select(
                *columns_of(_SealedLine, transfer, entry),
                account.c.code.label("account"),
            )
            .select_from(
                transfer.join(entry, entry.c.transfer_id == transfer.c.id).join(
                    account, account.c.id == entry.c.account_id
                )
            )
            .where(transfer.c.id.in_(transfers[start : start + _CHUNK]))
            .order_by(transfer.c.id, entry.c.line)
        )
        found = await read_all(session, _SealedLine, statement)
        for _, lines in groupby(found, key=lambda line: line.id):
            yield _document(list(lines))


def _document(lines: Sequence[_SealedLine]) -> dict[str, Json]:
    first = lines[0]
    return {
        "id": str(first.id),
        "kind": first.kind,
        "key": first.idempotency_key,
        "reverses": None if first.reverses is None else str(first.reverses),
        "effective_at": first.effective_at.isoformat(),
        "recorded_at": first.recorded_at.isoformat(),
        "description": first.description,
        "actor": first.actor,
        "lines": [
            {
                "account": line.account,
                "amount": str(line.amount),
                "version": str(line.account_version),
                "balance": str(line.balance_after),
            }
            for line in lines
        ],
    }
