"""Kinds of values that only a scheme's document has; those of every document: `shared.documents.strict_fields`."""

import re
from decimal import Decimal

from shared.documents.strict_fields import CODE, TEXT_LENGTH, StrictFields, is_whole

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_LONG_DECIMAL = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,80})?", re.ASCII)


class Fields(StrictFields):
    """A text may have lines, and a whole number stands for its digits where a name or code is expected."""

    not_text = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

    def codes(self, key: str) -> tuple[str, ...]:
        value = self._listed(key)
        if isinstance(value, list) and value and all(isinstance(v, str) and CODE.fullmatch(v) for v in value):
            return tuple(value)
        zh, en = "应为非空的代码列表", "a list of codes that is not empty is expected"
        self._refuse(key, "codes-expected", zh, en)
        return ()

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        value = self._listed(key)
        if isinstance(value, list) and all(
            isinstance(v, str) and len(v) <= TEXT_LENGTH and (v or empty) and not self.not_text.search(v)
            for v in value
        ):
            return tuple(value)
        self._refuse(key, "texts-expected", "应为文本列表", "a list of texts is expected")
        return ()

    def decimal(self, key: str) -> Decimal:
        """A decimal string or a whole number. A bare fraction is refused: it may have been a binary float on its
        way.
        """
        value = self._values.get(key)
        if is_whole(value) and abs(value) < 10**15:
            return Decimal(value)
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            return Decimal(value)
        zh = "应为十进制数字,如 0.25(小数点前后各不超过15位;JSON中加引号)"
        en = "a decimal such as 0.25, at most 15 digits before and after the point (in JSON: in quotes)"
        self._refuse(key, "decimal-string-expected", zh, en)
        return Decimal(0)

    def optional_decimal(self, key: str) -> Decimal | None:
        return self.decimal(key) if self.has(key) else None

    def long_decimal(self, key: str) -> Decimal:
        """A frozen parameter: as many digits as the engine works with."""
        value = self._values.get(key)
        if isinstance(value, str) and _LONG_DECIMAL.fullmatch(value):
            return Decimal(value)
        zh, en = "应为加引号的十进制数字", "a decimal in quotes is expected"
        self.report("decimal-string-expected", zh, en, at=key)
        return Decimal(0)

    def _word(self, key: str) -> object:
        """`version: 2024` is the version "2024"."""
        value = self._values.get(key)
        return str(value) if is_whole(value) else value

    def _listed(self, key: str) -> object:
        value = self._values.get(key)
        return [str(v) if is_whole(v) else v for v in value] if isinstance(value, list) else value

    def _report_missing(self, key: str) -> None:
        """At the mapping: a clause is named for the rule that lacks the key."""
        self.report("missing-key", f"缺少键: {key}", f"key {key} is missing")
