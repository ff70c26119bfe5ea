"""Routes of the ledger: read only; it is written by the commands that move money."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.funding.api.dependencies import (
    AccountCode,
    EffectiveAt,
    FiscalYear,
    LedgerReader,
    OptionalCode,
    RecordedAt,
    Sealer,
    SealReader,
)
from services.funding.api.models.ledger import (
    AccountOut,
    BalanceOut,
    LedgerProofOut,
    LedgerSealOut,
    LedgerSummaryOut,
    SealVerificationOut,
    StatementLineOut,
    TransferOut,
)
from services.funding.domain.ledger.books import Grouping
from services.funding.use_cases.ledger.report_ledger import (
    export_beancount,
    summarise_ledger,
)
from services.funding.use_cases.ledger.seal_ledger import (
    seal_ledger,
    show_seals,
    verify_seal,
)
from services.funding.use_cases.ledger.show_ledger import (
    show_accounts,
    show_balance,
    show_ledger_proof,
    show_statement,
    show_transfer,
    show_transfers,
)
from shared.web.dependencies import Session, Today
from shared.web.fields import BusinessDate
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/ledger", tags=["ledger"])

OptionalDay = Annotated[BusinessDate | None, Query()]


@router.get("/accounts", summary="账户 · Accounts of the own budget")
async def get_accounts(
    session: Session,
    principal: LedgerReader,
    page: Paging,
    answer: AnswerPage,
    appropriation: OptionalCode = None,
) -> Page[AccountOut]:
    return answer.of(AccountOut, await show_accounts(session, principal, page, appropriation=appropriation))


@router.get("/accounts/{code}/balance", summary="余额 · A balance, at any pair of business day and moment")
async def get_balance(
    session: Session,
    principal: LedgerReader,
    code: AccountCode,
    effective_at: EffectiveAt = None,
    recorded_at: RecordedAt = None,
) -> BalanceOut:
    return BalanceOut.model_validate(
        await show_balance(session, principal, code, effective_at=effective_at, recorded_at=recorded_at)
    )


@router.get("/accounts/{code}/statement", summary="明细账 · An account's entries in order")
async def get_statement(
    session: Session,
    principal: LedgerReader,
    code: AccountCode,
    page: Paging,
    answer: AnswerPage,
) -> Page[StatementLineOut]:
    return answer.of(StatementLineOut, await show_statement(session, principal, code, page))


@router.get("/transfers", summary="转账列表 · Transfers with their lines")
async def get_transfers(
    session: Session,
    principal: LedgerReader,
    page: Paging,
    answer: AnswerPage,
) -> Page[TransferOut]:
    return answer.of(TransferOut, await show_transfers(session, principal, page))


@router.get("/transfers/{transfer_id}", summary="转账 · A transfer with its lines")
async def get_transfer(
    session: Session, principal: LedgerReader, transfer_id: Annotated[UUID, Path()]
) -> TransferOut:
    return TransferOut.model_validate(await show_transfer(session, principal, transfer_id))


@router.get(
    "/summary", summary="汇总 · Openings, movements and closings by line, source, year, county or cluster"
)
async def get_summary(
    session: Session,
    principal: LedgerReader,
    by: Annotated[Grouping, Query()] = Grouping.APPROPRIATION,
    fiscal_year: FiscalYear = None,
    from_day: OptionalDay = None,
    to_day: OptionalDay = None,
    recorded_at: RecordedAt = None,
) -> LedgerSummaryOut:
    """At any pair of business days, as the ledger knew it at any moment."""
    return LedgerSummaryOut.model_validate(
        await summarise_ledger(
            session,
            principal,
            by,
            fiscal_year=fiscal_year,
            from_day=from_day,
            to_day=to_day,
            recorded_at=recorded_at,
        )
    )


@router.get(
    "/export",
    summary="导出账目 · The ledger as a beancount file",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def get_export(session: Session, principal: LedgerReader, fiscal_year: FiscalYear = None) -> Response:
    """Every transfer with its lines, and at the end each account's stored balance as an assertion."""
    content = await export_beancount(session, principal, fiscal_year=fiscal_year)
    return Response(content, media_type="text/plain; charset=utf-8")


@router.post("/seals", status_code=201, summary="核验并封存 · Check the ledger and seal what is new")
async def post_seal(
    session: Session, principal: Sealer, command: KeyedCommand, today: Today
) -> LedgerSealOut:
    """Run it every night; a ledger that does not add up is not sealed, and what does not fit is told."""
    return await command.once(session, LedgerSealOut, lambda: seal_ledger(session, principal, today=today))


@router.get("/seals", summary="封存列表 · Seals of the ledger")
async def get_seals(
    session: Session,
    _principal: SealReader,
    page: Paging,
    answer: AnswerPage,
) -> Page[LedgerSealOut]:
    return answer.of(LedgerSealOut, await show_seals(session, page))


@router.get("/seals/{number}/verification", summary="验证封存 · Recompute a seal from the entries")
async def get_seal_verification(
    session: Session, _principal: SealReader, number: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> SealVerificationOut:
    return SealVerificationOut.model_validate(await verify_seal(session, number))


@router.get("/proof", summary="账目核验 · The ledger's self-check, recomputed from its entries")
async def get_ledger_proof(session: Session, _principal: SealReader) -> LedgerProofOut:
    return LedgerProofOut.model_validate(await show_ledger_proof(session))
