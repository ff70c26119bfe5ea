"""Reading a decoded document strictly: every problem is collected with its path, none stops the reading.

A reader returns a harmless value where it found a problem. Nobody uses what was read while `problems` is
not empty.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

TEXT_LENGTH = 500
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}\Z", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?\Z", re.ASCII)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
LONG_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,80})?\Z", re.ASCII)
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Choice = TypeVar("Choice", bound=StrEnum)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, by which rule, and in both languages what to do about it."""

    path: str
    rule: str
    zh: str
    en: str


class Fields:
    """One mapping of the document: its keys are known and each is read by its kind."""

    def __init__(
        self,
        document: object,
        path: str,
        problems: list[Problem],
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
                self.report("missing-key", f"缺少键: {key}", f"key {key} is missing")

    def report(self, rule: str, zh: str, en: str, *, at: str = "") -> None:
        self.problems.append(Problem(path=self.at(at) if at else self.path, rule=rule, zh=zh, en=en))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return self._values.get(key) is not None

    def raw(self, key: str) -> object:
        return self._values.get(key)

    def _told(self, key: str) -> object:
        """A whole number stands for its digits where a name or code is expected (`version: 2024`)."""
        value = self._values.get(key)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return str(value) if whole else value

    def text(self, key: str) -> str:
        value = self._told(key)
        if isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH and NOT_TEXT.search(value) is None:
            return value
        if key in self._values:
            zh, en = f"应为1至{TEXT_LENGTH}字的文本", f"a text of 1 to {TEXT_LENGTH} characters is expected"
            self.report("text-expected", zh, en, at=key)
        return ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def code(self, key: str) -> str:
        value = self._told(key)
        if isinstance(value, str) and CODE.match(value):
            return value
        if key in self._values:
            zh, en = "应为代码(字母、数字、_ . -)", "a code of letters, digits, _ . - is expected"
            self.report("code-expected", zh, en, at=key)
        return ""

    def codes(self, key: str) -> tuple[str, ...]:
        value = self._listed(key)
        if isinstance(value, list) and value and all(isinstance(v, str) and CODE.match(v) for v in value):
            return tuple(value)
        if key in self._values:
            zh, en = "应为非空的代码列表", "a list of codes that is not empty is expected"
            self.report("codes-expected", zh, en, at=key)
        return ()

    def decimal(self, key: str) -> Decimal:
        """A decimal string or a whole number. A bare fraction is refused: it may have been a binary float on its
        way.
        """
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
            return Decimal(value)
        if isinstance(value, str) and DECIMAL.match(value):
            return Decimal(value)
        if key in self._values:
            zh = "应为十进制数字,如 0.25(小数点前后各不超过15位;JSON中加引号)"
            en = "a decimal such as 0.25, at most 15 digits before and after the point (in JSON: in quotes)"
            self.report("decimal-string-expected", zh, en, at=key)
        return Decimal(0)

    def long_decimal(self, key: str) -> Decimal:
        """A frozen parameter: as many digits as the engine works with."""
        value = self._values.get(key)
        if isinstance(value, str) and LONG_DECIMAL.match(value):
            return Decimal(value)
        self.report(
            "decimal-string-expected", "应为加引号的十进制数字", "a decimal in quotes is expected", at=key
        )
        return Decimal(0)

    def _listed(self, key: str) -> object:
        value = self._values.get(key)
        if not isinstance(value, list):
            return value
        return [str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in value]

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        value = self._listed(key)
        if isinstance(value, list) and all(
            isinstance(v, str) and len(v) <= TEXT_LENGTH and (v or empty) and not NOT_TEXT.search(v)
            for v in value
        ):
            return tuple(value)
        if key in self._values:
            self.report("texts-expected", "应为文本列表", "a list of texts is expected", at=key)
        return ()

    def optional_decimal(self, key: str) -> Decimal | None:
        return self.decimal(key) if self.has(key) else None

    def integer(self, key: str, *, minimum: int, maximum: int) -> int:
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum:
            return value
        if key in self._values:
            zh, en = f"应为{minimum}至{maximum}的整数", f"an integer from {minimum} to {maximum} is expected"
            self.report("integer-expected", zh, en, at=key)
        return minimum

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if isinstance(value, bool):
            return value
        if key in self._values:
            self.report("flag-expected", "应为 true 或 false", "true or false is expected", at=key)
        return False

    def choice(self, key: str, options: type[Choice]) -> Choice:
        value = self._values.get(key)
        for option in options:
            if value == option.value:
                return option
        if key in self._values:
            names = ", ".join(option.value for option in options)
            self.report("choice-expected", f"应为其中之一: {names}", f"one of {names} is expected", at=key)
        return next(iter(options))

    def date(self, key: str) -> date:
        value = self._values.get(key)
        if isinstance(value, str) and ISO_DATE.match(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if key in self._values:
            zh, en = "应为日期,如 2024-05-27", "a date such as 2024-05-27 is expected"
            self.report("date-expected", zh, en, at=key)
        return date(1, 1, 1)

    def each(self, key: str, read: Callable[[object, str], Read], *, limit: int) -> tuple[Read, ...]:
        """Every item of a list, read with its own path."""
        value = self._values.get(key)
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > limit:
            if key in self._values:
                zh, en = f"应为不超过{limit}项的列表", f"a list of at most {limit} items is expected"
                self.report("list-expected", zh, en, at=key)
            return ()
        return tuple(read(item, f"{self.at(key)}[{index}]") for index, item in enumerate(value))
