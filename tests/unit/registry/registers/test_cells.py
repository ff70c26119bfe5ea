"""What people write into cells is read as they mean it, and said so."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from services.registry.domain.registers.cells import (
    Cell,
    Remark,
    Unreadable,
    date_of,
    is_plain,
    narrow,
    number_of,
    text_of,
)


@pytest.mark.parametrize(
    ("cell", "number", "rules"),
    [
        ("12", "12", []),
        (12.5, "12.5", []),
        (0.1, "0.1", []),
        (1e-7, "1E-7", []),
        (0.1 + 0.2, "0.3", []),  # as Excel shows it: a formula pasted as a value leaves 17 digits in the file
        (82.49999999999999, "82.5", []),
        (1 / 3000, "0.000333333333", ["rounded"]),  # no more decimals than any figure may have
        (9007199254740991.0, "9007199254740991", []),
        ("1,234,567.5", "1234567.5", ["thousands-separator"]),
        ("\uff11\uff12\uff0e\uff15", "12.5", ["full-width"]),
        (" 7\u3000", "7", ["blanks-around"]),
        ("-3", "-3", []),
    ],
)
def test_numbers_are_exact(cell: Cell, number: str, rules: list[str]) -> None:
    remarks: list[Remark] = []
    assert number_of(cell, remarks) == Decimal(number)
    assert [remark.rule for remark in remarks] == rules


@pytest.mark.parametrize(
    "cell",
    [
        "1,23",
        "五百",
        "1e5",
        "12亿元",
        "--1",
        "1" * 19,
        "1234\u00b9",
        "\u2460",
        "\u00bd",
        "\u0661",
        float("inf"),
        float("nan"),
        True,
        "1.2.3",
    ],
)
def test_what_is_no_number_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        number_of(cell, [])


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        ("2024-05-27", []), ("2024/5/27", []), ("2024年5月27日", []), ("2024.5.27", []),
        (date(2024, 5, 27), []), (datetime(2024, 5, 27, 9), []),  # noqa: DTZ001 - as the reader gives it
        (45439, ["date-as-number"]), ("45439", ["date-as-number"]), (45439.0, ["date-as-number"]),
    ],
)  # fmt: skip
def test_days_are_read_in_every_form_in_use(cell: Cell, rules: list[str]) -> None:
    remarks: list[Remark] = []
    assert date_of(cell, remarks) == date(2024, 5, 27)
    assert [remark.rule for remark in remarks] == rules


@pytest.mark.parametrize("cell", ["2023-02-30", "27.5.2024", "明天", "1", "2024-13-01", "1800-01-01"])
def test_what_is_no_day_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        date_of(cell, [])


def test_a_long_code_that_excel_took_for_a_number_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(911100006000373419.0, [])
    assert refused.value.remark.rule == "number-too-long"


@pytest.mark.parametrize(
    ("cell", "text", "rules"),
    [
        ("武\u200b汉", "武汉", ["invisible-characters"]),
        ("\ufeff武汉\u00a0", "武汉", ["invisible-characters"]),
        ("\u3000武汉\u2003", "武汉", ["blanks-around"]),
        ("湖北\uff08武汉\uff09\uff0cA", "湖北\uff08武汉\uff09\uff0cA", []),  # a name keeps its punctuation
        ("Cafe\u0301", "Caf\u00e9", []),
    ],
)
def test_a_text_is_stored_composed_trimmed_and_without_invisible_characters(
    cell: str, text: str, rules: list[str]
) -> None:
    remarks: list[Remark] = []
    assert text_of(cell, remarks) == text
    assert [remark.rule for remark in remarks] == rules
    assert not is_plain(cell) or cell == text


@pytest.mark.parametrize("character", ["\0", "\x1f", "\ue000", "\U000f0000", "\uffff", "\u2028"])
def test_a_control_or_private_use_character_is_refused_by_name(character: str) -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(f"武{character}汉", [])
    assert refused.value.remark.rule == "unprintable"
    assert f"U+{ord(character):04X}" in refused.value.remark.zh
    assert not is_plain(f"武{character}汉")


def test_a_variant_selector_is_not_taken_for_plain_text() -> None:
    assert not is_plain("葛\ufe00")


def test_only_full_width_forms_are_narrowed() -> None:
    assert narrow("\uff21\uff11\uff0d\u2460\u00b2", []) == "A1-\u2460\u00b2"
