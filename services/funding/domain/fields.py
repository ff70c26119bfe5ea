"""Reading a rule document strictly: every problem is collected with its path, nothing is guessed or converted."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from shared.errors import Item
from shared.money import MAX_FEN

TEXT_LENGTH: Final = 500
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_SIGNED: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_COLUMN: Final = re.compile(r"[^\W\d][\w.\-]{0,63}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

Choice = TypeVar("Choice", bound=StrEnum)
Read = TypeVar("Read")


def number_from(value: object) -> Fraction | None:
    """A whole number, or a decimal number as text. A binary float is never read."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        return Fraction(value)
    return Fraction(value) if isinstance(value, str) and _SIGNED.fullmatch(value) else None


def column_name(value: object) -> str | None:
    """A column's name begins with a letter of any script; what begins with a digit is a number."""
    return value if isinstance(value, str) and _COLUMN.fullmatch(value) else None


class Fields:
    """One mapping of the document: its keys are known, and each is read by its kind."""

    def __init__(
        self,
        document: object,
        path: str,
        problems: list[Item],
        *,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> None:
        self.path = path
        self.problems = problems
        self._values: Mapping[object, object] = {}
        if not isinstance(document, Mapping):
            self.report("mapping-expected", "此处应为键值对", "a mapping is expected here")
            return
        self._values = document
        for key in document:
            if key not in required and key not in optional:
                self.report("unknown-key", f"未知的键: {str(key)[:60]!r}", f"unknown key {str(key)[:60]!r}")
        for key in required:
            if key not in document:
                self.report("missing-key", f"缺少键: {key}", f"the key {key} is missing", at=key)

    def report(self, rule: str, zh: str, en: str, *, at: str = "") -> None:
        self.problems.append(Item(field=self.at(at) if at else self.path, rule=rule, zh=zh, en=en))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return self._values.get(key) is not None

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

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH and not _UNPRINTABLE.search(value):
            return value
        zh, en = f"应为1至{TEXT_LENGTH}字的文本", f"a text of 1 to {TEXT_LENGTH} characters is expected"
        self._refuse(key, "text-expected", zh, en)
        return ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def code(self, key: str) -> str:
        value = self._values.get(key)
        if isinstance(value, str) and _CODE.fullmatch(value):
            return value
        self._refuse(
            key,
            "code-expected",
            "应为代码(字母、数字、_ . -)",
            "a code of letters, digits, _ . - is expected",
        )
        return ""

    def codes(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key)
        if (
            isinstance(value, list)
            and value
            and all(isinstance(v, str) and _CODE.fullmatch(v) for v in value)
        ):
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

    def raw(self, key: str) -> object:
        """The value as it was decoded, for a reader of its own."""
        return self._values.get(key)

    def number(self, key: str) -> Fraction:
        """A whole number, or a decimal number as text; it may be negative."""
        value = number_from(self._values.get(key))
        if value is not None:
            return value
        zh, en = "应为整数或加引号的十进制数字", "a whole number or a decimal number in quotes is expected"
        self._refuse(key, "number-expected", zh, en)
        return Fraction(0)

    def column(self, key: str) -> str:
        name = column_name(self._values.get(key))
        if name is not None:
            return name
        zh, en = "应为列名(以文字开头)", "the name of a column is expected; it begins with a letter"
        self._refuse(key, "column-expected", zh, en)
        return ""

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts that is not empty, each once; whole numbers are read as their text."""
        value = self._values.get(key)
        given = (
            [str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in value]
            if isinstance(value, list)
            else []
        )
        if given and all(isinstance(v, str) and 0 < len(v) <= TEXT_LENGTH for v in given):
            if len(set(given)) == len(given):
                return tuple(given)
            self._refuse(key, "words-differ", "内容重复", "a word is listed twice")
            return ()
        self._refuse(key, "words-expected", "应为非空的文本列表", "a list of texts is expected")
        return ()

    def fen(self, key: str, *, minimum: int = 1) -> int:
        return self.integer(key, minimum=minimum, maximum=MAX_FEN)

    def integer(self, key: str, *, minimum: int, maximum: int) -> int:
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum:
            return value
        zh, en = f"应为{minimum}至{maximum}的整数", f"an integer from {minimum} to {maximum} is expected"
        self._refuse(key, "integer-expected", zh, en)
        return minimum

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if isinstance(value, bool):
            return value
        self._refuse(key, "flag-expected", "应为 true 或 false", "true or false is expected")
        return False

    def choice(self, key: str, options: type[Choice]) -> Choice:
        value = self._values.get(key)
        for option in options:
            if value == option.value:
                return option
        names = ", ".join(option.value for option in options)
        self._refuse(key, "choice-expected", f"应为其中之一: {names}", f"one of {names} is expected")
        return next(iter(options))

    def date(self, key: str) -> date:
        value = self._values.get(key)
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self._refuse(key, "date-expected", "应为日期,如 2024-05-27", "a date such as 2024-05-27 is expected")
        return date(1, 1, 1)

    def each(
        self, key: str, read: Callable[[object, str], Read], *, limit: int, minimum: int = 0
    ) -> tuple[Read, ...]:
        """Every item of a list, read with its own path."""
        value = self._values.get(key)
        if not isinstance(value, list) or not minimum <= len(value) <= limit:
            zh, en = f"应为{minimum}至{limit}项的列表", f"a list of {minimum} to {limit} items is expected"
            self._refuse(key, "list-expected", zh, en)
            return ()
        return tuple(read(item, f"{self.at(key)}[{index}]") for index, item in enumerate(value))

    def counts(self, key: str) -> dict[str, int]:
        """A mapping from codes to whole numbers from 0 to 100,000."""
        value = self._values.get(key)
        if isinstance(value, Mapping) and all(
            isinstance(code, str)
            and _CODE.fullmatch(code)
            and isinstance(number, int)
            and not isinstance(number, bool)
            and 0 <= number <= 100_000
            for code, number in value.items()
        ):
            return {str(code): int(number) for code, number in value.items()}
        self._refuse(
            key, "counts-expected", "应为代码到个数的对应表", "a mapping from codes to counts is expected"
        )
        return {}

    def _refuse(self, key: str, rule: str, zh: str, en: str) -> None:
        if key in self._values:  # an absent key has been reported already
            self.report(rule, zh, en, at=key)
