"""Posting to the ledger and reading it. One call of ``post_transfer`` posts a whole transfer."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from asyncpg import CheckViolationError
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import AccountKey, Posting, Purpose
from services.funding.domain.refusals import (
    MoneyNotAvailable,
    TransferAlreadyReversed,
    TransferInvalid,
    TransferKeyReused,
)
from services.funding.storage.tables.ledger import account, entry, transfer
from shared.data.identifiers import new_id
from shared.errors import Refusal

_TEXTS = ARRAY(sa.Text)
_ACCOUNTS = ":codes, :purposes, :divisions, :appropriations, :clusters, :holders"
_ACCOUNT_TYPES = [
    sa.bindparam(name, type_=_TEXTS)
    for name in ("codes", "purposes", "divisions", "appropriations", "clusters", "holders")
]
_POST = sa.text(
    "SELECT posted_id, replayed, unopened FROM post_transfer(:id, :kind, :key, :body_hash, :reverses, :effective_at, "
    ":description, :actor, :codes, :amounts)"
).bindparams(
    sa.bindparam("id", type_=sa.Uuid),
    sa.bindparam("kind", type_=sa.Text),
    sa.bindparam("key", type_=sa.Text),
    sa.bindparam("body_hash", type_=sa.Text),
    sa.bindparam("reverses", type_=sa.Uuid),
    sa.bindparam("effective_at", type_=sa.Date),
    sa.bindparam("description", type_=sa.Text),
    sa.bindparam("actor", type_=sa.Text),
    sa.bindparam("codes", type_=_TEXTS),
    sa.bindparam("amounts", type_=ARRAY(sa.BigInteger)),
)
_LIMITS = "ck_account_balance_within_limits"
_OPEN = sa.text(f"SELECT open_accounts({_ACCOUNTS})").bindparams(*_ACCOUNT_TYPES)


@dataclass(frozen=True, slots=True)
class Posted:
    """``replayed``: the key had posted this transfer before, nothing was moved now."""

    transfer_id: UUID
    replayed: bool


async def post(session: AsyncSession, posting: Posting, *, actor: str) -> Posted:
    """Posts a transfer, opening accounts that are new; refuses what would take an account below its minimum."""
    values = {
        "id": new_id(),
        "kind": posting.kind,
        "key": posting.key,
        "body_hash": posting.body_hash,
        "reverses": posting.reverses,
        "effective_at": posting.effective_at,
        "description": posting.description,
        "actor": actor,
        "codes": [key.code for key in posting.lines],
        "amounts": list(posting.lines.values()),
    }
    with _ledger_refusals():
        row = (await session.execute(_POST, values)).one()
        if row.unopened:
            await session.execute(_OPEN, _account_arrays(list(posting.lines)))
            row = (await session.execute(_POST, values)).one()
    return Posted(row.posted_id, row.replayed)


async def lock_accounts(session: AsyncSession, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """Opens what is new, locks all in one order, and tells the balances. Whoever posts several transfers in one
    transaction, or decides by a balance, does this first: then nobody waits in a circle."""
    wanted = {key.code: key for key in keys}
    if not wanted:
        return {}
    await session.execute(_OPEN, _account_arrays(list(wanted.values())))
    rows = await session.execute(
        sa.select(account.c.code, account.c.balance)
        .where(account.c.code.in_(wanted))
        .order_by(account.c.id)
        .with_for_update()
    )
    return {wanted[row.code]: int(row.balance) for row in rows}


def _account_arrays(keys: Sequence[AccountKey]) -> dict[str, list[Any]]:
    return {
        "codes": [key.code for key in keys],
        "purposes": [key.purpose.value for key in keys],
        "divisions": [key.division_code for key in keys],
        "appropriations": [key.appropriation for key in keys],
        "clusters": [key.cluster for key in keys],
        "holders": [key.holder for key in keys],
    }


@contextmanager
def _ledger_refusals() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        refusal = _refusal(error.driver_exception)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: BaseException | None) -> Refusal | None:
    if isinstance(error, CheckViolationError) and error.constraint_name == _LIMITS:
        return MoneyNotAvailable(
            "账户余额不足,或超出限额;未作任何变动", "An account would leave its limits; nothing was moved"
        )
    match getattr(error, "sqlstate", None):
        case "FL001":
            return TransferKeyReused(
                "这个记账键已用于另一笔内容不同的转账", "This key was used for another transfer"
            )
        case "FL004" | "FL005":
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


async def purpose_total(session: AsyncSession, appropriation: str, purpose: Purpose) -> int:
    """What all accounts of a purpose hold together."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(account.c.balance), 0)).where(
        account.c.appropriation == appropriation, account.c.purpose == purpose.value
    )
    return int(await session.scalar(statement) or 0)


async def balances_of_line(
    session: AsyncSession, appropriation: str, purposes: Collection[Purpose]
) -> Sequence[Any]:
    """Accounts of a line with these purposes that hold something."""
    statement = (
        sa.select(account.c.code, account.c.purpose, account.c.holder, account.c.cluster, account.c.balance)
        .where(
            account.c.appropriation == appropriation,
            account.c.purpose.in_([purpose.value for purpose in purposes]),
            account.c.balance != 0,
        )
        .order_by(account.c.code)
    )
    return (await session.execute(statement)).all()


async def balances_of(session: AsyncSession, codes: Collection[str]) -> Mapping[str, int]:
    rows = await session.execute(
        sa.select(account.c.code, account.c.balance).where(account.c.code.in_(codes))
    )
    return {row.code: int(row.balance) for row in rows}


async def movements_after(
    session: AsyncSession, codes: Collection[str], day: date
) -> Mapping[str, list[tuple[date, int]]]:
    """What moved on each business day after ``day``, in the order of days, by account code."""
    total = sa.cast(sa.func.sum(entry.c.amount), sa.BigInteger)
    rows = await session.execute(
        sa.select(account.c.code, transfer.c.effective_at, total)
        .select_from(
            entry.join(account, account.c.id == entry.c.account_id).join(
                transfer, transfer.c.id == entry.c.transfer_id
            )
        )
        .where(account.c.code.in_(codes), transfer.c.effective_at > day)
        .group_by(account.c.code, transfer.c.effective_at)
        .order_by(account.c.code, transfer.c.effective_at)
    )
    found: dict[str, list[tuple[date, int]]] = {code: [] for code in codes}
    for code, moved_on, amount in rows:
        found[code].append((moved_on, amount))
    return found


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
