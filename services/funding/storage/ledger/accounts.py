"""Accounts: what they hold, at any pair of times, and their entries in order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Purpose
from services.funding.storage.tables.ledger import account, entry, transfer
from shared.data.rows import read_all, read_one


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    code: str
    purpose: str
    division_code: str
    appropriation: str
    cluster: str | None
    holder: str | None
    minimum_fen: int
    balance_fen: int
    version: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    account_version: int
    amount_fen: int
    balance_after_fen: int
    transfer_id: UUID
    kind: str
    description: str
    effective_at: date
    recorded_at: datetime


_ACCOUNT = sa.select(
    account.c.id,
    account.c.code,
    account.c.purpose,
    account.c.division_code,
    account.c.appropriation,
    account.c.cluster,
    account.c.holder,
    account.c.minimum.label("minimum_fen"),
    account.c.balance.label("balance_fen"),
    account.c.version,
)


async def account_by_code(session: AsyncSession, code: str) -> Account | None:
    return await read_one(session, Account, _ACCOUNT.where(account.c.code == code))


async def list_accounts(
    session: AsyncSession, *, division_code: str, appropriation: str | None, after: str | None, limit: int
) -> list[Account]:
    statement = _ACCOUNT.where(account.c.division_code == division_code).order_by(account.c.code).limit(limit)
    if appropriation is not None:
        statement = statement.where(account.c.appropriation == appropriation)
    if after is not None:
        statement = statement.where(account.c.code > after)
    return await read_all(session, Account, statement)


async def balances_by_purpose(
    session: AsyncSession, appropriations: Collection[str]
) -> Mapping[str, dict[Purpose, int]]:
    """What the accounts of each line hold together, by their purpose."""
    total = sa.cast(sa.func.sum(account.c.balance), sa.BigInteger).label("total")
    rows = await session.execute(
        sa.select(account.c.appropriation, account.c.purpose, total)
        .where(account.c.appropriation.in_(appropriations))
        .group_by(account.c.appropriation, account.c.purpose)
    )
    found: dict[str, dict[Purpose, int]] = {code: {} for code in appropriations}
    for row in rows:
        found[row.appropriation][Purpose(row.purpose)] = row.total
    return found


async def balances_of_lines(
    session: AsyncSession, appropriations: Collection[str], purposes: Collection[Purpose]
) -> list[Account]:
    """Accounts of lines with these purposes that hold something."""
    statement = _ACCOUNT.where(
        account.c.appropriation.in_(appropriations),
        account.c.purpose.in_([purpose.value for purpose in purposes]),
        account.c.balance != 0,
    ).order_by(account.c.code)
    return await read_all(session, Account, statement)


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
) -> list[StatementLine]:
    """An account's entries in the order in which they were posted."""
    statement = (
        sa.select(
            entry.c.account_version,
            entry.c.amount.label("amount_fen"),
            entry.c.balance_after.label("balance_after_fen"),
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
    return await read_all(session, StatementLine, statement)
