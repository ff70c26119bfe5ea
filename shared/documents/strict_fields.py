"""Reading a decoded document strictly: every problem is collected with its path, nothing is guessed or converted.

A reader returns a harmless value where it found a problem, and none stops the reading; nobody uses what was
read while `problems` is not empty. A service adds the kinds of values that only its own documents have.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, TypeGuard, TypeVar

from shared.errors import Item

TEXT_LENGTH: Final = 500
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)
Read = TypeVar("Read")


def is_whole(value: object) -> TypeGuard[int]:
    """A whole number; `true` is none, though Python counts it as one."""
    return isinstance(value, int) and not isinstance(value, bool)


class StrictFields:
    """One mapping of the document: its keys are known, and each is read by its kind."""

    not_text: ClassVar[re.Pattern[str]] = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

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
                self._report_missing(key)

    def report(self, rule: str, zh: str, en: str, *, at: str = "") -> None:
        self.problems.append(Item(field=self.at(at) if at else self.path, rule=rule, zh=zh, en=en))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return self._values.get(key) is not None

    def raw(self, key: str) -> object:
        """The value as it was decoded, for a reader of its own."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        value = self._word(key)
        if isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH and not self.not_text.search(value):
            return value
        zh, en = f"应为1至{TEXT_LENGTH}字的文本", f"a text of 1 to {TEXT_LENGTH} characters is expected"
        self._refuse(key, "text-expected", zh, en)
        return ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def code(self, key: str) -> str:
        value = self._word(key)
        if isinstance(value, str) and CODE.fullmatch(value):
            return value
        zh, en = "应为代码(字母、数字、_ . -)", "a code of letters, digits, _ . - is expected"
        self._refuse(key, "code-expected", zh, en)
        return ""

    def integer(self, key: str, *, minimum: int, maximum: int) -> int:
        value = self._values.get(key)
        if is_whole(value) and minimum <= value <= maximum:
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
            zh, en = f"应为不超过{limit}项的列表", f"a list of at most {limit} items is expected"
            if minimum:
                zh, en = (
                    f"应为{minimum}至{limit}项的列表",
                    f"a list of {minimum} to {limit} items is expected",
                )
            self._refuse(key, "list-expected", zh, en)
            return ()
        return tuple(read(item, f"{self.at(key)}[{index}]") for index, item in enumerate(value))

    def _word(self, key: str) -> object:
        """The value where a text or a code is expected."""
        return self._values.get(key)

    def _report_missing(self, key: str) -> None:
        self.report("missing-key", f"缺少键: {key}", f"the key {key} is missing", at=key)

    def _refuse(self, key: str, rule: str, zh: str, en: str) -> None:
        if key in self._values:  # an absent key has been reported already
            self.report(rule, zh, en, at=key)
