"""What a file of treasury payments is checked against: each rule by itself, and all faults at once."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.funding.domain.ledger.books import Books
from services.funding.domain.payments.payment_checks import FileFacts, check_totals, reasons_against
from services.funding.domain.payments.payments import BudgetProject, Payment, PaymentFile
from services.funding.domain.payments.postings import Quota
from services.funding.domain.refusals import PaymentFileInvalid
from shared.text.money import MAX_FEN

DAY = date(2024, 11, 5)
QUOTA = Quota(Books("420000", "2024-incentive"), "421303", "421303-01")
PROJECT = BudgetProject(
    county_code="421303",
    code="P1",
    appropriation="2024-incentive",
    cluster="421303-01",
    name="检测平台",
    unit="曾都城投",
    use="public_service_platform",
    consent_document_number=None,
    amount_fen=1_000,
    registered_on=DAY,
)


def entry(serial: str, actual_fen: int, **changed: Any) -> dict[str, Any]:
    values = {"requested_fen": actual_fen, "budget_project": "P1", "paid_on": DAY.isoformat()}
    return {"bank_serial": serial, "actual_fen": actual_fen, **values, **changed}


def file_of(*entries: dict[str, Any], **changed: Any) -> PaymentFile:
    total = sum(given["actual_fen"] for given in entries)
    values = {"control_count": len(entries), "control_total_fen": total, **changed}
    return PaymentFile.model_validate({"file_number": "F1", "payments": list(entries), **values})


def facts(**changed: Any) -> FileFacts:
    values: dict[str, Any] = {
        "projects": {"P1": PROJECT},
        "quotas": {"P1": QUOTA},
        "known": {},
        "spent_fen": {},
        "left_fen": {QUOTA: 5_000},
        "moved": defaultdict(list),
        "today": DAY,
    }
    return FileFacts(**values | changed)


def found(file: PaymentFile, **changed: Any) -> list[tuple[str, str]]:
    reasons = reasons_against(file, facts(**changed))
    assert all(reason.zh and reason.en and reason.row for reason in reasons)
    return [(reason.field, reason.rule) for reason in reasons]


def payment(serial: str, actual_fen: int, project: str = "P1") -> Payment:
    return Payment("421303", serial, "F0", project, actual_fen, actual_fen, DAY, UUID(int=1))


def test_a_sound_file_has_no_fault() -> None:
    file = file_of(entry("A", 400), entry("B", 600, requested_fen=700))
    check_totals(file)
    assert found(file) == []


def test_both_control_totals_must_fit() -> None:
    with pytest.raises(PaymentFileInvalid) as refusal:
        check_totals(file_of(entry("A", 400), control_count=2, control_total_fen=401))
    assert [item.rule for item in refusal.value.items] == ["control-count", "control-total"]


def test_payments_that_add_up_beyond_the_limit_are_refused() -> None:
    file = file_of(entry("A", MAX_FEN), entry("B", 1), control_total_fen=MAX_FEN)
    with pytest.raises(PaymentFileInvalid) as refusal:
        check_totals(file)
    assert [item.rule for item in refusal.value.items] == ["control-total", "amount-too-large"]


def test_every_fault_of_every_row_is_named() -> None:
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    file = file_of(
        entry("A", 100, requested_fen=99),
        entry("A", 100, paid_on=tomorrow),
        entry("B", 100, budget_project="P2"),
    )
    assert found(file) == [
        ("payments[0].actual_fen", "within-request"),
        ("payments[1].bank_serial", "serial-once"),
        ("payments[1].paid_on", "date-to-come"),
        ("payments[2].budget_project", "known-budget-project"),
    ]


def test_a_recorded_serial_is_told_from_one_with_other_content() -> None:
    known = {"A": payment("A", 100), "B": payment("B", 101), "C": payment("C", 100, "P2")}
    file = file_of(entry("A", 100), entry("B", 100), entry("C", 100))
    assert [rule for _, rule in found(file, known=known)] == [
        "serial-once",
        "serial-differs",
        "serial-differs",
    ]


def test_rows_are_judged_with_what_the_right_rows_before_them_spend() -> None:
    file = file_of(entry("A", 600), entry("B", 400), entry("C", 1))
    assert found(file) == [("payments[2].actual_fen", "within-budget-project")]
    assert found(file, spent_fen={"P1": 1}) == [("payments[1].actual_fen", "within-budget-project")]
    assert found(file, left_fen={QUOTA: 1_000}) == [
        ("payments[2].actual_fen", "within-budget-project"),
        ("payments[2].actual_fen", "within-quota"),
    ]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"requested_fen": 1}, "within-request"),
        ({"paid_on": (DAY + timedelta(days=1)).isoformat()}, "date-to-come"),
        ({"bank_serial": "K"}, "serial-once"),
    ],
)
def test_a_wrong_row_makes_no_row_behind_it_wrong(wrong: dict[str, Any], rule: str) -> None:
    file = file_of(entry("A", 900) | wrong, entry("B", 1_000))
    known = {"K": payment("K", 900)}
    assert [reason for _, reason in found(file, known=known)] == [rule]
    assert [reason for _, reason in found(file, known=known, left_fen={QUOTA: 1_000})] == [rule]


def test_a_row_that_is_too_early_makes_no_other_row_too_early() -> None:
    before = (DAY - timedelta(days=2)).isoformat()
    moved = defaultdict(list, {QUOTA.held.code: [(DAY, 4_800)]})  # 200 were there before
    file = file_of(entry("A", 300, paid_on=before), entry("B", 200, paid_on=before))
    assert found(file, moved=moved) == [("payments[0].paid_on", "money-not-there-yet")]


def test_a_payment_of_a_day_before_the_quota_arrived_is_too_early() -> None:
    before = (DAY - timedelta(days=2)).isoformat()
    moved = defaultdict(list, {QUOTA.held.code: [(DAY, 4_800)]})  # 200 were there before
    file = file_of(entry("A", 150, paid_on=before), entry("B", 100, paid_on=before), entry("C", 300))
    assert found(file, moved=moved) == [("payments[1].paid_on", "money-not-there-yet")]
