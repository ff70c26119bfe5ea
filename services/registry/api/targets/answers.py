"""Targets on the wire: figures as text, each null with its reason in two languages."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field

from services.registry.api.models.decimals import Figure
from services.registry.domain.targets.judgement import Judgement
from services.registry.domain.targets.lines import Line
from services.registry.domain.targets.projection import Projection
from services.registry.domain.targets.reasons import Reason
from services.registry.use_cases.targets.show_targets import MeasuredLine, TargetTable, WayPoint
from shared.documents.canonical import decimal_text

Place = Literal["below", "within", "above"]
_POPULATIONS: Final = {
    "clusters": ("当日持有认定的集群", "Clusters that hold a designation on the day"),
    "counties": ("当日参加本计划的县（市、区）", "Counties that take part in the programme on the day"),
}


class ReasonOut(BaseModel):
    code: str
    zh: str
    en: str


class ToleranceOut(BaseModel):
    below: Figure
    above: Figure | None = Field(description="null: no limit upwards")
    label: str
    clause: str | None


class DefinitionOut(BaseModel):
    """The statistical scope (口径), and whose rule it is."""

    zh: str
    en: str
    label: str
    clause: str | None


class PopulationOut(BaseModel):
    kind: Literal["clusters", "counties"]
    zh: str
    en: str
    number: int
    as_of: date


class CountsOut(BaseModel):
    """Units behind the figure; all of them are listed below `/units`."""

    counted: int
    not_counted: int
    unknown: int


class JudgementOut(BaseModel):
    expected: Figure | None
    place: Place | None
    fulfilled: bool | None
    reason: ReasonOut | None = Field(description="why it cannot be compared")


class YearOut(BaseModel):
    year: int
    value: Figure | None
    reason: ReasonOut | None
    expected: Figure | None = Field(description="what the programme expects of this year on the way")
    place: Place | None
    fulfilled: bool | None


class ProjectionOut(BaseModel):
    method: str
    method_zh: str
    method_en: str
    year: int | None
    from_year: int | None
    to_year: int | None
    value: Figure | None
    reason: ReasonOut | None


class TargetOut(BaseModel):
    """A line with its figure in the year that was asked for, of the division that was asked for."""

    division: str
    kind: Literal["target", "county_line"]
    code: str
    zh: str
    en: str
    clause: str | None
    label: str
    unit: str
    comparison: str
    target_year: int | None = Field(description="null: in every year")
    target: Figure
    tolerance: ToleranceOut | None
    counting: Literal["nested", "exclusive"] | None = Field(description="of a tier of revenue")
    definition: DefinitionOut | None
    base_year: int | None
    population: PopulationOut | None
    value: Figure | None
    reason: ReasonOut | None = Field(description="why there is no figure")
    counts: CountsOut
    part: Figure | None = Field(description="numerator of a share or of a growing ratio")
    whole: Figure | None = Field(description="its denominator")
    stated_denominators: list[str] = Field(description="definitions of the denominator, as stated")
    on_the_way: JudgementOut = Field(description="against what is expected of this year")
    against_target: JudgementOut
    path: list[YearOut] = Field(description="each year from the base year on")
    path_label: str | None
    projection: ProjectionOut

    @classmethod
    def of(cls, found: MeasuredLine, table: TargetTable) -> Self:
        line, now, measure = found.line, found.now, found.line.measure
        ratio = measure is not None and measure.form != "total" and now.point.value is not None
        sums = now.point.sums
        return cls(
            division=table.division,
            kind=line.kind,
            code=line.code,
            zh=line.zh,
            en=line.en,
            clause=line.clause,
            label=line.label,
            unit=line.unit,
            comparison=line.goal.comparison,
            target_year=line.year,
            target=_figure(line.goal.value),
            tolerance=_tolerance(line),
            counting=line.counting,
            definition=_definition(line),
            base_year=line.base_year,
            population=_population(found, table.as_of),
            value=_optional(now.point.value),
            reason=_reason(now.point.reason),
            counts=CountsOut(counted=sums.counted, not_counted=sums.not_counted, unknown=sums.unknown),
            part=_figure(sums.part) if ratio else None,
            whole=_figure(sums.whole) if ratio else None,
            stated_denominators=list(sums.stated),
            on_the_way=_judged(now.judgement),
            against_target=_judged(found.against_target),
            path=[_year(entry) for entry in found.way],
            path_label=None if line.path is None else line.path.label,
            projection=_projection(found.projection),
        )


class TargetTableOut(BaseModel):
    programme: str
    version: str
    document_number: str
    year: int
    as_of: date
    division: str
    items: list[TargetOut]

    @classmethod
    def of(cls, found: TargetTable) -> Self:
        return cls(
            programme=found.programme,
            version=found.version,
            document_number=found.document_number,
            year=found.year,
            as_of=found.as_of,
            division=found.division,
            items=[TargetOut.of(line, found) for line in found.lines],
        )


class UnitOut(BaseModel):
    """A cluster, firm, brand, park, project, county or other entry behind a figure."""

    kind: str
    code: str
    name: str | None = Field(description="null: of what another division keeps")
    county_code: str | None
    clusters: Annotated[list[str], BeforeValidator(lambda found: found or [])]
    value: Figure | None = Field(description="the unit's own figure")
    state: Literal["counted", "not_counted", "unknown"]
    source: str | None = Field(description="registers, filings or attested")
    reference: str | None = Field(description="document number, filing, or how the denominator is defined")
    reason: Annotated[ReasonOut | None, Field(validation_alias="why", description="why it is not counted")]


def _figure(value: Decimal) -> str:
    return decimal_text(value)


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _reason(found: Reason | None) -> ReasonOut | None:
    return None if found is None else ReasonOut(code=found.code, zh=found.zh, en=found.en)


def _tolerance(line: Line) -> ToleranceOut | None:
    found = line.tolerance
    if found is None:
        return None
    return ToleranceOut(below=found.below, above=found.above, label=found.label, clause=found.clause)


def _definition(line: Line) -> DefinitionOut | None:
    measure = line.measure
    if measure is None:
        return None
    words = measure.definition
    return DefinitionOut(zh=words.zh, en=words.en, label=measure.label, clause=measure.clause)


def _population(found: MeasuredLine, as_of: date) -> PopulationOut | None:
    measure = found.line.measure
    if measure is None or found.looked_at is None:
        return None
    zh, en = _POPULATIONS[measure.population]
    return PopulationOut(kind=measure.population, zh=zh, en=en, number=found.looked_at, as_of=as_of)


def _judged(found: Judgement) -> JudgementOut:
    return JudgementOut(
        expected=_optional(found.expected),
        place=found.place,
        fulfilled=found.fulfilled,
        reason=_reason(found.reason),
    )


def _year(found: WayPoint) -> YearOut:
    return YearOut(
        year=found.point.year,
        value=_optional(found.point.value),
        reason=_reason(found.point.reason),
        expected=_optional(found.judgement.expected),
        place=found.judgement.place,
        fulfilled=found.judgement.fulfilled,
    )


def _projection(found: Projection) -> ProjectionOut:
    return ProjectionOut(
        method=found.method,
        method_zh=found.method_zh,
        method_en=found.method_en,
        year=found.year,
        from_year=found.from_year,
        to_year=found.to_year,
        value=_optional(found.value),
        reason=_reason(found.reason),
    )
