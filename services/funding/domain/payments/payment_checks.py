"""What a file of treasury payments is checked against: every fault of every row at once, from facts alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.funding.domain.ledger.books import least_from
from services.funding.domain.payments.payments import BudgetProject, Payment, PaymentFile, PaymentIn
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import PaymentFileInvalid
from shared.errors import Item
from shared.text.money import MAX_FEN, show_wan


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the payments are judged by.

    ``projects`` and ``quotas`` by project code, ``known`` payments by serial, ``spent_fen`` by project, ``left_fen`` by
    quota; ``moved``: what moved on each later day, by account code.
    """

    projects: Mapping[str, BudgetProject]
    quotas: Mapping[str, Quota]
    known: Mapping[str, Payment]
    spent_fen: Mapping[str, int]
    left_fen: Mapping[Quota, int]
    moved: Mapping[str, Sequence[tuple[date, int]]]
    today: date


def check_totals(file: PaymentFile) -> None:
    """Refuses a file that does not hold what its control totals say."""
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


def reasons_against(file: PaymentFile, facts: FileFacts) -> list[Item]:
    """Only rows that are right count for the rows behind them: one fault makes no other."""
    reasons, right = _rows(file, facts)
    return [*reasons, *_too_early(right, facts)]


def _rows(file: PaymentFile, facts: FileFacts) -> tuple[list[Item], list[tuple[int, PaymentIn]]]:
    """Each row by itself, and what the right rows up to it spend together; with the right rows and their numbers."""
    spent, left = Counter(facts.spent_fen), Counter(facts.left_fen)
    seen: set[str] = set()
    reasons: list[Item] = []
    right: list[tuple[int, PaymentIn]] = []
    for row, entry in enumerate(file.payments, start=1):
        faults = list(
            _row(row, entry, facts.known.get(entry.bank_serial), entry.bank_serial in seen, facts.today)
        )
        seen.add(entry.bank_serial)
        project = facts.projects.get(entry.budget_project)
        if project is None:
            zh = f"本县没有预算项目 {entry.budget_project}"
            en = f"your county has no budget project {entry.budget_project}"
            faults.append(_item(row, "budget_project", "known-budget-project", zh, en))
        elif not faults:
            quota = facts.quotas[project.code]
            faults += _beyond(row, entry, project, spent_fen=spent[project.code], left_fen=left[quota])
            if not faults:
                spent[project.code] += entry.actual_fen
                left[quota] -= entry.actual_fen
                right.append((row, entry))
        reasons += faults
    return reasons, right


def _beyond(
    row: int, entry: PaymentIn, project: BudgetProject, *, spent_fen: int, left_fen: int
) -> Iterator[Item]:
    """More than the project plans, or than is left of the quota."""
    total = spent_fen + entry.actual_fen
    if project.state == "closed":
        zh, en = f"预算项目 {project.code} 已关闭", f"the project {project.code} is closed"
        yield _item(row, "budget_project", "project-open", zh, en)
    elif total > project.amount_fen:
        zh = f"项目安排 {show_wan(project.amount_fen)},累计支付将达 {show_wan(total)}"
        en = f"{show_wan(project.amount_fen)} is planned, payments would reach {show_wan(total)}"
        yield _item(row, "actual_fen", "within-budget-project", zh, en)
    if entry.actual_fen > left_fen:
        zh = f"指标余额 {show_wan(left_fen)},不足 {show_wan(entry.actual_fen)}"
        en = f"{show_wan(left_fen)} is left of the quota, not {show_wan(entry.actual_fen)}"
        yield _item(row, "actual_fen", "within-quota", zh, en)


def _row(row: int, entry: PaymentIn, known: Payment | None, again: bool, today: date) -> Iterator[Item]:
    if again:
        zh, en = (
            f"流水号 {entry.bank_serial} 重复",
            f"the serial {entry.bank_serial} is in the file twice",
        )
        yield _item(row, "bank_serial", "serial-once", zh, en)
    if known is not None:
        same = known.actual_fen == entry.actual_fen and known.budget_project == entry.budget_project
        zh = f"流水号 {entry.bank_serial} 已登记" + ("" if same else ",且内容不同")
        en = f"the serial {entry.bank_serial} is recorded already" + ("" if same else ", with other content")
        yield _item(row, "bank_serial", "serial-once" if same else "serial-differs", zh, en)
    if entry.actual_fen > entry.requested_fen:
        zh, en = "实付多于申请", "more was paid than requested"
        yield _item(row, "actual_fen", "within-request", zh, en)
    if entry.paid_on > today:
        zh, en = "支付日期晚于今天", "the day of payment is yet to come"
        yield _item(row, "paid_on", "date-to-come", zh, en)


def _too_early(right: Sequence[tuple[int, PaymentIn]], facts: FileFacts) -> Iterator[Item]:
    """Payments of days on which the county did not hold the quota yet; what exceeds it today is told elsewhere."""
    paid = Counter[Quota]()
    for row, entry in sorted(right, key=lambda numbered: numbered[1].paid_on):
        quota = facts.quotas[entry.budget_project]
        balance = facts.left_fen[quota]
        least = least_from(entry.paid_on, balance=balance, movements=facts.moved[quota.held.code])
        if least < paid[quota] + entry.actual_fen <= balance:
            zh = f"{entry.paid_on} 尚无此指标:当时余额 {show_wan(least)}"
            en = f"the quota was not there on {entry.paid_on}: it held {show_wan(least)} then"
            yield _item(row, "paid_on", "money-not-there-yet", zh, en)
        else:
            paid[quota] += entry.actual_fen


def _item(row: int, field: str, rule: str, zh: str, en: str) -> Item:
    return Item(f"payments[{row - 1}].{field}", rule, zh, en, row=row)
