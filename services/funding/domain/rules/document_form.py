"""The form of a document number (发文字号): the office's code, the year in brackets, the running number of the year."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.errors import Item

#: What a form is made of; each occurs once. Numbers run from 1 without leading zeros (不编虚位).
PARTS: Final = {
    "{office}": "[\u3400-\u4dbf\u4e00-\u9fff〇]{1,40}",
    "{year}": "2[01][0-9]{2}",
    "{number}": "[1-9][0-9]{0,5}",
}
_PART: Final = re.compile(r"\{[a-z]*\}")
_NAMES: Final = {"{office}": "机关代字", "{year}": "年份", "{number}": "序号"}


@dataclass(frozen=True, slots=True)
class DocumentNumberForm:
    """``form`` such as ``{office}〔{year}〕{number}号``, and an ``example`` of it for messages."""

    form: str
    example: str

    @property
    def is_whole(self) -> bool:
        """Whether each part occurs once, and nothing else in braces."""
        others = _PART.sub("", self.form)
        return sorted(_PART.findall(self.form)) == sorted(PARTS) and not set("{}") & set(others)

    def fits(self, number: str) -> bool:
        return _pattern(self.form).fullmatch(number) is not None

    def problem(self, number: str, *, at: str = "document_number") -> Item | None:
        """Why a number is none, naming the form."""
        if self.fits(number):
            return None
        named = _PART.sub(lambda part: _NAMES[part[0]], self.form)
        named_en = _PART.sub(lambda part: part[0].strip("{}"), self.form)
        zh = f"文号 {number} 不符合格式 {named}(序号不带 0 开头),如 {self.example}"
        en = f"{number} has not the form {named_en} (no leading zero) of a document number, such as {self.example}"
        return Item(at, "document-number-form", zh, en)


#: GB/T 9704 (发文字号): where the rules of a programme do not say otherwise.
STANDARD_FORM: Final = DocumentNumberForm("{office}〔{year}〕{number}号", "鄂财建发〔2024〕88号")


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile("".join(PARTS.get(part, re.escape(part)) for part in re.split(r"(\{[a-z]*\})", form)))
