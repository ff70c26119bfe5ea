"""Posting to the ledger and reading it. One call of ``post_transfer`` posts a whole transfer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger import AccountKey, Posting
from services.funding.domain.refusals import (
    MoneyNotAvailable,
    TransferAlreadyReversed,
    TransferInvalid,
    TransferKeyReused,
)
from services.funding.storage.tables import account, entry, transfer
from shared.errors import Refusal
from shared.identifiers import new_id

_POST = sa.text(
    "SELECT posted_id, replayed FROM post_transfer(:id, :kind, :key, :body_hash, :reverses, :effective_at, "
    ":description, :actor, :accounts, :amounts)"
).bindparams(
    sa.bindparam("id", type_=sa.Uuid),
    sa.bindparam("kind", type_=sa.Text),
    sa.bindparam("key", type_=sa.Text),
    sa.bindparam("body_hash", type_=sa.Text),
    sa.bindparam("reverses", type_=sa.Uuid),
    sa.bindparam("effective_at", type_=sa.Date),
    sa.bindparam("description", type_=sa.Text),
    sa.bindparam("actor", type_=sa.Text),
    sa.bindparam("accounts", type_=ARRAY(sa.BigInteger)),
    sa.bindparam("amounts", type_=ARRAY(sa.BigInteger)),
)


@dataclass(frozen=True, slots=True)
class Posted:
    """``replayed``: the key had posted this transfer before, nothing was moved now."""

    transfer_id: UUID
    replayed: bool


async def post(session: AsyncSession, posting: Posting, *, actor: str) -> Posted:
    """Posts a transfer, opening accounts that are new; refuses what would take an account below its minimum."""
    ids = await _open_accounts(session, list(posting.lines))
    with _ledger_refusals():
        row = (
            await session.execute(
                _POST,
                {
                    "id": new_id(),
                    "kind": posting.kind,
                    "key": posting.key,
                    "body_hash": posting.body_hash,
                    "reverses": posting.reverses,
                    "effective_at": posting.effective_at,
                    "description": posting.description,
                    "actor": actor,
                    "accounts": [ids[key.code] for key in posting.lines],
                    "amounts": list(posting.lines.values()),
                },
            )
        ).one()
    return Posted(row.posted_id, row.replayed)


async def _open_accounts(session: AsyncSession, keys: Sequence[AccountKey]) -> Mapping[str, int]:
    """The ids of accounts by code. Existing ones are read first, so that a usual posting writes none."""
    codes = [key.code for key in keys]
    found = await _account_ids(session, codes)
    missing = [key for key in keys if key.code not in found]
    if missing:
        await session.execute(
            insert(account)
            .values(
                [
                    {
                        "code": key.code,
                        "purpose": key.purpose.value,
                        "division_code": key.division_code,
                        "appropriation": key.appropriation,
                        "cluster": key.cluster,
                        "minimum": key.minimum,
                    }
                    for key in sorted(missing, key=lambda key: key.code)
                ]
            )
            .on_conflict_do_nothing(index_elements=[account.c.code])
        )
        found = await _account_ids(session, codes)
    return found


async def _account_ids(session: AsyncSession, codes: Sequence[str]) -> dict[str, int]:
    rows = await session.execute(sa.select(account.c.code, account.c.id).where(account.c.code.in_(codes)))
    return {row.code: row.id for row in rows}


@contextmanager
def _ledger_refusals() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        refusal = _refusal(str(getattr(error.orig, "sqlstate", "") or ""))
        if refusal is None:
            raise
        raise refusal from error


def _refusal(state: str) -> Refusal | None:
    match state:
        case "FL001":
            return TransferKeyReused(
                "这个记账键已用于另一笔内容不同的转账", "This key was used for another transfer"
            )
        case "FL002":
            return MoneyNotAvailable(
                "账户余额不足,或超出限额;未作任何变动", "An account would leave its limits; nothing was moved"
            )
        case "FL003" | "FL004" | "FL005":
            return TransferInvalid(
                "转账须至少两行、借贷相等;冲正须与原转账逐行相反",
                "A transfer has at least two lines that add up to zero; a reversal mirrors its transfer",
            )
        case "FL006":
            return TransferAlreadyReversed("该转账已被冲正", "This transfer is reversed already")
        case _:
            return None


async def account_by_code(session: AsyncSession, code: str) -> sa.Row[Any] | None:
    return (await session.execute(sa.select(account).where(account.c.code == code))).one_or_none()


async def list_accounts(
    session: AsyncSession, *, division_code: str, appropriation: str | None, after: str | None, limit: int
) -> Sequence[Any]:
    statement = (
        sa.select(account)
        .where(account.c.division_code == division_code)
        .order_by(account.c.code)
        .limit(limit)
    )
    if appropriation is not None:
        statement = statement.where(account.c.appropriation == appropriation)
    if after is not None:
        statement = statement.where(account.c.code > after)
    return (await session.execute(statement)).all()


async def balance_at(
    session: AsyncSession, account_id: int, *, effective_at: date | None, recorded_at: datetime | None
) -> int:
    """What the account held at the end of a business day, as it was known at a moment."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(entry.c.amount), 0))
        .join(transfer, transfer.c.id == entry.c.transfer_id)
        .where(entry.c.account_id == account_id)
    )
    if effective_at is not None:
        statement = statement.where(transfer.c.effective_at <= effective_at)
    if recorded_at is not None:
        statement = statement.where(transfer.c.recorded_at <= recorded_at)
    return int(await session.scalar(statement) or 0)


async def statement_of(
    session: AsyncSession, account_id: int, *, after: int | None, limit: int
) -> Sequence[Any]:
    """An account's entries in the order in which they were posted."""
    statement = (
        sa.select(
            entry.c.account_version,
            entry.c.amount,
            entry.c.balance_after,
            transfer.c.id.label("transfer_id"),
            transfer.c.kind,
            transfer.c.description,
            transfer.c.effective_at,
            transfer.c.recorded_at,
        )
        .join(transfer, transfer.c.id == entry.c.transfer_id)
        .where(entry.c.account_id == account_id, entry.c.account_version > (after or 0))
        .order_by(entry.c.account_version)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def list_transfers(
    session: AsyncSession, *, division_code: str, after: UUID | None, limit: int
) -> Sequence[Any]:
    """Transfers that touch a division's accounts, in the order of their (time-sorted) ids."""
    own = sa.exists().where(
        entry.c.transfer_id == transfer.c.id,
        entry.c.account_id == account.c.id,
        account.c.division_code == division_code,
    )
    statement = sa.select(transfer).where(own).order_by(transfer.c.id).limit(limit)
    if after is not None:
        statement = statement.where(transfer.c.id > after)
    return (await session.execute(statement)).all()


async def get_transfer(session: AsyncSession, transfer_id: UUID) -> sa.Row[Any] | None:
    return (await session.execute(sa.select(transfer).where(transfer.c.id == transfer_id))).one_or_none()


async def lines_of(session: AsyncSession, transfer_ids: Sequence[UUID]) -> Sequence[Any]:
    statement = (
        sa.select(entry, account.c.code, account.c.division_code)
        .join(account, account.c.id == entry.c.account_id)
        .where(entry.c.transfer_id.in_(transfer_ids))
        .order_by(entry.c.transfer_id, entry.c.line)
    )
    return (await session.execute(statement)).all()
