"""How a line of the policy is measured, as data of the programme: what is counted, of whom, from which sources.

A measure names registers, fields, choices and indicators; one that names something unknown is refused when the
programme (for indicators: its catalogue) is published. Definitions are ours unless a clause is cited.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from services.registry.domain.programme.parts import DocumentPart, Rule, Words
from services.registry.domain.registers.declared import REGISTERS
from services.registry.domain.registers.fields import NUMERIC, Kind
from services.registry.domain.registers.register import Register
from shared.web.fields import Code, DecimalText, Year

#: What a figure is made of: an amount, a share in percent, or the average yearly growth of a ratio in percent.
Form = Literal["total", "share", "growth"]
#: Who is looked at: clusters that hold a designation, or counties that take part.
Population = Literal["clusters", "counties"]
Source = Literal["attested", "filings", "registers"]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Where = dict[Word, Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]]
Sources = Annotated[
    tuple[Source, ...], Field(min_length=1, max_length=3, description="the first that has a figure")
]

QUALIFICATIONS: Final = "qualifications"
ENTERPRISES: Final = "enterprises"
ENTERPRISE_YEARS: Final = "enterprise-years"
PARKS: Final = "parks"
PARK_YEARS: Final = "park-years"
COUNTY_YEARS: Final = "county-years"


class _Measure(Rule):
    """``definition`` is the statistical scope (口径); ``base_year`` is where growth and projection start."""

    model_config = ConfigDict(serialize_by_alias=True)

    form: ClassVar[Form]
    population: ClassVar[Population] = "clusters"

    definition: Words
    base_year: Year | None = None

    def named_indicators(self) -> tuple[str, ...]:
        """The indicators of the catalogue that the measure reads."""
        return ()

    def derived_indicators(self) -> tuple[str, ...]:
        """Those of them that must follow from the registers."""
        return ()


class _Sourced(_Measure):
    """A measure that may take a department's or a return's figure of a cluster in place of the registers' entries.

    Such a cluster's own entries are then left out: nothing is counted twice.
    """

    #: Whether the registers' entries are units of their own, and so are always read.
    reads_registers: ClassVar[bool] = True

    indicator: Code | None = None
    sources: Sources = ("registers",)

    @model_validator(mode="after")
    def _sources_in_order(self) -> Self:
        if len(set(self.sources)) != len(self.sources):
            raise ValueError("sources names each source once")
        if "registers" in self.sources[:-1] or (self.reads_registers and self.sources[-1] != "registers"):
            raise ValueError("sources: the registers come last")
        if self.indicator is None and self.sources != ("registers",):
            raise ValueError("sources other than the registers take an indicator")
        return self

    def named_indicators(self) -> tuple[str, ...]:
        return () if self.indicator is None else (self.indicator,)


class Designations(_Measure):
    """Clusters that hold a designation, where levels are named: one of these."""

    kind: Literal["designations"]
    form: ClassVar[Form] = "total"

    levels: Annotated[tuple[Code, ...] | None, Field(min_length=1, max_length=10)] = None


class Threshold(DocumentPart):
    """超 is more_than, 以上 is at_least."""

    comparison: Literal["more_than", "at_least"]
    value: DecimalText


class ClustersAbove(_Sourced):
    """Clusters whose own figure of the year lies above a threshold; ``tier`` names the ladder that it is a rung of."""

    kind: Literal["clusters_above"]
    form: ClassVar[Form] = "total"
    reads_registers: ClassVar[bool] = False

    indicator: Code
    threshold: Threshold
    tier: Code | None = None

    def derived_indicators(self) -> tuple[str, ...]:
        return (self.indicator,) if "registers" in self.sources else ()


class OwnFigure(DocumentPart):
    """The firm's own figure of the year."""

    field: Word
    threshold: Threshold


class Firms(_Sourced):
    """Firms of the clusters, each once by its unified social credit code: those with any of the qualifications, or with
    an own figure above a threshold."""

    kind: Literal["firms"]
    form: ClassVar[Form] = "total"

    qualifications: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    own: OwnFigure | None = None

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        if bool(self.qualifications) == (self.own is not None):
            raise ValueError("give either qualifications or an own figure")
        if self.qualifications:
            _check_words(register_named(QUALIFICATIONS), {"kind": self.qualifications})
        if self.own is not None:
            _check_number(register_named(ENTERPRISE_YEARS), self.own.field)
        return self


class FirmShare(_Measure):
    """Firms of which a field of the enterprise register is filled, in percent of all firms; each firm once."""

    kind: Literal["firm_share"]
    form: ClassVar[Form] = "share"

    filled: Word

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        _check_fields(register_named(ENTERPRISES), [self.filled])
        return self


class _OfRegister(DocumentPart):
    """Entries of a register that hold any of the wanted values in each field."""

    register_code: Annotated[Word, Field(alias="register")]
    where: Annotated[Where, Field(default_factory=dict)]

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        _check_words(register_named(self.register_code), self.where)
        return self


class EntriesOfClusters(_Sourced, _OfRegister):
    """Entries of a register that name a cluster; those that agree in ``distinct_by`` count once."""

    kind: Literal["entries"]
    form: ClassVar[Form] = "total"

    distinct_by: Word | None = None

    @model_validator(mode="after")
    def _is_about_clusters(self) -> Self:
        register = _of_clusters(self.register_code)
        if self.distinct_by is not None:
            _check_fields(register, [self.distinct_by])
        return self


class ClusterCoverage(_Sourced, _OfRegister):
    """Clusters with at least ``minimum`` such entries, in percent of all (全覆盖: 100)."""

    kind: Literal["cluster_coverage"]
    form: ClassVar[Form] = "share"

    minimum: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _is_about_clusters(self) -> Self:
        _of_clusters(self.register_code)
        return self


class ParkRatioGrowth(_Measure):
    """Average yearly growth, from the base year, of a yearly figure of the clusters' parks for each unit of another."""

    kind: Literal["park_ratio_growth"]
    form: ClassVar[Form] = "growth"

    base_year: Year
    part: Word
    whole: Word

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        _check_number(register_named(PARK_YEARS), self.part)
        _check_number(register_named(PARKS), self.whole)
        return self


class CountyRatio(_Measure):
    """One yearly figure of the counties in percent of another, the definition of which each county states."""

    kind: Literal["county_share"]
    form: ClassVar[Form] = "share"
    population: ClassVar[Population] = "counties"

    part: Word
    whole: Word
    stated_in: Annotated[Word, Field(description="the field that defines the denominator")]

    @model_validator(mode="after")
    def _names_what_is_declared(self) -> Self:
        register = register_named(COUNTY_YEARS)
        _check_number(register, self.part)
        _check_number(register, self.whole)
        _check_fields(register, [self.stated_in])
        return self


class _OfCounties(_Measure):
    """Counties with at least ``minimum`` and at most the cap of something, in percent of all.

    A county above the cap that gave its reason (waiver) is within, and shown as such.
    """

    form: ClassVar[Form] = "share"
    population: ClassVar[Population] = "counties"

    minimum: Annotated[int, Field(ge=0, le=1000)] = 0
    cap: Annotated[
        Literal["leading_industries", "clusters_in_focus"] | None, Field(description="which of the caps")
    ] = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.minimum == 0 and self.cap is None:
            raise ValueError("give a minimum or a cap")
        return self


class CountyEntries(_OfCounties, _OfRegister):
    """Of each county: how many such entries its register holds, or the sum of a field of them."""

    kind: Literal["county_entries"]

    total_of: Word | None = None

    @model_validator(mode="after")
    def _sums_a_number(self) -> Self:
        if self.total_of is not None:
            _check_number(register_named(self.register_code), self.total_of)
        return self


class CountyClusters(_OfCounties):
    """Of each county: how many clusters it has registered, or named as in focus."""

    kind: Literal["county_clusters"]

    in_focus: bool = False


TargetMeasure = Annotated[
    Designations
    | ClustersAbove
    | Firms
    | FirmShare
    | EntriesOfClusters
    | ClusterCoverage
    | ParkRatioGrowth
    | CountyRatio,
    Field(discriminator="kind"),
]
CountyMeasure = Annotated[CountyEntries | CountyClusters, Field(discriminator="kind")]
Measure = TargetMeasure | CountyMeasure


def register_named(code: str) -> Register:
    register = REGISTERS.get(code)
    if register is None:
        raise ValueError(f"there is no register {code}")
    return register


def _of_clusters(code: str) -> Register:
    register = register_named(code)
    if register.cluster is None:
        raise ValueError(f"{code} is no register of clusters")
    return register


def _check_fields(register: Register, codes: Iterable[str]) -> None:
    unknown = [code for code in codes if register.field(code) is None]
    if unknown:
        raise ValueError(f"{register.code} has no field {', '.join(unknown)}")


def _check_number(register: Register, code: str) -> None:
    _check_fields(register, [code])
    spec = register.field(code)
    if spec is None or spec.kind not in NUMERIC:
        raise ValueError(f"{register.code}.{code} is not a number")


def _check_words(register: Register, where: dict[str, tuple[str, ...]]) -> None:
    """Fields that there are, and of a choice only what can be chosen."""
    _check_fields(register, where)
    for code, words in where.items():
        spec = register.field(code)
        if spec is None or spec.kind is not Kind.CHOICE:
            continue
        unknown = sorted(set(words) - {choice.code for choice in spec.choices})
        if unknown:
            raise ValueError(f"{register.code}.{code} cannot be {', '.join(unknown)}")
