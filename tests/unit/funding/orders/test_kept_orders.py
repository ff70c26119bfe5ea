"""A fund order as it is kept: who may review it, what its deductions are, what its receivers are told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.funding.domain.orders.money_orders import PassDown
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import (
    KeptOrder,
    OrderStep,
    amount_of,
    may_see,
    notices_of,
    reviewer_reasons,
    state_reasons,
)
from services.funding.domain.rules.vocabulary import ReviewedBy
from shared.web.principals import Principal, Role

DAY = date(2024, 11, 5)


def line(cluster: str, amount_fen: int, deducted_fen: int = 0, to: str = "421321") -> dict[str, Any]:
    return {"cluster": cluster, "to_division": to, "amount_fen": amount_fen, "deducted_fen": deducted_fen}


BODY: dict[str, Any] = {
    "kind": "pass_down",
    "appropriation": "2024-incentive",
    "document_number": "鄂财产发〔2024〕9号",
    "document_date": "2024-11-05",
    "reason": "下达",
    "deadline": "2024-12-31",
    "performance_targets": "建成检测平台",
    "lines": [line("421321-01", 700, 150), line("421321-02", 300), line("421303-01", 500, to="421300")],
}
KEPT = KeptOrder(
    number="2024-420000-0001",
    appropriation="2024-incentive",
    kind="pass_down",
    division_code="420000",
    budget_division="420000",
    fiscal_year=2024,
    running=1,
    document_number="鄂财产发〔2024〕9号",
    body=BODY,
    state=OrderState.PROPOSED,
    transfer_id=None,
    steps=(
        OrderStep("2024-420000-0001", 1, "proposed", "maker", "省财政厅", "下达", DAY, datetime.now(UTC)),
    ),
)


def person(
    subject: str, role: Role = Role.FINANCE_REVIEWER, division: str = "420000", unit: str = "省财政厅"
) -> Principal:
    return Principal(subject=subject, name=subject, roles=frozenset({role}), division=division, unit=unit)


def rules_against(
    reviewer: Principal, kept: KeptOrder = KEPT, by: ReviewedBy = ReviewedBy.ANOTHER_PERSON
) -> list[str]:
    return [reason.rule for reason in reviewer_reasons(kept, reviewer, by)]


def order() -> PassDown:
    read = KEPT.order
    assert isinstance(read, PassDown)
    return read


def test_the_order_is_read_as_it_was_proposed() -> None:
    assert order().model_dump(mode="json") == BODY | {"late_ground": None}
    assert amount_of(order()) == 1_500


def test_a_maker_and_a_reviewer_of_another_desk_may_not_review() -> None:
    assert rules_against(person("checker")) == []
    assert rules_against(person("maker")) == ["maker-cannot-check"]
    assert rules_against(person("checker", division="421300")) == ["role-not-permitted"]
    assert rules_against(person("maker", Role.FINANCE_MAKER)) == ["maker-cannot-check", "role-not-permitted"]


@pytest.mark.parametrize(
    "unit", ["省财政厅", "省财政厅 ", "\u3000省财政厅", "省财政\u200b厅", "省 财政厅", "", "\u200b"]
)
def test_where_another_unit_reviews_nobody_of_the_makers_unit_does(unit: str) -> None:
    reviewer = person("checker", unit=unit)
    assert rules_against(reviewer, by=ReviewedBy.ANOTHER_UNIT) == ["another-unit"]
    assert rules_against(reviewer, by=ReviewedBy.ANOTHER_PERSON) == []


def test_where_another_unit_reviews_somebody_of_another_unit_of_the_desk_does() -> None:
    by = ReviewedBy.ANOTHER_UNIT
    assert rules_against(person("checker", unit="省财政厅国库处"), by=by) == []
    assert rules_against(person("maker", unit="省财政厅国库处"), by=by) == ["maker-cannot-check"]
    (step,) = KEPT.steps
    unknown = replace(KEPT, steps=(replace(step, unit=""),))
    assert rules_against(person("checker", unit="省财政厅国库处"), unknown, by) == ["another-unit"]


def test_who_took_part_counts_also_where_a_service_acted_for_them() -> None:
    (step,) = KEPT.steps
    served = replace(KEPT, steps=(replace(step, subject="console for maker"),))
    assert served.made_by("maker")


def test_an_order_that_was_decided_is_not_decided_again() -> None:
    assert state_reasons(KEPT) == []
    (reason,) = state_reasons(replace(KEPT, state=OrderState.REJECTED))
    assert (reason.rule, reason.en) == ("proposed", "the order is rejected")


def test_desk_and_budget_see_an_order_and_nobody_else() -> None:
    by_city = replace(KEPT, division_code="421300")
    seen = [may_see(person("p", division=division), by_city) for division in ("420000", "421300", "421303")]
    assert seen == [True, True, False]


def test_a_receiver_is_told_of_its_own_lines_after_deduction() -> None:
    notices = notices_of(KEPT, division="421321", finance_code="4213")
    assert [(n.cluster, n.amount_fen, n.deducted_fen, n.finance_code) for n in notices] == [
        ("421321-01", 550, 150, "4213"),
        ("421321-02", 300, 0, "4213"),
    ]
