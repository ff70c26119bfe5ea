"""The books to read: accounts, balances at any pair of times, statements, transfers, and the proof."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.ledger.accounts import (
    Account,
    StatementLine,
    account_by_code,
    balance_at,
    list_accounts,
    statement_of,
)
from services.funding.storage.ledger.check import Proof, check_ledger
from services.funding.storage.ledger.transfer_numbers import number_transfers
from services.funding.storage.ledger.transfers import Transfer, find_transfer, list_transfers
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_number, cursor_text
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account held at the end of a business day, as it was known at a moment."""

    code: str
    effective_at: date | None
    recorded_at: datetime | None
    balance_fen: int


async def show_accounts(
    session: AsyncSession, principal: Principal, page: PageRequest, *, appropriation: str | None
) -> Listed[Account]:
    found = await list_accounts(
        session,
        division_code=principal.division,
        appropriation=appropriation,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(found, page, lambda account: [account.code])


async def show_balance(
    session: AsyncSession,
    principal: Principal,
    code: str,
    *,
    effective_at: date | None,
    recorded_at: datetime | None,
) -> Balance:
    account = await _own_account(session, principal, code)
    balance = await balance_at(session, account.id, effective_at=effective_at, recorded_at=recorded_at)
    return Balance(code, effective_at, recorded_at, balance)


async def show_statement(
    session: AsyncSession, principal: Principal, code: str, page: PageRequest
) -> Listed[StatementLine]:
    account = await _own_account(session, principal, code)
    found = await statement_of(session, account.id, after=cursor_number(page.after), limit=page.limit + 1)
    return Listed.cut(found, page, lambda line: [line.account_version])


async def show_transfers(session: AsyncSession, principal: Principal, page: PageRequest) -> Listed[Transfer]:
    """In the order of recording: whoever goes on after the last one misses none."""
    await number_transfers(session)
    found = await list_transfers(
        session, division_code=principal.division, after=cursor_number(page.after), limit=page.limit + 1
    )
    return Listed.cut(found, page, lambda transfer: [transfer.number or 0])


async def show_transfer(session: AsyncSession, principal: Principal, transfer_id: UUID) -> Transfer:
    found = await find_transfer(session, transfer_id)
    if found is None or not all(principal.covers([line.division_code]) for line in found.lines):
        raise NotFound("转账", "transfer")
    return found


async def show_ledger_proof(session: AsyncSession) -> Proof:
    return await check_ledger(session)


async def _own_account(session: AsyncSession, principal: Principal, code: str) -> Account:
    found = await account_by_code(session, code)
    if found is None or not principal.covers([found.division_code]):
        raise NotFound("账户", "account")
    return found
