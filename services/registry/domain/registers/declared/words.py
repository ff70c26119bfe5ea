"""Words that several registers use."""

from decimal import Decimal
from typing import Final

from services.registry.domain.registers.fields import Choice, Field, Kind
from services.registry.domain.registers.register import Writer

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)

BY_COUNTY: Final[frozenset[Writer]] = frozenset({"county", "province"})
BY_CITY: Final[frozenset[Writer]] = frozenset({"city", "province"})
BY_COUNTY_OR_DEPARTMENT: Final[frozenset[Writer]] = frozenset({"county", "department", "province"})
BY_PROVINCE: Final[frozenset[Writer]] = frozenset({"province"})
BY_DEPARTMENT: Final[frozenset[Writer]] = frozenset({"department", "province"})

LEVELS: Final = (
    Choice("national", "国家级", "national"),
    Choice("provincial", "省级", "provincial"),
    Choice("municipal", "市级", "municipal"),
    Choice("county", "县级", "county"),
)


def cluster(*, required: bool = True) -> Field:
    return Field("cluster", "集群编码", "cluster", Kind.CLUSTER, required=required)


def enterprise(*, required: bool = True) -> Field:
    return Field(
        "enterprise",
        "企业统一社会信用代码",
        "enterprise",
        Kind.CREDIT_CODE,
        required=required,
        register="enterprises",
    )


def park(*, required: bool = False) -> Field:
    return Field("park", "园区编码", "park", Kind.CODE, required=required, register="parks", upper=True)


def year() -> Field:
    return Field("year", "年度", "year", Kind.YEAR)


def amount(code: str, zh: str, en: str, *, unit: str = "万元", required: bool = True) -> Field:
    """A figure that is not below zero."""
    return Field(code, zh, en, Kind.DECIMAL, required=required, unit=unit, minimum=ZERO)


def count(code: str, zh: str, en: str, *, unit: str = "个", required: bool = True) -> Field:
    return Field(code, zh, en, Kind.INTEGER, required=required, unit=unit, minimum=ZERO)


def choice(code: str, zh: str, en: str, *choices: tuple[str, str, str], required: bool = True) -> Field:
    return Field(
        code, zh, en, Kind.CHOICE, required=required, choices=tuple(Choice(*entry) for entry in choices)
    )
