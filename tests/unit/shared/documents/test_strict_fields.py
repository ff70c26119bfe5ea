"""Reading mappings strictly: each kind of value, each problem with its path, none twice."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from shared.documents.strict_fields import StrictFields
from shared.errors import Item


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


READERS: dict[str, tuple[Callable[[StrictFields], object], object, list[object]]] = {
    "text-expected": (lambda f: f.text("k"), "春节", ["", "a\nb", "x" * 501, 7, None, ["a"]]),
    "code-expected": (lambda f: f.code("k"), "a.b-1", ["", "-a", "a b", "甲", 7, "a" * 65]),
    "integer-expected": (lambda f: f.integer("k", minimum=1, maximum=9), 9, [0, 10, True, "5", 5.0]),
    "flag-expected": (lambda f: f.flag("k"), True, [1, "true", None]),
    "choice-expected": (lambda f: f.choice("k", Colour), "blue", ["green", 1, None]),
    "list-expected": (lambda f: f.each("k", lambda item, _: item, limit=2), [1, 2], [[1, 2, 3], "ab", {}]),
}


def read(document: object, reader: Callable[[StrictFields], object]) -> tuple[object, list[Item]]:
    problems: list[Item] = []
    return reader(StrictFields(document, "top", problems, required=("k",))), problems


@pytest.mark.parametrize("rule", READERS)
def test_a_good_value_is_read_and_a_wrong_one_is_reported_at_its_path(rule: str) -> None:
    reader, good, wrong = READERS[rule]
    value, problems = read({"k": good}, reader)
    assert (list(value) if isinstance(value, tuple) else value, problems) == (good, [])
    for bad in wrong:
        _, problems = read({"k": bad}, reader)
        assert [(item.field, item.rule) for item in problems] == [("top.k", rule)], bad


@pytest.mark.parametrize("written", ["2024-02-30", "2024-2-3", "20240203", "2024-02-03T00:00", 20240203])
def test_a_date_is_written_with_four_two_and_two_digits(written: Any) -> None:
    assert read({"k": "2024-02-29"}, lambda f: f.date("k")) == (date(2024, 2, 29), [])
    _, problems = read({"k": written}, lambda f: f.date("k"))
    assert [(item.field, item.rule) for item in problems] == [("top.k", "date-expected")]


def test_an_absent_or_an_unknown_key_is_reported_once() -> None:
    _, problems = read({"other": 1}, lambda f: f.text("k"))
    assert [(item.field, item.rule) for item in problems] == [
        ("top", "unknown-key"),
        ("top.k", "missing-key"),
    ]
    _, problems = read(["k"], lambda f: f.text("k"))
    assert [(item.field, item.rule) for item in problems] == [("top", "mapping-expected")]


def test_items_of_a_list_know_their_place_and_how_few_are_too_few() -> None:
    _, problems = read({"k": []}, lambda f: f.each("k", lambda _, at: at, limit=3, minimum=1))
    assert problems[0].en == "a list of 1 to 3 items is expected"
    assert read({"k": ["a", "b"]}, lambda f: f.each("k", lambda _, at: at, limit=3))[0] == (
        "top.k[0]",
        "top.k[1]",
    )
