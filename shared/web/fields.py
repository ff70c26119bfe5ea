"""Field types of request bodies: bounded, printable, and named in the words of the field."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from shared.text.document_number import folded
from shared.text.hygiene import UnfitCharacter, compared, serial, stored
from shared.text.money import MAX_FEN


def _printable(value: str) -> str:
    """Refuses control characters (NUL first of all) except line breaks and tabs; normalises to NFC."""
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise PydanticCustomError(
                "unprintable_character",
                "holds a character that cannot be printed",
                {"zh": "含有不可打印的字符"},
            )
    return unicodedata.normalize("NFC", value)


def _line(value: Any) -> Any:
    """One line as it is kept, cleaned before its length is told."""
    return _cleaned(lambda text: stored(text).text, value)


def _lines(value: Any) -> Any:
    return _cleaned(lambda text: stored(text, lines=True).text, value)


def _narrow(value: Any) -> Any:
    return _cleaned(compared, value)


def _serial(value: Any) -> Any:
    return _cleaned(serial, value)


def _document_number(value: Any) -> Any:
    return _cleaned(folded, value)


def _cleaned(clean: Callable[[str], str], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return clean(value)
    except UnfitCharacter as unfit:
        raise PydanticCustomError(
            _RULE_OF_UNFIT.get(unfit.rule, "unprintable_character"), "{en}", {"zh": unfit.zh, "en": unfit.en}
        ) from unfit


_RULE_OF_UNFIT = {"line-break": "one_line"}


#: A name or title: one line of 1 to 200 characters.
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    BeforeValidator(_line),
]
#: A reason, minutes or a note: 1 to 4,000 characters.
Note = Annotated[str, StringConstraints(min_length=1, max_length=4000), BeforeValidator(_lines)]
#: A business code, such as a cluster's.
Code = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
    BeforeValidator(_narrow),
]
#: A serial number of a bank: letters, digits and hyphens, kept in capitals.
BankSerial = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$"), BeforeValidator(_serial)
]
#: The number that a treasury gave a file, kept in capitals.
FileNumber = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
    BeforeValidator(_serial),
]
#: A division's code in finance's own numbering, kept in capitals.
FinanceCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,20}$"), BeforeValidator(_serial)]
#: A division code of GB/T 2260: six digits.
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), BeforeValidator(_narrow)]
#: An office's document number (文号), its year in hexagonal brackets.
DocumentNumber = Annotated[
    str,
    StringConstraints(min_length=2, max_length=100),
    BeforeValidator(_document_number),
]
#: A hash with its algorithm.
Sha256 = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
#: An amount that moves: a positive whole number of fen.
PositiveFen = Annotated[int, Field(gt=0, le=MAX_FEN, strict=True)]
#: A year that this system can know.
Year = Annotated[int, Field(ge=2000, le=2199, strict=True)]


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")


def _written_day(value: Any) -> Any:
    """A day is written as such: a bare number is not taken for seconds since 1970."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError(
            "date_text", "must be a date such as 2024-09-10", {"zh": "应为日期,如 2024-09-10"}
        )
    return value


def _sensible_day(value: date) -> date:
    if not 2000 <= value.year <= 2199:
        raise PydanticCustomError(
            "date_out_of_range",
            "must lie between the years 2000 and 2199",
            {"zh": "日期须在 2000 年至 2199 年之间"},
        )
    return value


def _written_moment(value: Any) -> Any:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        raise PydanticCustomError(
            "moment_text",
            "must be a moment with its time zone, such as 2024-09-10T08:00:00+08:00",
            {"zh": "应为带时区的时刻,如 2024-09-10T08:00:00+08:00"},
        )
    return value


#: A day of business time, written as 2024-09-10.
BusinessDate = Annotated[date, BeforeValidator(_written_day), AfterValidator(_sensible_day)]
#: A moment of real time with its zone, written as 2024-09-10T08:00:00+08:00.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_sensible_day)]

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")


def _decimal_text(value: Any) -> str:
    """A decimal number as text, up to 18 digits before the point and 12 after; never a float."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise PydanticCustomError(
            "decimal_text",
            'must be a number written as text, such as "414.00": up to 18 digits, then up to 12 decimals',
            {"zh": '应为用文本书写的数字,如 "414.00":整数部分至多 18 位,小数至多 12 位'},
        )
    return value


DecimalText = Annotated[
    str,
    AfterValidator(_decimal_text),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": "^-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,12})?$", "examples": ["414.00"]}
    ),
]


MAX_DOCUMENT_DEPTH = 100


def _encodable(document: dict[str, Any]) -> dict[str, Any]:
    """Refuses what no UTF-8 text or database can hold (lone surrogates, NUL), and nesting without end."""
    level: list[Any] = [document]
    for _ in range(MAX_DOCUMENT_DEPTH):
        below: list[Any] = []
        for member in level:
            if isinstance(member, str):
                _printable(member)
            elif isinstance(member, dict):
                below += [*member.keys(), *member.values()]
            elif isinstance(member, list):
                below += member
        if not below:
            return document
        level = below
    raise PydanticCustomError(
        "nested_too_deep",
        "is nested more than {depth} levels deep",
        {"zh": f"嵌套超过 {MAX_DOCUMENT_DEPTH} 层", "depth": MAX_DOCUMENT_DEPTH},
    )


#: A document whose own parser checks it further, such as a scheme.
JsonDocument = Annotated[dict[str, Any], AfterValidator(_encodable)]
