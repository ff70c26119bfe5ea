"""Two spellings of one unit that look the same are one unit; an unknown one is nobody's "another"."""

import pytest

from shared.text.units import is_another_unit, is_same_unit, told_of_units, unit_key

SAME_AS_DRC = [
    "发改委",
    "发改委 ",
    " 发改委",
    "\u3000发改委\u3000",
    "发改\u00a0委",
    "发 改 委",
    "发改委\u200b",
    "\ufeff发\u2060改委",
    "发改委\ufe0f",
]
SAME_AS_ID = ["drc-01", "DRC-01", "ｄｒｃ－０１", "Drc-01 ", "DRC -01", "DRC\u200d-01"]


@pytest.mark.parametrize("spelling", SAME_AS_DRC)
def test_blanks_and_invisible_characters_make_no_other_unit(spelling: str) -> None:
    assert unit_key(spelling) == "发改委"
    assert not is_another_unit(spelling, ["发改委"])
    assert not is_another_unit("发改委", ["财政厅", spelling])


@pytest.mark.parametrize("spelling", SAME_AS_ID)
def test_width_and_case_make_no_other_unit(spelling: str) -> None:
    assert unit_key(spelling) == "drc-01"
    assert not is_another_unit(spelling, ["drc-01"])
    assert is_same_unit(spelling, "drc-01")


@pytest.mark.parametrize("other", ["财政厅", "发改局", "省发改委", "发改委2"])
def test_another_name_is_another_unit(other: str) -> None:
    assert is_another_unit(other, ["发改委"])


@pytest.mark.parametrize("unknown", ["", " ", "\u3000", "\u200b", "发改\x00委", "发改委\ue000", "发改\n委"])
def test_an_unknown_unit_is_no_other_one_on_either_side(unknown: str) -> None:
    assert unit_key(unknown) == ""
    assert not is_another_unit(unknown, ["发改委"])
    assert not is_another_unit("发改委", ["财政厅", unknown])


@pytest.mark.parametrize("unknown", [None, "", "\u200b"])
def test_an_unknown_unit_is_not_the_same_as_an_unknown_one(unknown: str | None) -> None:
    assert not is_same_unit(unknown, "")


def test_a_known_unit_is_another_than_nobodys() -> None:
    assert is_another_unit("发改委", [])


@pytest.mark.parametrize(
    ("unit", "maker", "zh", "en"),
    [
        ("发改委 ", "发改委", "(发改委 参与了编制)", "another unit than 发改委"),
        (" ", "发改委", "您的访问令牌未注明单位", "your access token does not say"),
        ("财政厅", "", "编制人的单位不明", "the unit of a maker is not known"),
    ],
)
def test_a_refusal_says_which_of_the_two_units_it_is_about(unit: str, maker: str, zh: str, en: str) -> None:
    assert not is_another_unit(unit, [maker])
    told_zh, told_en = told_of_units(unit, [maker])
    assert zh in told_zh
    assert en in told_en
