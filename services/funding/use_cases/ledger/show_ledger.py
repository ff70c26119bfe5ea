"""The books to read: accounts, balances at any pair of times, statements, transfers, and the proof."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.ledger import postings
from services.funding.storage.ledger.check import check_ledger
from services.funding.use_cases.answers import (
    AccountOut,
    BalanceOut,
    LedgerProofOut,
    StatementLineOut,
    TransferLineOut,
    TransferOut,
)
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Page, PageRequest, cursor_number, cursor_text, encode_cursor
from shared.web.principals import Principal


async def show_accounts(
    session: AsyncSession, principal: Principal, page: PageRequest, *, appropriation: str | None
) -> Page[AccountOut]:
    rows = await postings.list_accounts(
        session,
        division_code=principal.division,
        appropriation=appropriation,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    items = [_account(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].code]) if len(rows) > page.limit else None)


async def show_balance(
    session: AsyncSession,
    principal: Principal,
    code: str,
    *,
    effective_at: date | None,
    recorded_at: datetime | None,
) -> BalanceOut:
    row = await _own_account(session, principal, code)
    balance = await postings.balance_at(session, row.id, effective_at=effective_at, recorded_at=recorded_at)
    return BalanceOut(code=code, effective_at=effective_at, recorded_at=recorded_at, balance_fen=balance)


async def show_statement(
    session: AsyncSession, principal: Principal, code: str, page: PageRequest
) -> Page[StatementLineOut]:
    row = await _own_account(session, principal, code)
    rows = await postings.statement_of(session, row.id, after=cursor_number(page.after), limit=page.limit + 1)
    items = [
        StatementLineOut(
            account_version=line.account_version,
            amount_fen=line.amount,
            balance_after_fen=line.balance_after,
            transfer_id=line.transfer_id,
            kind=line.kind,
            description=line.description,
            effective_at=line.effective_at,
            recorded_at=line.recorded_at,
        )
        for line in rows[: page.limit]
    ]
    following = encode_cursor([items[-1].account_version]) if len(rows) > page.limit else None
    return Page(items=items, next=following)


async def show_transfers(session: AsyncSession, principal: Principal, page: PageRequest) -> Page[TransferOut]:
    rows = await postings.list_transfers(
        session, division_code=principal.division, after=_uuid(page.after), limit=page.limit + 1
    )
    items = await _transfers(session, rows[: page.limit])
    return Page(items=items, next=encode_cursor([str(items[-1].id)]) if len(rows) > page.limit else None)


async def show_transfer(session: AsyncSession, principal: Principal, transfer_id: UUID) -> TransferOut:
    row = await postings.get_transfer(session, transfer_id)
    lines = await postings.lines_of(session, [transfer_id])
    if row is None or not all(principal.covers([line.division_code]) for line in lines):
        raise NotFound("转账", "transfer")
    return (await _transfers(session, [row]))[0]


async def show_ledger_proof(session: AsyncSession) -> LedgerProofOut:
    proof = await check_ledger(session)
    return LedgerProofOut(
        sound=proof.sound,
        accounts=proof.accounts,
        transfers=proof.transfers,
        entries=proof.entries,
        debits_fen=proof.debits_fen,
        credits_fen=proof.credits_fen,
        unbalanced_transfers=list(proof.unbalanced_transfers),
        wrong_balances=list(proof.wrong_balances),
        broken_chains=list(proof.broken_chains),
    )


async def _own_account(session: AsyncSession, principal: Principal, code: str) -> Any:
    row = await postings.account_by_code(session, code)
    if row is None or not principal.covers([row.division_code]):
        raise NotFound("账户", "account")
    return row


async def _transfers(session: AsyncSession, rows: Sequence[Any]) -> list[TransferOut]:
    lines: dict[UUID, list[TransferLineOut]] = defaultdict(list)
    for line in await postings.lines_of(session, [row.id for row in rows]):
        lines[line.transfer_id].append(
            TransferLineOut(
                account=line.code,
                amount_fen=line.amount,
                balance_after_fen=line.balance_after,
                account_version=line.account_version,
            )
        )
    return [
        TransferOut(
            id=row.id,
            kind=row.kind,
            key=row.idempotency_key,
            reverses=row.reverses,
            effective_at=row.effective_at,
            recorded_at=row.recorded_at,
            description=row.description,
            actor=row.actor,
            lines=lines[row.id],
        )
        for row in rows
    ]


def _account(row: Any) -> AccountOut:
    return AccountOut(
        code=row.code,
        purpose=row.purpose,
        appropriation=row.appropriation,
        cluster=row.cluster,
        minimum_fen=row.minimum,
        balance_fen=row.balance,
        version=row.version,
    )


def _uuid(after: list[str | int] | None) -> UUID | None:
    text = cursor_text(after)
    try:
        return None if text is None else UUID(text)
    except ValueError as error:
        raise CursorInvalid(
            "页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page"
        ) from error
