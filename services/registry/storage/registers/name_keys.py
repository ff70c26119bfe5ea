"""Search and sort keys of Chinese names: pinyin for the order, initials and n-grams for the search.

PostgreSQL has no Chinese search here, so each entry keeps its own n-grams: pairs of characters of the name
and triples of its pinyin initials. Readings are of single characters, one for each: the
table below gives the ones that names of places and firms use where a character has several.
"""

from operator import add
from typing import Final

from pypinyin import Style
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.style import convert

from shared.text.hygiene import key

_IN_NAMES: Final = {
    "曾": "zeng", "都": "du", "长": "chang", "行": "hang", "重": "zhong", "单": "shan", "盛": "sheng",
    "朝": "chao", "石": "shi", "会": "hui", "车": "che", "乐": "le", "厦": "xia", "六": "liu",
}  # fmt: skip
_PHRASES: Final = (("重庆", "虫庆"),)
_LONGEST: Final = 60


def _readings() -> dict[int, str]:
    found: dict[int, str] = {}
    for point, marked in pinyin_dict.items():
        plain = str(convert(marked.split(",")[0], Style.NORMAL, strict=False))
        if plain:
            found[point] = plain.replace("ü", "v")
    found.update({ord(character): reading for character, reading in _IN_NAMES.items()})
    return found


_READING: Final = _readings()
_SORT: Final = {point: reading + " " for point, reading in _READING.items()}
_INITIAL: Final = {point: reading[0] for point, reading in _READING.items()}


def sort_key(name: str) -> str:
    """Chinese sorted by pinyin, syllable by syllable: 安陆 before 安阳 before 八里."""
    return _plain(name).translate(_SORT)


def initials(name: str) -> str:
    letters = _plain(name).translate(_INITIAL)
    if letters.isascii() and letters.isalnum():
        return letters
    return "".join([c for c in letters if c.isascii() and c.isalnum()])


def grams(name: str, letters: str) -> list[str]:
    """Pairs of characters of the name and triples of its initials, each once; their length tells them apart."""
    text, letters = key(name[:_LONGEST]), letters[:_LONGEST]
    found = set(map(add, text, text[1:]))
    found.update(map(add, map(add, letters, letters[1:]), letters[2:]))
    return list(found)


def grams_of_query(text: str) -> tuple[list[str], bool]:
    """The n-grams that a match must have, and whether the query is of pinyin initials."""
    plain = key(text)
    if plain.isascii() and plain.isalnum():
        return [plain[place : place + 3] for place in range(len(plain) - 2)], True
    return [plain[place : place + 2] for place in range(len(plain) - 1)], False


def _plain(name: str) -> str:
    name = key(name)
    for phrase, stand_in in _PHRASES:
        if phrase in name:
            name = name.replace(phrase, stand_in)
    return name
