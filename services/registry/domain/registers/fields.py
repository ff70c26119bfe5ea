"""Fields of a register: what kind of value each holds, and how a cell is read as one."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.registry.domain.registers.cells import (
    Cell,
    Remark,
    Unreadable,
    date_of,
    narrow,
    number_of,
    text_of,
)
from shared.documents.canonical import decimal_text
from shared.text.credit_code import fault_of
from shared.text.hygiene import key

#: A value as it is kept: text (also decimals and dates), whole number, yes or no, or several codes.
Value = str | int | bool | list[str]


class Kind(StrEnum):
    TEXT = "text"
    NOTE = "note"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    YEAR = "year"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CREDIT_CODE = "credit_code"
    PROJECT_CODE = "project_code"
    COUNTY = "county"
    CLUSTER = "cluster"
    INDUSTRIES = "industries"
    REFERENCE = "reference"


NUMERIC: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.YEAR})


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a register. ``register`` names what a reference points to; ``unit`` is shown in the heading."""

    code: str
    zh: str
    en: str
    kind: Kind = Kind.TEXT
    required: bool = True
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    register: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    help: str = ""
    upper: bool = False  # codes that differ by case only are one

    @property
    def heading(self) -> str:
        """The column's heading in a template: Chinese, with the unit, and a star where it must be filled."""
        return f"{self.zh}{f'({self.unit})' if self.unit else ''}{'*' if self.required else ''}"


@dataclass(frozen=True, slots=True)
class Known:
    """Reference data that cells are checked against while a file is read."""

    counties: Mapping[str, str] = field(default_factory=dict)  # code -> name
    kept: Mapping[str, str] = field(
        default_factory=dict
    )  # code of a recoded county -> under which it is kept
    retired: Mapping[str, str] = field(default_factory=dict)  # retired county code -> its successor
    clusters: Mapping[str, str] = field(default_factory=dict)  # code -> county code
    industries: Collection[str] = frozenset()

    def called(self, kept_code: str) -> str:
        """The code of today of a county that is kept under this one."""
        return next((code for code, kept in self.kept.items() if kept == kept_code), kept_code)


_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PROJECT_CODE: Final = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")
_YES: Final = {
    "是": True,
    "否": False,
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "1": True,
    "0": False,
}
_TEXT_MAX: Final = 200
_NOTE_MAX: Final = 4000
_SPLIT: Final = re.compile(r"[\u3001,\uff0c;\uff1b\s]+")  # Chinese and plain commas

_CREDIT_FAULTS: Final = {
    "length": ("统一社会信用代码应为 18 位", "a unified social credit code has 18 characters"),
    "characters": (
        "统一社会信用代码含有不允许的字符",
        "the credit code holds a character that none can have",
    ),
    "outer": ("统一社会信用代码校验位(第18位)不对", "the credit code's check character (18th) is wrong"),
    "inner": (
        "统一社会信用代码中组织机构代码的校验位(第17位)不对",
        "the check character of the organisation code inside (17th) is wrong",
    ),
}


def read_cell(spec: Field, cell: Cell, known: Known, remarks: list[Remark]) -> Value | None:
    """The value of a cell that is not empty; raises :class:`Unreadable`; warnings go to ``remarks``."""
    return _READERS[spec.kind](spec, cell, known, remarks)


def _credit_code(_spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    code = narrow(text_of(cell, remarks), remarks)
    fault = fault_of(code)
    if fault is None:
        return code
    if (upper := code.upper()) != code and fault_of(upper) is None:
        return upper
    zh, en = _CREDIT_FAULTS[fault]
    raise Unreadable(f"credit-code-{fault}", f"{code[:30]}:{zh}", f"{code[:30]}: {en}")


def _text(spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    text = text_of(cell, remarks)
    longest = _NOTE_MAX if spec.kind is Kind.NOTE else _TEXT_MAX
    if len(text) > longest:
        raise Unreadable("too-long", f"超过 {longest} 字", f"longer than {longest} characters")
    if spec.kind is Kind.TEXT and ("\n" in text or "\t" in text):
        raise Unreadable("one-line", "不能换行", "must be one line")
    return text


def _number(spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> Value:
    value = number_of(cell, remarks)
    if (spec.minimum is not None and value < spec.minimum) or (
        spec.maximum is not None and value > spec.maximum
    ):
        low = "" if spec.minimum is None else decimal_text(spec.minimum)
        high = "" if spec.maximum is None else decimal_text(spec.maximum)
        raise Unreadable(
            "range", f"{value} 超出范围 {low} 至 {high}", f"{value} lies outside {low} to {high}"
        )
    if spec.kind is Kind.DECIMAL:
        return decimal_text(value)
    if value != value.to_integral_value():
        raise Unreadable("integer", f"{value} 应为整数", f"{value} must be a whole number")
    if spec.kind is Kind.YEAR and not 1949 <= value <= 2199:
        raise Unreadable("year", f"{value} 不是年份", f"{value} is no year")
    return int(value)


def _date(_spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    return date_of(cell, remarks).isoformat()


def _county(_spec: Field, cell: Cell, known: Known, remarks: list[Remark]) -> str:
    code = narrow(text_of(cell, remarks), remarks)
    if code in known.counties:
        return known.kept.get(code, code)
    if code in known.retired:
        successor = known.retired[code]
        raise Unreadable(
            "division-code-retired",
            f"区划代码 {code} 已停用,请改用 {successor} {known.counties.get(successor, '')}",
            f"the division code {code} is retired; use {successor}",
        )
    raise Unreadable(
        "division-not-known",
        f"{code[:20]} 不是县级区划代码(开发区等功能区不能作为县填报)",
        f"{code[:20]} is no county code of GB/T 2260 (functional zones are no counties)",
    )


def _cluster(_spec: Field, cell: Cell, known: Known, remarks: list[Remark]) -> str:
    code = narrow(text_of(cell, remarks), remarks)
    if code not in known.clusters:
        raise Unreadable(
            "cluster-not-known", f"没有登记集群 {code[:40]}", f"no cluster {code[:40]} is registered"
        )
    return code


def _choice(spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    text = text_of(cell, remarks)
    given = key(narrow(text, []))
    for choice in spec.choices:
        if given in {key(choice.zh), key(choice.code), key(choice.en)}:
            return choice.code
    allowed = "、".join(choice.zh for choice in spec.choices)
    raise Unreadable(
        "choice",
        f"“{text[:40]}”不在可选值中:{allowed}",
        f"“{text[:40]}” is none of: {', '.join(choice.en for choice in spec.choices)}",
    )


def _boolean(_spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> bool:
    text = narrow(text_of(cell, remarks), remarks)
    found = _YES.get(key(text))
    if found is None:
        raise Unreadable("boolean", f"“{text[:20]}”应为是或否", f"“{text[:20]}” must be yes or no (是, 否)")
    return found


def _industries(_spec: Field, cell: Cell, known: Known, remarks: list[Remark]) -> list[str]:
    text = narrow(text_of(cell, remarks), remarks)
    codes = sorted({code.upper() for code in _SPLIT.split(text) if code})
    unknown = [code for code in codes if code not in known.industries]
    if unknown or not codes:
        raise Unreadable(
            "industry-not-known",
            f"国民经济行业分类没有代码:{'、'.join(unknown)[:100]}",
            f"GB/T 4754 has no code {', '.join(unknown)[:100]}",
        )
    return codes


def _code(spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    text = narrow(text_of(cell, remarks), remarks)
    if not _CODE.fullmatch(text):
        raise Unreadable(
            "code",
            f"“{text[:60]}”:编码只能含字母、数字、点、横线",
            f"“{text[:60]}”: a code holds letters, digits, dots and dashes",
        )
    return text.upper() if spec.upper else text


def _project_code(_spec: Field, cell: Cell, _known: Known, remarks: list[Remark]) -> str:
    text = narrow(text_of(cell, remarks), remarks)
    if not _PROJECT_CODE.fullmatch(text):
        raise Unreadable(
            "project-code",
            f"“{text[:60]}”:项目代码应形如 2404-421303-04-01-123456",
            f"“{text[:60]}”: a national project code looks like 2404-421303-04-01-123456",
        )
    return text


_Reader = Callable[[Field, Cell, Known, list[Remark]], Value]
_READERS: Final[Mapping[Kind, _Reader]] = {
    Kind.TEXT: _text,
    Kind.NOTE: _text,
    Kind.CODE: _code,
    Kind.INTEGER: _number,
    Kind.DECIMAL: _number,
    Kind.YEAR: _number,
    Kind.DATE: _date,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.CREDIT_CODE: _credit_code,
    Kind.PROJECT_CODE: _project_code,
    Kind.COUNTY: _county,
    Kind.CLUSTER: _cluster,
    Kind.INDUSTRIES: _industries,
    Kind.REFERENCE: _code,
}
