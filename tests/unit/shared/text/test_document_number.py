"""A document number has one form, whatever brackets, width and blanks it was typed with."""

import pytest

from shared.text.document_number import folded


@pytest.mark.parametrize(
    "typed",
    [
        "鄂财建发〔2024〕88号",
        "鄂财建发[2024]88号",
        "鄂财建发(2024)88号",
        "鄂财建发\uff082024\uff0988号",
        "鄂财建发\uff3b2024\uff3d88号",
        "鄂财建发【2024】 88 号",
        "鄂财建发〖2024〗88号",
        "鄂财建发{2024}88号",
        " 鄂财建发\u3000〔\uff12\uff10\uff12\uff14〕\uff18\uff18号\u200b",
    ],
)
def test_one_number_has_one_form(typed: str) -> None:
    assert folded(typed) == "鄂财建发〔2024〕88号"


@pytest.mark.parametrize(
    "kept", ["文号 1", "第12次常务会议纪要", "鄂财建发2024-88", "鄂财建发〔24〕88号", ""]
)
def test_what_has_no_year_in_brackets_stays_as_it_is(kept: str) -> None:
    assert folded(kept) == kept


def test_a_form_is_kept_when_it_is_folded_again() -> None:
    assert folded(folded("鄂财建发 [2024] 88 号")) == "鄂财建发〔2024〕88号"
