"""One form for texts that people write: stored, compared, and as a key."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.hygiene import Cleaned, UnfitCharacter, compared, key, serial, stored

BLANKS = [
    " ",
    "\u00a0",
    "\u2003",
    "\u2009",
    "\u202f",
    "\u205f",
    "\u3000",
    "\u1680",
    "\t",
    "\n",
    "\r\n",
    "\u2028",
]
INVISIBLE = [
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u202e", "\u2066", "\u180e"),
    *("\u034f", "\u115f", "\u3164", "\uffa0", "\ufe0f", "\U000e0041", "\U000e0100"),
]
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=12)


@pytest.mark.parametrize("blank", BLANKS)
def test_every_blank_is_trimmed(blank: str) -> None:
    assert stored(f"{blank}荆州 A{blank}{blank}") == Cleaned("荆州 A")


def test_what_is_stored_is_composed() -> None:
    assert stored("Cafe\u0301").text == "Café"


@pytest.mark.parametrize("character", INVISIBLE)
def test_invisible_characters_are_taken_out_and_told(character: str) -> None:
    name = f"U+{ord(character):04X}"
    cleaned = stored(f"武{character}汉{character}")
    assert cleaned == Cleaned("武汉", (name,))
    assert name in cleaned.removed_zh
    assert name in cleaned.removed_en


def test_blanks_hidden_behind_invisible_characters_are_trimmed() -> None:
    assert stored("\u200b \ufeff武汉\u3000\u200b ") == Cleaned("武汉", ("U+200B", "U+FEFF"))


def test_letters_that_an_invisible_character_kept_apart_are_composed() -> None:
    assert stored("e\u200d\u0301").text == "é"


def test_a_text_of_blanks_and_invisible_characters_is_empty() -> None:
    assert stored(" \u200b\u3000").text == ""
    assert stored("") == Cleaned("")
    assert key("\u00a0") == ""


def test_a_clean_text_has_no_warning() -> None:
    assert (stored("武汉").removed_zh, stored("武汉").removed_en) == ("", "")


@pytest.mark.parametrize(
    ("character", "rule", "name"),
    [
        ("\0", "control-character", "U+0000"),
        ("\x07", "control-character", "U+0007"),
        ("\x1c", "control-character", "U+001C"),
        ("\x7f", "control-character", "U+007F"),
        ("\x9f", "control-character", "U+009F"),
        ("\t", "control-character", "U+0009"),
        ("\ue000", "private-use-character", "U+E000"),
        ("\U000f0000", "private-use-character", "U+F0000"),
        ("\U0010fffd", "private-use-character", "U+10FFFD"),
        ("\ud800", "not-a-character", "U+D800"),
        ("\uffff", "not-a-character", "U+FFFF"),
        ("\ufdd0", "not-a-character", "U+FDD0"),
        ("\n", "line-break", "U+000A"),
        ("\x85", "line-break", "U+0085"),
        ("\u2029", "line-break", "U+2029"),
    ],
)
def test_a_character_that_no_text_may_hold_is_refused_by_place(character: str, rule: str, name: str) -> None:
    for form in (stored, compared, key):
        with pytest.raises(UnfitCharacter) as refused:
            form(f"武汉{character}A")
        assert refused.value.rule == rule
        assert "第 3 个字符" in refused.value.zh
        assert "character 3 " in refused.value.en
        assert name in refused.value.zh
        assert name in refused.value.en


@pytest.mark.parametrize("character", ["\0", "\x1c", "\x1f", "\x7f", "\ue000", "\ufffe"])
def test_at_the_ends_they_are_refused_and_not_trimmed(character: str) -> None:
    for text in (f"A{character}", f"{character}A", character):
        with pytest.raises(UnfitCharacter):
            stored(text)


def test_a_note_may_have_lines_and_tabs() -> None:
    assert stored(" 一\r\n二\t三\r四\n", lines=True).text == "一\n二\t三\n四"
    with pytest.raises(UnfitCharacter, match="U\\+0000"):
        stored("一\n\0", lines=True)


def test_a_rare_character_newer_than_the_tables_is_kept() -> None:
    assert stored("\U0002ebf0").text == "\U0002ebf0"  # of Unicode 15.1, unassigned for older tables


@pytest.mark.parametrize(
    "name",
    ["湖北\uff08武汉\uff09公司", "“一主两副”\uff0c示范区\uff1bA、B\uff1aC\uff01", "A·B", "全角\uff21\uff11"],
)
def test_a_chinese_name_keeps_its_punctuation_as_stored(name: str) -> None:
    assert stored(name) == Cleaned(name)


def test_full_width_forms_are_narrowed_where_texts_are_compared() -> None:
    wide = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
    assert compared(wide) == "".join(chr(code) for code in range(0x21, 0x7F))
    assert compared("A\u3000B") == compared("A\u00a0B") == "A B"
    assert compared("\uff0d\uff11\uff0c234\uff0e5") == "-1,234.5"
    assert stored(wide).text == wide


def test_comparing_keeps_case_and_a_key_does_not() -> None:
    assert compared("\uff41bc") == "abc"
    assert compared("ABC") == "ABC"
    assert key("\uff41\uff42\uff43") == key("ABC") == key("abc") == key(" \uff21B\u200bc\u00a0") == "abc"


def test_a_letter_of_full_width_is_composed_with_its_accent() -> None:
    assert compared("\uff45\u0301") == "é"
    assert key("E\u0301") == key("é")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("1234¹", "12341"), ("1234", "12341"), ("①", "1"), ("½", "1/2"), ("㈱", "(株)"), ("Ⅳ", "IV")),
        *(
            ("ab", "a b"),
            ("一", "1"),
            ("〇", "0"),
            ("O", "0"),
            ("-", "—"),
            ("é", "e"),
            ("\uff71", "\u30a2"),
            ("\uffe5", "\u00a5"),
        ),
        *(("臺", "台"), (",", "、"), ("。", "."), ("“", '"')),
    ],
)
def test_nothing_else_is_folded(one: str, other: str) -> None:
    assert compared(one) != compared(other)
    assert key(one) != key(other)


@given(TEXTS)
def test_each_form_is_final(text: str) -> None:
    kept = stored(text).text
    assert stored(kept) == Cleaned(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()
    assert compared(compared(text)) == compared(text) == compared(kept)
    assert key(key(text)) == key(text) == key(compared(text))


@given(TEXTS)
def test_the_four_normal_ways_to_write_a_text_have_one_key(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert key(unicodedata.normalize("NFD", text)) == key(composed) == key(f"\u200b\u3000{composed}\u00a0")


@pytest.mark.parametrize("text", ["tst-1a", "\uff34\uff33\uff34-\uff11\uff21", "\u200b TST -\u00a01A\u3000"])
def test_a_serial_has_one_form(text: str) -> None:
    assert serial(text) == "TST-1A"


@pytest.mark.parametrize("text", ["\u017f1", "\u00df1", "\u01311", "\ufb011"])
def test_a_letter_of_no_serial_is_not_turned_into_one(text: str) -> None:
    assert not serial(text).isascii()


@given(TEXTS)
def test_the_form_of_a_serial_is_final(text: str) -> None:
    assert serial(serial(text)) == serial(text)
