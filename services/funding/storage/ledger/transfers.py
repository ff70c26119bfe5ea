"""Transfers with their lines."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.ledger import account, entry, transfer, transfer_number
from shared.data.rows import read_all


@dataclass(frozen=True, slots=True)
class TransferLine:
    """``division_code``: whose budget the account belongs to."""

    transfer_id: UUID
    account: str
    division_code: str
    amount_fen: int
    balance_after_fen: int
    account_version: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """``number``: its place in the order of recording; null until somebody reads the list."""

    id: UUID
    kind: str
    key: str
    reverses: UUID | None
    effective_at: date
    recorded_at: datetime
    description: str
    actor: str
    number: int | None = None
    lines: tuple[TransferLine, ...] = ()


_TRANSFER = sa.select(
    transfer.c.id,
    transfer.c.kind,
    transfer.c.idempotency_key.label("key"),
    transfer.c.reverses,
    transfer.c.effective_at,
    transfer.c.recorded_at,
    transfer.c.description,
    transfer.c.actor,
    transfer_number.c.number,
).outerjoin(transfer_number, transfer_number.c.transfer_id == transfer.c.id)


async def list_transfers(
    session: AsyncSession, *, division_code: str, after: int | None, limit: int
) -> list[Transfer]:
    """Transfers that touch a division's accounts, in the order in which they were numbered."""
    own = sa.exists().where(
        entry.c.transfer_id == transfer.c.id,
        entry.c.account_id == account.c.id,
        account.c.division_code == division_code,
    )
    statement = (
        _TRANSFER.where(own, transfer_number.c.number > (after or 0))
        .order_by(transfer_number.c.number)
        .limit(limit)
    )
    return await _with_lines(session, await read_all(session, Transfer, statement))


async def find_transfer(session: AsyncSession, transfer_id: UUID) -> Transfer | None:
    found = await read_all(session, Transfer, _TRANSFER.where(transfer.c.id == transfer_id))
    return next(iter(await _with_lines(session, found)), None)


async def _with_lines(session: AsyncSession, transfers: Sequence[Transfer]) -> list[Transfer]:
    statement = (
        sa.select(
            entry.c.transfer_id,
            account.c.code.label("account"),
            account.c.division_code,
            entry.c.amount.label("amount_fen"),
            entry.c.balance_after.label("balance_after_fen"),
            entry.c.account_version,
        )
        .join(account, account.c.id == entry.c.account_id)
        .where(entry.c.transfer_id.in_([found.id for found in transfers]))
        .order_by(entry.c.transfer_id, entry.c.line)
    )
    lines: dict[UUID, list[TransferLine]] = defaultdict(list)
    for line in await read_all(session, TransferLine, statement):
        lines[line.transfer_id].append(line)
    return [replace(found, lines=tuple(lines[found.id])) for found in transfers]
