"""A wrong field is named by its path, and by its row where it stands in a list."""

import pytest

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
