"""Routes of the ledger: read only; it is written by the commands that move money."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.funding.api.dependencies import (
    AccountCode,
    EffectiveAt,
    LedgerReader,
    OptionalCode,
    RecordedAt,
)
from services.funding.use_cases.answers import (
    AccountOut,
    BalanceOut,
    LedgerProofOut,
    StatementLineOut,
    TransferOut,
)
from services.funding.use_cases.show_ledger import (
    show_accounts,
    show_balance,
    show_ledger_proof,
    show_statement,
    show_transfer,
    show_transfers,
)
from shared.database import Session
from shared.pagination import Page, Paging, link_next

router = APIRouter(prefix="/ledger", tags=["ledger"])


@router.get("/accounts", summary="账户 · Accounts of the own budget")
async def get_accounts(
    request: Request,
    response: Response,
    session: Session,
    principal: LedgerReader,
    page: Paging,
    appropriation: OptionalCode = None,
) -> Page[AccountOut]:
    shown = await show_accounts(session, principal, page, appropriation=appropriation)
    link_next(request, response, shown.next)
    return shown


@router.get("/accounts/{code}/balance", summary="余额 · A balance, at any pair of business day and moment")
async def get_balance(
    session: Session,
    principal: LedgerReader,
    code: AccountCode,
    effective_at: EffectiveAt = None,
    recorded_at: RecordedAt = None,
) -> BalanceOut:
    return await show_balance(session, principal, code, effective_at=effective_at, recorded_at=recorded_at)


@router.get("/accounts/{code}/statement", summary="明细账 · An account's entries in order")
async def get_statement(
    request: Request,
    response: Response,
    session: Session,
    principal: LedgerReader,
    code: AccountCode,
    page: Paging,
) -> Page[StatementLineOut]:
    shown = await show_statement(session, principal, code, page)
    link_next(request, response, shown.next)
    return shown


@router.get("/transfers", summary="转账列表 · Transfers with their lines")
async def get_transfers(
    request: Request, response: Response, session: Session, principal: LedgerReader, page: Paging
) -> Page[TransferOut]:
    shown = await show_transfers(session, principal, page)
    link_next(request, response, shown.next)
    return shown


@router.get("/transfers/{transfer_id}", summary="转账 · A transfer with its lines")
async def get_transfer(
    session: Session, principal: LedgerReader, transfer_id: Annotated[UUID, Path()]
) -> TransferOut:
    return await show_transfer(session, principal, transfer_id)


@router.get("/proof", summary="账目核验 · The ledger's self-check, recomputed from its entries")
async def get_ledger_proof(session: Session, _principal: LedgerReader) -> LedgerProofOut:
    return await show_ledger_proof(session)
