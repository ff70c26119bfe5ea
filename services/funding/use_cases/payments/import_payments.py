"""A county's treasury payments, imported as one file with control totals: all of it, or nothing."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Books, least_from
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import PaymentFileInvalid, PaymentsRefused
from services.funding.storage.ledger.postings import lock_accounts, movements_after, post
from services.funding.storage.payments.budget_projects import (
    add_batch,
    add_payments,
    find_budget_projects,
    find_payments,
    lock_county,
    spent_by_project,
)
from services.funding.storage.rounds.rounds import budget_divisions
from services.funding.use_cases.payment_answers import PaymentBatchOut
from shared.data.events import append_event
from shared.errors import Item
from shared.text.money import MAX_FEN, show_wan
from shared.web.fields import BusinessDate, Code, PositiveFen
from shared.web.principals import Principal

BankSerial = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")]


class PaymentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bank_serial: BankSerial = Field(description="the bank's serial number, once in a county")
    budget_project: Code
    requested_fen: PositiveFen
    actual_fen: PositiveFen = Field(
        description="what the bank paid; less than requested for a partial payment"
    )
    paid_on: BusinessDate


class PaymentFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_number: Code
    control_count: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    control_total_fen: PositiveFen = Field(description="sum of actual_fen")
    payments: Annotated[list[PaymentIn], Field(min_length=1, max_length=1_000)]


async def import_payments(
    session: AsyncSession, principal: Principal, file: PaymentFile, *, today: date
) -> PaymentBatchOut:
    """Checks every row, then posts one transfer for each payment."""
    _check_totals(file)
    county = principal.division
    await lock_county(session, county)
    projects = {
        row.code: row
        for row in await find_budget_projects(
            session, county, {entry.budget_project for entry in file.payments}
        )
    }
    quotas = await _lock_quotas(session, county, projects)
    reasons = await _reasons_against(session, county, file, projects, quotas, today=today)
    reasons += await _too_early(session, file, quotas)
    new = await add_batch(
        session,
        {
            "county_code": county,
            "file_number": file.file_number,
            "payments": len(file.payments),
            "total_fen": file.control_total_fen,
            "recorded_by": principal.actor,
        },
    )
    if not new:
        zh, en = f"文件 {file.file_number} 已导入", f"the file {file.file_number} was imported before"
        reasons.insert(0, Item("file_number", "file-once", zh, en))
    if reasons:
        raise PaymentsRefused(
            f"支付文件有{len(reasons)}处不符,全部未导入",
            f"The file has {len(reasons)} fault(s); nothing of it was imported",
            items=reasons,
        )
    await _post(session, principal, file, projects, quotas)
    return PaymentBatchOut(
        file_number=file.file_number, payments=len(file.payments), total_fen=file.control_total_fen
    )


def _check_totals(file: PaymentFile) -> None:
    items = []
    if file.control_count != len(file.payments):
        zh = f"控制笔数 {file.control_count},实为 {len(file.payments)}"
        en = f"the control count is {file.control_count}, the file has {len(file.payments)}"
        items.append(Item("control_count", "control-count", zh, en))
    total = sum(entry.actual_fen for entry in file.payments)
    if file.control_total_fen != total:
        zh = f"控制金额 {show_wan(file.control_total_fen)},实为 {show_wan(total)}"
        en = f"the control total is {show_wan(file.control_total_fen)}, the payments add up to {show_wan(total)}"
        items.append(Item("control_total_fen", "control-total", zh, en))
    if total > MAX_FEN:
        items.append(Item("payments", "amount-too-large", "超出系统限额", "it exceeds the system's limit"))
    if items:
        raise PaymentFileInvalid(
            "控制数与明细不符,未导入",
            "The control totals do not fit the payments; nothing was imported",
            items=items,
        )


async def _lock_quotas(
    session: AsyncSession, county: str, projects: Mapping[str, Any]
) -> dict[str, tuple[Quota, int]]:
    """Each project's quota and what is left in it; locked, so that a recovery at the same moment waits."""
    divisions = await budget_divisions(session, {row.appropriation for row in projects.values()})
    quotas = {
        code: Quota(Books(divisions[row.appropriation], row.appropriation), county, row.cluster)
        for code, row in projects.items()
    }
    balances = await lock_accounts(
        session, [account for quota in quotas.values() for account in (quota.held, quota.paid)]
    )
    return {code: (quota, balances[quota.held]) for code, quota in quotas.items()}


async def _reasons_against(
    session: AsyncSession,
    county: str,
    file: PaymentFile,
    projects: Mapping[str, Any],
    quotas: Mapping[str, tuple[Quota, int]],
    *,
    today: date,
) -> list[Item]:
    known = {
        row.bank_serial: row
        for row in await find_payments(session, county, [entry.bank_serial for entry in file.payments])
    }
    spent = Counter(await spent_by_project(session, county, list(projects)))
    left = dict(quotas.values())
    seen = Counter[str]()
    reasons = []
    for row, entry in enumerate(file.payments, start=1):
        seen[entry.bank_serial] += 1
        reasons += _row_reasons(row, entry, known.get(entry.bank_serial), seen[entry.bank_serial], today)
        project = projects.get(entry.budget_project)
        if project is None:
            zh, en = (
                f"本县没有预算项目 {entry.budget_project}",
                f"your county has no budget project {entry.budget_project}",
            )
            reasons.append(_item(row, "budget_project", "known-budget-project", zh, en))
            continue
        spent[project.code] += entry.actual_fen
        if spent[project.code] > project.amount_fen:
            zh = f"项目安排 {show_wan(project.amount_fen)},累计支付将达 {show_wan(spent[project.code])}"
            en = f"{show_wan(project.amount_fen)} is planned, payments would reach {show_wan(spent[project.code])}"
            reasons.append(_item(row, "actual_fen", "within-budget-project", zh, en))
        quota, _ = quotas[project.code]
        left[quota] -= entry.actual_fen
        if left[quota] < 0:
            zh, en = "超出指标余额", "it exceeds what is left of the quota"
            reasons.append(_item(row, "actual_fen", "within-quota", zh, en))
    return reasons


async def _too_early(
    session: AsyncSession, file: PaymentFile, quotas: Mapping[str, tuple[Quota, int]]
) -> list[Item]:
    """Payments of days on which the county did not hold the quota yet; what exceeds it today is told elsewhere."""
    by_day = sorted(enumerate(file.payments, start=1), key=lambda numbered: numbered[1].paid_on)
    codes = {quota.held.code for quota, _ in quotas.values()}
    moved = await movements_after(session, codes, by_day[0][1].paid_on)
    paid = Counter[str]()
    reasons = []
    for row, entry in by_day:
        if entry.budget_project not in quotas:
            continue
        quota, balance = quotas[entry.budget_project]
        code = quota.held.code
        paid[code] += entry.actual_fen
        least = least_from(entry.paid_on, balance=balance, movements=moved[code])
        if least < paid[code] <= balance:
            zh = f"{entry.paid_on} 尚无此指标:当时余额 {show_wan(least)}"
            en = f"the quota was not there on {entry.paid_on}: it held {show_wan(least)} then"
            reasons.append(_item(row, "paid_on", "money-not-there-yet", zh, en))
    return reasons


def _row_reasons(row: int, entry: PaymentIn, known: Any | None, times: int, today: date) -> list[Item]:
    reasons = []
    if times > 1:
        zh, en = (
            f"流水号 {entry.bank_serial} 重复",
            f"the serial {entry.bank_serial} is in the file twice",
        )
        reasons.append(_item(row, "bank_serial", "serial-once", zh, en))
    if known is not None:
        same = known.actual_fen == entry.actual_fen and known.budget_project == entry.budget_project
        zh = f"流水号 {entry.bank_serial} 已登记" + ("" if same else ",且内容不同")
        en = f"the serial {entry.bank_serial} is recorded already" + ("" if same else ", with other content")
        reasons.append(_item(row, "bank_serial", "serial-once" if same else "serial-differs", zh, en))
    if entry.actual_fen > entry.requested_fen:
        zh, en = "实付多于申请", "more was paid than requested"
        reasons.append(_item(row, "actual_fen", "within-request", zh, en))
    if entry.paid_on > today:
        zh, en = "支付日期晚于今天", "the day of payment is yet to come"
        reasons.append(_item(row, "paid_on", "date-to-come", zh, en))
    return reasons


def _item(row: int, field: str, rule: str, zh: str, en: str) -> Item:
    return Item(f"payments[{row - 1}].{field}", rule, zh, en, row=row)


async def _post(
    session: AsyncSession,
    principal: Principal,
    file: PaymentFile,
    projects: Mapping[str, Any],
    quotas: Mapping[str, tuple[Quota, int]],
) -> None:
    county = principal.division
    rows: list[dict[str, Any]] = []
    totals = Counter[str]()
    for entry in file.payments:
        quota, _ = quotas[entry.budget_project]
        posting = quota.pay(entry.actual_fen, bank_serial=entry.bank_serial, on=entry.paid_on)
        posted = await post(session, posting, actor=principal.actor)
        totals[projects[entry.budget_project].cluster] += entry.actual_fen
        rows.append(
            {
                **entry.model_dump(),
                "county_code": county,
                "file_number": file.file_number,
                "transfer_id": posted.transfer_id,
            }
        )
    await add_payments(session, rows)
    await append_event(
        session,
        "treasury_payments.imported",
        subject=f"{county}:{file.file_number}",
        actor=principal.actor,
        data={"payments": len(rows), "total_fen": file.control_total_fen, "by_cluster": dict(totals)},
    )
