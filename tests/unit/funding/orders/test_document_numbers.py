"""One number, one document: what may bear the same document number."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.funding.domain.orders.document_numbers import clashes, use_of
from services.funding.domain.orders.facts import Asked, DocumentUse
from services.funding.domain.orders.money_orders import PassDown, Recovery

DAY = date(2024, 10, 8)
NUMBER = "鄂财建发〔2024〕88号"
LINE = DocumentUse("appropriation", "line", "420000", DAY, "line", budget="420000")
LIST = DocumentUse("award_list", "2024-001", "420000", DAY, "line", budget="420000")


def use(
    number: str, order: PassDown | Recovery, *, desk: str = "420000", decided: bool = False
) -> DocumentUse:
    found = use_of(Asked(order, desk, "420000", order.appropriation, number), is_decided=decided)
    assert found is not None
    return found


def recovery(
    cluster: str = "421303-01", method: str = "quota_withdrawn", *, decided: bool = False
) -> DocumentUse:
    order = Recovery.model_validate(
        {
            "kind": "recovery",
            "appropriation": "line",
            "document_number": NUMBER,
            "document_date": str(DAY),
            "reason": "审计",
            "cluster": cluster,
            "division": "421303",
            "method": method,
            "ground": "unspent",
            "amount_fen": 1,
        }
    )
    return use("2024-420000-0001", order, decided=decided)


def pass_down(*clusters: str, line: str = "line", desk: str = "420000") -> DocumentUse:
    return use("2024-420000-0002", pass_down_order(*clusters, line=line), desk=desk)


def pass_down_order(*clusters: str, line: str = "line") -> PassDown:
    return PassDown.model_validate(
        {
            "kind": "pass_down",
            "appropriation": line,
            "document_number": NUMBER,
            "document_date": str(DAY),
            "reason": "下达",
            "deadline": "2024-12-31",
            "lines": [{"cluster": cluster, "to_division": "421303", "amount_fen": 1} for cluster in clusters],
        }
    )


def told(wanted: DocumentUse, *others: DocumentUse, is_new: bool = True) -> list[str]:
    found = list(clashes(wanted, others, number=NUMBER, is_new=is_new))
    assert {item.rule for item in found} <= {"document-number-once"}
    assert all(NUMBER in item.zh and NUMBER in item.en for item in found)
    return [item.zh.rpartition(":")[2] for item in found]


def test_one_document_decides_several_orders_about_different_matters() -> None:
    assert told(recovery("421303-01"), recovery("421303-02"), pass_down("421303-03")) == []
    assert told(recovery(method="quota_withdrawn"), recovery(method="deducted_at_settlement")) == []
    assert told(pass_down("a", "b"), pass_down("c")) == []


def test_it_does_not_decide_the_same_matter_twice() -> None:
    assert told(recovery(), recovery()) == ["同一事项"]
    assert told(pass_down("a", "b"), pass_down("b", "c")) == ["同一事项"]


@pytest.mark.parametrize("other", [{"division_code": "421300"}, {"dated": date(2024, 10, 9)}])
def test_a_document_is_of_one_desk_and_one_day(other: dict[str, Any]) -> None:
    (reason,) = told(recovery("421303-01"), replace(recovery("421303-02"), **other))
    assert reason.startswith("该文件由")


def test_an_order_joins_a_document_before_any_of_its_orders_is_decided() -> None:
    decided = recovery("421303-02", decided=True)
    assert told(recovery("421303-01"), decided) == ["该文件的资金单已审核"]
    assert told(recovery("421303-01"), decided, is_new=False) == []


def test_the_document_of_a_list_also_passes_quota_of_its_line_down() -> None:
    assert told(pass_down("a"), LIST) == told(LIST, pass_down("a")) == []
    refused = ["名单文件只能同时下达该项预算安排的指标"]
    assert told(recovery(), LIST) == told(LIST, recovery()) == refused
    assert told(pass_down("a", line="other"), LIST) == refused
    assert told(replace(pass_down("a"), dated=date(2024, 10, 9)), LIST) == [
        "该文件由 420000 于 2024-10-08 印发"
    ]


def test_two_lists_or_a_line_and_anything_else_are_two_documents() -> None:
    for wanted, other in (
        (LIST, replace(LIST, code="2024-002")),
        (LINE, LIST),
        (LIST, LINE),
        (pass_down("a"), LINE),
    ):
        assert told(wanted, other) == ["另一文件"]


def test_every_clash_is_told() -> None:
    assert len(told(recovery(), LIST, LINE, recovery())) == 3


@pytest.mark.parametrize("other", [LINE, LIST, pass_down("421303-01"), recovery("421303-01")])
def test_what_a_desk_may_not_see_is_refused_without_its_name(other: DocumentUse) -> None:
    elsewhere = replace(other, division_code="421300", budget="421300", code="hidden-code")
    wanted = pass_down("420281-01", desk="420200")
    (item,) = clashes(wanted, [elsewhere], number=NUMBER, is_new=True)
    assert item.rule == "document-number-once"
    assert "其他单位" in item.zh
    for text in (item.zh, item.en):
        assert "421300" not in text
        assert "hidden-code" not in text
        assert str(DAY) not in text


def test_an_order_of_another_desk_on_the_own_money_is_named() -> None:
    city = use("2024-421300-0001", pass_down_order("421303-01"), desk="421300")
    (item,) = clashes(recovery("421303-02"), [city], number=NUMBER, is_new=True)
    assert "2024-421300-0001" in item.zh
    assert "该文件由 421300 于 2024-10-08 印发" in item.zh
