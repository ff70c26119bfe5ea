"""A county's treasury payments, imported as one file with control totals: all of it, or nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books
from services.funding.domain.payments.payment_checks import FileFacts, check_totals, reasons_against
from services.funding.domain.payments.payments import BudgetProject, Payment, PaymentFile
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import PaymentsRefused
from services.funding.storage.ledger.accounts import movements_after
from services.funding.storage.ledger.postings import lock_accounts, post_all
from services.funding.storage.payments.budget_projects import find_budget_projects
from services.funding.storage.payments.payments import (
    add_batch,
    add_payments,
    find_payments,
    lock_county,
    spent_by_project,
)
from services.funding.storage.rounds.appropriations import budget_divisions
from shared.data.events import append_event
from shared.errors import Item
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class PaymentBatch:
    """What was imported."""

    file_number: str
    payments: int
    total_fen: int


async def import_payments(
    session: AsyncSession, principal: Principal, file: PaymentFile, *, today: date
) -> PaymentBatch:
    """Checks every row, then posts one transfer for each payment."""
    check_totals(file)
    county = principal.division
    await lock_county(session, county)
    facts = await _facts(session, county, file, today=today)
    reasons = reasons_against(file, facts)
    if not await add_batch(session, file, county=county, recorded_by=principal.actor):
        zh, en = f"文件 {file.file_number} 已导入", f"the file {file.file_number} was imported before"
        reasons.insert(0, Item("file_number", "file-once", zh, en))
    if reasons:
        raise PaymentsRefused(
            f"支付文件有{len(reasons)}处不符,全部未导入",
            f"The file has {len(reasons)} fault(s); nothing of it was imported",
            items=reasons,
        )
    await _post(session, principal, file, facts)
    return PaymentBatch(file.file_number, len(file.payments), file.control_total_fen)


async def _facts(session: AsyncSession, county: str, file: PaymentFile, *, today: date) -> FileFacts:
    """Quotas are locked, so that a recovery at the same moment waits."""
    codes = {entry.budget_project for entry in file.payments}
    projects = {project.code: project for project in await find_budget_projects(session, county, codes)}
    quotas = await _quotas(session, county, projects)
    balances = await lock_accounts(
        session, [account for quota in quotas.values() for account in (quota.held, quota.paid)]
    )
    known = await find_payments(session, county, [entry.bank_serial for entry in file.payments])
    first = min(entry.paid_on for entry in file.payments)
    return FileFacts(
        projects=projects,
        quotas=quotas,
        known={payment.bank_serial: payment for payment in known},
        spent_fen=await spent_by_project(session, county, list(projects)),
        left_fen={quota: balances[quota.held] for quota in quotas.values()},
        moved=await movements_after(session, {quota.held.code for quota in quotas.values()}, first),
        today=today,
    )


async def _quotas(
    session: AsyncSession, county: str, projects: Mapping[str, BudgetProject]
) -> dict[str, Quota]:
    """Each project's quota."""
    divisions = await budget_divisions(session, {project.appropriation for project in projects.values()})
    return {
        code: Quota(Books(divisions[project.appropriation], project.appropriation), county, project.cluster)
        for code, project in projects.items()
    }


async def _post(session: AsyncSession, principal: Principal, file: PaymentFile, facts: FileFacts) -> None:
    county = principal.division
    postings = [
        facts.quotas[entry.budget_project].pay(
            entry.actual_fen, bank_serial=entry.bank_serial, on=entry.paid_on
        )
        for entry in file.payments
    ]
    payments: list[Payment] = []
    totals = Counter[str]()
    for entry, posted in zip(
        file.payments, await post_all(session, postings, actor=principal.actor), strict=True
    ):
        totals[facts.projects[entry.budget_project].cluster] += entry.actual_fen
        payments.append(
            Payment(
                county_code=county,
                bank_serial=entry.bank_serial,
                file_number=file.file_number,
                budget_project=entry.budget_project,
                requested_fen=entry.requested_fen,
                actual_fen=entry.actual_fen,
                paid_on=entry.paid_on,
                transfer_id=posted.transfer_id,
            )
        )
    await append_event(
        session,
        "treasury_payments.imported",
        subject=f"{county}:{file.file_number}",
        actor=principal.actor,
        data={"payments": len(payments), "total_fen": file.control_total_fen, "by_cluster": dict(totals)},
    )
    await add_payments(session, payments)
