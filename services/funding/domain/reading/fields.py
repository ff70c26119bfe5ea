"""The kinds of values that a rule document has beside those of every document (`shared.documents.strict_fields`)."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shared.documents.strict_fields import CODE, TEXT_LENGTH, StrictFields, is_whole
from shared.text.hygiene import UnfitCharacter, stored
from shared.text.money import MAX_FEN

_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_SIGNED: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
COLUMN_LENGTH: Final = 100
#: What is written like a number, or like one with a sign, a percent or an exponent, is no column's name.
_LIKE_A_NUMBER: Final = re.compile(r"[+\-]?[\d.,%]+([eE][+\-]?\d+)?%?")
COLUMN_ZH: Final = f'1至{COLUMN_LENGTH}个字符,不像数字;像数字的写作 {{column: "2023"}}'
COLUMN_EN: Final = (
    f'1 to {COLUMN_LENGTH} characters, not like a number; one like a number is written {{column: "2023"}}'
)


def number_from(value: object) -> Fraction | None:
    """A whole number, or a decimal number as text. A binary float is never read."""
    if is_whole(value) and abs(value) < 10**20:
        return Fraction(value)
    return Fraction(value) if isinstance(value, str) and _SIGNED.fullmatch(value) else None


def column_name(value: object, *, numeric: bool = False) -> str | None:
    """A heading as sheets have it, also 人均GDP(元), 2023年人口; one like a number only where ``numeric``."""
    if not isinstance(value, str):
        return None
    try:
        name = stored(value).text
    except UnfitCharacter:
        return None
    fits = len(name) <= COLUMN_LENGTH and any(character.isalnum() for character in name)
    return name if fits and (numeric or not _LIKE_A_NUMBER.fullmatch(name)) else None


class Fields(StrictFields):
    """Reads whole numbers as such and decimals from texts; a binary float is never read."""

    def part(self, key: str, required: Collection[str], optional: Collection[str] = ()) -> "Fields":
        """A mapping inside this one; an absent one was reported with its key and is read as empty."""
        if key not in self._values:
            return Fields({}, self.at(key), [], required=())
        return Fields(self._values[key], self.at(key), self.problems, required=required, optional=optional)

    def optional_part(self, key: str, required: Collection[str], optional: Collection[str] = ()) -> "Fields":
        """A mapping inside this one that may be absent, with label, clause and basis if it wants."""
        if self._values.get(key) is None:
            return Fields({}, self.at(key), [], required=())
        allowed = (*optional, "label", "clause", "basis")
        return Fields(self._values[key], self.at(key), self.problems, required=required, optional=allowed)

    def mapping_of(self, key: str, *, limit: int) -> "Fields":
        """A mapping whose keys are the writer's own words."""
        value = self._values.get(key)
        if isinstance(value, Mapping) and 0 < len(value) <= limit:
            own = {str(word): content for word, content in value.items()}
            return Fields(own, self.at(key), self.problems, required=tuple(own))
        zh, en = f"应为1至{limit}项的对应表", f"a mapping of 1 to {limit} entries is expected"
        self._refuse(key, "mapping-expected", zh, en)
        return Fields({}, self.at(key), [], required=())

    def names(self) -> tuple[str, ...]:
        return tuple(str(key) for key in self._values)

    def one_of(self, key: str, options: Collection[str]) -> str:
        value = self._values.get(key)
        if isinstance(value, str) and value in options:
            return value
        names = ", ".join(options)
        self._refuse(key, "choice-expected", f"应为其中之一: {names}", f"one of {names} is expected")
        return ""

    def codes(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key)
        if isinstance(value, list) and value and all(isinstance(v, str) and CODE.fullmatch(v) for v in value):
            if len(set(value)) == len(value):
                return tuple(value)
            self._refuse(key, "codes-differ", "代码重复", "a code is listed twice")
            return ()
        self._refuse(
            key, "codes-expected", "应为非空的代码列表", "a list of codes that is not empty is expected"
        )
        return ()

    def decimal(self, key: str) -> Decimal:
        """A decimal number as text. A bare number is refused: it may have been a binary float on its way."""
        value = self._values.get(key)
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            return Decimal(value)
        zh, en = "应为加引号的十进制数字", "a decimal number in quotes is expected"
        self._refuse(key, "decimal-text-expected", zh, en)
        return Decimal(0)

    def number(self, key: str) -> Fraction:
        """A whole number, or a decimal number as text; it may be negative."""
        value = number_from(self._values.get(key))
        if value is not None:
            return value
        zh, en = "应为整数或加引号的十进制数字", "a whole number or a decimal number in quotes is expected"
        self._refuse(key, "number-expected", zh, en)
        return Fraction(0)

    def column(self, key: str, *, numeric: bool = False) -> str:
        value = self._values.get(key)
        name = column_name(str(value) if numeric and is_whole(value) else value, numeric=numeric)
        if name is not None:
            return name
        zh, en = f"应为列名({COLUMN_ZH})", f"the name of a column is expected ({COLUMN_EN})"
        self._refuse(key, "column-expected", zh, en)
        return ""

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts that is not empty, each once; whole numbers are read as their text."""
        value = self._values.get(key)
        given = [str(v) if is_whole(v) else v for v in value] if isinstance(value, list) else []
        if given and all(isinstance(v, str) and 0 < len(v) <= TEXT_LENGTH for v in given):
            if len(set(given)) == len(given):
                return tuple(given)
            self._refuse(key, "words-differ", "内容重复", "a word is listed twice")
            return ()
        self._refuse(key, "words-expected", "应为非空的文本列表", "a list of texts is expected")
        return ()

    def fen(self, key: str, *, minimum: int = 1) -> int:
        return self.integer(key, minimum=minimum, maximum=MAX_FEN)
