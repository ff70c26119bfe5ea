"""How an indicator follows from the registers, as data of the catalogue: what is counted, summed or divided.

A firm that belongs to two clusters counts in each by its share, so that sums over clusters count it once.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.domain.registers.declared import REGISTERS

_QUANTUM: Final = Decimal("0.000001")
_SMALLEST: Final = Decimal("0.000000000001")
_TOO_LARGE: Final = Decimal(10) ** 18
_WIDE: Final = Context(prec=60)
_HUNDRED: Final = Decimal(100)
Word = Annotated[str, Field(min_length=1, max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Members(_Part):
    """Firms of the cluster; with ``qualifications``, those that hold any of them at the end of the year."""

    kind: Literal["members"]
    qualifications: tuple[Word, ...] = ()


class MembersAbove(_Part):
    """Firms whose own figure lies above ``above`` (超 is >)."""

    kind: Literal["members_above"]
    field: Word
    above: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class MembersSum(_Part):
    """Sum of the firms' own figures of the year."""

    kind: Literal["members_sum"]
    field: Word


class InParkShare(_Part):
    """Firms with a registered park, in percent of all firms of the cluster."""

    kind: Literal["in_park_share"]


class Entries(_Part):
    """Entries of a register that name the cluster and hold any of the wanted values in each field."""

    kind: Literal["entries"]
    register_code: Annotated[Word, Field(alias="register")]
    where: dict[Word, tuple[Word, ...]] = {}

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> "Entries":
        register = REGISTERS.get(self.register_code)
        if register is None or register.cluster is None:
            raise ValueError(f"{self.register_code} is no register of clusters")
        unknown = [code for code in self.where if register.field(code) is None]
        if unknown:
            raise ValueError(f"{self.register_code} has no field {', '.join(unknown)}")
        return self


class InvestmentPerMu(_Part):
    """Investment of the cluster's parks for each mu of their area."""

    kind: Literal["investment_per_mu"]


class CountyShare(_Part):
    """The leading industries' share of the county's operating revenue, in percent."""

    kind: Literal["county_share"]


Derivation = Annotated[
    Members | MembersAbove | MembersSum | InParkShare | Entries | InvestmentPerMu | CountyShare,
    Field(discriminator="kind"),
]
#: The register of the counties' own yearly figures.
COUNTY_YEARS: Final = "county-years"
#: Kinds whose values add up over clusters.
ADDITIVE: Final = frozenset({"members", "members_above", "members_sum", "entries"})


def register_read(rule: Derivation) -> str:
    """The register without whose entries a rule gives nothing."""
    match rule:
        case Entries():
            return rule.register_code
        case InvestmentPerMu():
            return "cluster-parks"
        case CountyShare():
            return COUNTY_YEARS
        case _:
            return "cluster-memberships"


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    if part is None or not whole:
        return None
    return figure(part / whole * _HUNDRED, _QUANTUM)


def figure(value: Decimal, quantum: Decimal = _SMALLEST) -> Decimal | None:
    """With no more decimals than a figure may have: a share times an amount has those of both.

    None where it is larger than any figure may be: one absurd entry must not stop the snapshot of a province.
    """
    if abs(value) >= _TOO_LARGE:
        return None
    short = value.quantize(quantum, ROUND_HALF_UP, _WIDE)
    return value if short == value else short


def quotient(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    if part is None or not whole:
        return None
    return figure(part / whole, _QUANTUM)


def change_percent(difference: Decimal, base: Decimal) -> Decimal:
    """Of any two figures, also of absurd ones in a draft."""
    return (difference / base * _HUNDRED).quantize(Decimal("0.01"), context=_WIDE)
