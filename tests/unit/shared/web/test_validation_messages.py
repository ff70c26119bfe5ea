"""A wrong field is named by its path, and by its row where it stands in a list."""

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from shared.web.validation_messages import item_of_validation_error


@pytest.mark.parametrize(
    ("loc", "field", "row"),
    [
        (("body", "values", 3, "value"), "values[3].value", 4),
        (("body", "name"), "name", None),
        (("query", "limit"), "limit", None),
        (("body",), "body", None),
        (("body", "facts", "4³"), "facts.4³", None),
        (("body", "facts", "7"), "facts.7", None),
        ((), "body", None),
    ],
)
def test_the_path_and_the_row(loc: tuple[str | int, ...], field: str, row: int | None) -> None:
    item = item_of_validation_error({"loc": loc, "type": "missing", "msg": "Field required"})
    assert (item.field, item.row, item.zh, item.en) == (field, row, "必须填写", "Field required")


@pytest.mark.parametrize(
    ("loc", "body", "field"),
    [
        (("body", "recovery", "ground"), {"kind": "recovery", "ground": "x"}, "ground"),
        (("body", "grant", "division_path"), {"kind": "grant", "division_path": []}, "division_path"),
        (("body", "pass_down", "deadline"), {"kind": "pass_down"}, "deadline"),
        (("body", "pass_down", "lines", 1, "amount_fen"), {"lines": [{}, {}]}, "lines[1].amount_fen"),
        (("body", "appropriation", "amount_fen"), {"appropriation": "2024", "amount_fen": 0}, "amount_fen"),
        (("body", "lines", 0, "cluster"), {"lines": [{"cluster": 1}]}, "lines[0].cluster"),
    ],
)
def test_a_path_has_one_form_and_names_what_was_sent(
    loc: tuple[str | int, ...], body: object, field: str
) -> None:
    assert item_of_validation_error({"loc": loc, "type": "missing", "msg": "no"}, body).field == field


def test_a_rule_of_our_own_brings_its_own_words() -> None:
    item = item_of_validation_error({"loc": ("body", "a"), "type": "x", "msg": "no", "ctx": {"zh": "不行"}})
    assert (item.rule, item.zh, item.en) == ("x", "不行", "no")


class Limits(BaseModel):
    text: Annotated[str, StringConstraints(min_length=2, max_length=3)] = "aa"
    number: Annotated[int, Field(gt=1, le=9)] = 2
    least: Annotated[int, Field(ge=4, lt=8)] = 4
    rows: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    kind: Literal["a", "b", "c"] = "a"


@pytest.mark.parametrize(
    ("sent", "zh"),
    [
        ({"text": "a"}, "至少 2 个字符"),
        ({"text": "aaaa"}, "至多 3 个字符"),
        ({"number": 1}, "应大于 1"),
        ({"number": 10}, "应不大于 9"),
        ({"least": 3}, "应不小于 4"),
        ({"least": 8}, "应小于 8"),
        ({"rows": []}, "至少 1 项,现有 0 项"),
        ({"rows": [1, 2, 3]}, "至多 2 项,现有 3 项"),
        ({"kind": "z"}, "应为以下之一:'a'、'b'、'c'"),
    ],
)
def test_the_chinese_text_has_the_same_limits_and_values_as_the_english(
    sent: dict[str, Any], zh: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Limits.model_validate(sent)
    item = item_of_validation_error(refused.value.errors()[0])
    assert item.zh == zh
    assert set(re.findall(r"[0-9]+|'.'", item.en)) <= set(re.findall(r"[0-9]+|'.'", item.zh))
