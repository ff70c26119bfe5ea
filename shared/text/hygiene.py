"""Texts that people write, in one form: what is stored, what is compared, what identifies.

    stored("武汉 \\u200b")   Cleaned(text="武汉", removed=("U+200B",))   names, titles, notes
    compared("\\uff11.5")   "1.5"       numbers, words of a list, headings, search
    key("\\uff21BC-1")      "abc-1"     codes, ranked units, offices, document numbers
    serial("tst 1\\uff21")   "TST1A"     serial numbers that another system gave, and that people copy

* ``stored``: composed (NFC) and trimmed; invisible characters are taken out, and ``removed`` names them for a
  warning; control and private-use characters are refused. A Chinese name keeps its punctuation.
* ``compared``: besides, full-width forms (U+FF01 to U+FF5E) are narrowed, and every blank inside is a plain one.
* ``key``: besides, case is folded.
* ``serial``: as ``compared``, without any blank, in capitals.

Nothing else is folded: ``1234¹`` is not ``12341``, and ``㈱`` is not ``(株)``.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text as it is kept, and the invisible characters that were taken out of it, each once: ``U+200B``."""

    text: str
    removed: tuple[str, ...] = ()

    @property
    def removed_zh(self) -> str:
        """What a warning says of the characters taken out."""
        return f"不可见字符({'、'.join(self.removed)})已去除" if self.removed else ""

    @property
    def removed_en(self) -> str:
        many = "s" if len(self.removed) > 1 else ""
        return f"invisible character{many} removed ({', '.join(self.removed)})" if self.removed else ""


class UnfitCharacter(ValueError):
    """A character that no text may hold; ``rule`` names its kind, ``place`` counts from 1."""

    def __init__(self, rule: str, place: int, character: str) -> None:
        name = f"U+{ord(character):04X}"
        zh, en, remedy_zh, remedy_en = _UNFIT[rule]
        self.rule, self.place = rule, place
        self.zh = f"第 {place} 个字符({name})是{zh},{remedy_zh}"
        self.en = f"character {place} ({name}) is {en}; {remedy_en}"
        super().__init__(self.en)


_UNFIT: Final = {
    "line-break": ("换行", "a line break", "请写成一行", "write it in one line"),
    "control-character": ("控制字符", "a control character", "请删除", "remove it"),
    "private-use-character": (
        "私用区字符,别的电脑无法显示",
        "a private-use character, which other computers cannot show",
        "请改用通用汉字",
        "use the standard character",
    ),
    "not-a-character": ("无效字符", "not a valid character", "请删除", "remove it"),
}

#: Invisible by Unicode (Default_Ignorable_Code_Point) though not of the category of format characters: the grapheme
#: joiner, fillers of Hangul, inherent vowels of Khmer, selectors of variants, tags.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_LINE_BREAKS: Final = frozenset("\n\r\v\f\x85\u2028\u2029")
_BLANKS: Final = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
#: What is narrowed where texts are compared, and to what, character by character; also for a database to do the same.
WIDE: Final = "".join(map(chr, range(0xFF01, 0xFF5F))) + _BLANKS
NARROW: Final = "".join(map(chr, range(0x21, 0x7F))) + " " * len(_BLANKS)
_WIDE: Final = re.compile(f"[{WIDE[0]}-{WIDE[93]}{_BLANKS}]")
_NARROWED: Final = str.maketrans(WIDE, NARROW)
#: The categories of what a text may not hold.
_REFUSED: Final = {
    "Cc": "control-character",
    "Co": "private-use-character",
    "Cs": "not-a-character",
}


def is_clean(text: str) -> bool:
    """Whether a text of one line is stored as it is."""
    return (
        text.isprintable()
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or (_INVISIBLE.search(text) is None and unicodedata.is_normalized("NFC", text)))
    )


def is_empty(text: str) -> bool:
    """Whether there is nothing to be seen in a text: blanks and invisible characters only."""
    return _without_blanks(text) == (0, 0)


def stored(text: str, *, lines: bool = False) -> Cleaned:
    """The text as it is kept; ``lines`` admits line breaks and tabs. Raises :class:`UnfitCharacter`."""
    if is_clean(text):
        return Cleaned(text)
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, last = _without_blanks(text)
    kept: list[str] = []
    removed: dict[str, None] = {}
    for place, character in enumerate(text, start=1):
        if _is_invisible(character):
            removed[f"U+{ord(character):04X}"] = None
        elif first < place <= last:
            if rule := _fault_of(character, lines=lines):
                raise UnfitCharacter(rule, place, character)
            kept.append(character)
    return Cleaned(unicodedata.normalize("NFC", "".join(kept)), tuple(removed))


def compared(text: str) -> str:
    """The text as it is compared, searched, and read as a number or a word. Raises :class:`UnfitCharacter`."""
    kept = stored(text).text
    if kept.isascii() or _WIDE.search(kept) is None:
        return kept
    return unicodedata.normalize("NFC", kept.translate(_NARROWED))


def key(text: str) -> str:
    """The text as that by which a thing is found: two with the same key are one. Raises :class:`UnfitCharacter`."""
    plain = compared(text)
    if plain.isascii() or plain.casefold() == plain:
        return plain.lower() if plain.isascii() else plain
    # decomposed first, since folding a composed letter and a decomposed one may differ
    folded = unicodedata.normalize("NFD", plain).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold())


def serial(text: str) -> str:
    """A serial number in the one form in which it is kept and found. Raises :class:`UnfitCharacter`."""
    number = "".join(compared(text).split())
    # letters beyond ASCII stay for the form's check to refuse: the capital of "\u017f" is a plain S
    return number.upper() if number.isascii() else number


def _without_blanks(text: str) -> tuple[int, int]:
    """How many characters stand before the first, and up to the last, that is neither blank nor invisible."""
    places = [
        place
        for place, character in enumerate(text)
        if not _is_blank(character) and not _is_invisible(character) and character not in "\n\r\t\u2028\u2029"
    ]
    return (places[0], places[-1] + 1) if places else (0, 0)


def _is_blank(character: str) -> bool:
    return unicodedata.category(character) == "Zs"


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or _INVISIBLE.match(character) is not None


def _fault_of(character: str, *, lines: bool) -> str | None:
    if lines and character in "\n\t":
        return None
    if character in _LINE_BREAKS:
        return "line-break"
    code = ord(character)
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return "not-a-character"
    return _REFUSED.get(unicodedata.category(character))
