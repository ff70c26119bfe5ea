"""What money coming back, and a county's plan, are checked against."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.funding.domain.payments.budget_plan_checks import plan_reasons
from services.funding.domain.payments.payments import Payment, PaymentReturn
from services.funding.domain.payments.reconciliation import (
    Difference,
    ListedDifference,
    Paid,
    check_period,
)
from services.funding.domain.payments.return_checks import return_reasons
from services.funding.domain.payments.spending import Spending
from services.funding.domain.refusals import PaymentFileInvalid

DAY = date(2024, 11, 5)
NEXT = DAY + timedelta(days=1)
PAYMENT = Payment("421303", "A", "F1", "P1", 1_000, 1_000, DAY, UUID(int=1), returned_fen=300)


def returned(amount_fen: int, day: date = DAY, **changed: Any) -> list[str]:
    given = PaymentReturn.model_validate(
        {
            "return_serial": "R1",
            "amount_fen": amount_fen,
            "returned_on": day.isoformat(),
            "reason": "户名不符",
        }
    )
    values: dict[str, Any] = {"paid_fen": 10_000, "known": False, "today": NEXT}
    return [reason.rule for reason in return_reasons(given, PAYMENT, **values | changed)]


def test_no_more_comes_back_than_was_paid_and_has_not_come_back_yet() -> None:
    assert returned(700) == []
    assert returned(701) == ["within-payment"]


def test_what_is_to_be_deducted_at_settlement_does_not_come_back_by_the_bank() -> None:
    assert returned(700, paid_fen=699) == ["not-recovered"]


def test_days_and_serials_of_a_return_fit() -> None:
    assert returned(1, NEXT, today=DAY) == ["date-to-come"]
    assert returned(1, DAY - timedelta(days=1), known=True) == ["after-payment", "serial-once"]


def test_a_return_before_its_payment_is_told_as_that_alone() -> None:
    """On that day nothing of it stood as paid; that is no settlement."""
    assert returned(700, DAY - timedelta(days=1), paid_fen=0) == ["after-payment"]


def plan(amount_fen: int, use: str = "anything", **changed: Any) -> list[str]:
    values: dict[str, Any] = {
        "held_fen": 1_000,
        "unspent_fen": 400,
        "named_uses": (),
        "consent": None,
        "granted": False,
    }
    return [reason.rule for reason in plan_reasons(amount_fen, use, **values | changed)]


def test_the_plans_for_a_quota_never_exceed_it() -> None:
    assert plan(600) == []
    assert plan(601) == ["within-quota"]


def test_a_plan_is_told_of_its_use_and_its_amount_at_once() -> None:
    assert plan(601, named_uses=None) == ["within-quota", "named-use"]


def test_rows_outside_of_the_period_are_named() -> None:
    with pytest.raises(PaymentFileInvalid) as refusal:
        check_period([Paid("A", 1, DAY, 2), Paid("B", 1, NEXT, 3)], from_day=DAY, to_day=DAY)
    assert [(item.rule, item.row) for item in refusal.value.items] == [("within-period", 3)]
    check_period([Paid("A", 1, DAY, 2)], from_day=DAY, to_day=DAY)


def test_a_listed_difference_keeps_both_sides() -> None:
    listed = ListedDifference.of(Difference("A", "payment", "only_here", None, Paid("A", 7, DAY)))
    assert (listed.row, listed.file_fen, listed.recorded_fen, listed.recorded_day) == (None, None, 7, DAY)


def test_the_share_spent_is_that_of_what_arrived() -> None:
    spending = Spending("2024-incentive", "421303", "421303-01", 200, 900, 700, 100)
    assert (spending.received_fen, spending.spent_share) == (1_000, "0.7000")
    assert Spending("2024-incentive", "421303", "421303-01", 0, 0, 0, 0).spent_share == "0.0000"
