"""A plan's report on the wire."""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.registry.api.models.decimals import Figure
from services.registry.api.targets.answers import ReasonOut, TargetOut
from services.registry.domain.plan_report.leftovers import Leftover
from services.registry.use_cases.plan_report.show_report import PlanReport
from services.registry.use_cases.targets.show_targets import MeasuredLine, TargetTable
from shared.contracts.designation_set import DesignationStatus


class LineYearOut(BaseModel):
    year: int
    as_of: date
    actual: Figure | None
    reason: ReasonOut | None = Field(description="why there is no figure")
    expected: Figure | None = Field(description="the path's step of the year, or the target itself")
    met: bool | None = Field(description="null where it cannot be compared")
    target_year: int | None
    target: Figure
    target_met: bool | None


class PlanLineOut(BaseModel):
    """A line over the years of the plan that have begun."""

    kind: Literal["target", "county_line"]
    code: str
    zh: str
    en: str
    clause: str | None
    label: str
    unit: str
    comparison: str
    years: list[LineYearOut]


class SuccessorOut(BaseModel):
    programme: str
    takes: list[Literal["designations", "rectifications", "tasks"]]
    is_published: bool


class LeftoverOut(BaseModel):
    """What is held, runs or is open on the last day."""

    kind: Literal["designations", "rectifications", "tasks"]
    code: str
    name: str
    state: str = Field(description="of a designation its level by decision, of a task how far it is")
    due_on: date | None
    passes_to: str | None = Field(description="the programme that takes it over; null: it ends")


class PlanReportOut(BaseModel):
    programme: str
    version: str
    document_number: str
    starts_on: date
    ends_on: date
    as_of: date = Field(description="the last day of the plan, or today where that is earlier")
    is_over: bool
    successor: SuccessorOut | None
    lines: list[PlanLineOut]
    left: list[LeftoverOut]

    @classmethod
    def of(cls, found: PlanReport) -> Self:
        document = found.span.programme
        follows = document.successor
        return cls(
            programme=document.programme,
            version=document.version,
            document_number=document.document_number,
            starts_on=document.effective_from,
            ends_on=document.ends_on,
            as_of=found.span.day,
            is_over=found.is_over,
            successor=None
            if follows is None
            else SuccessorOut(
                programme=follows.programme, takes=list(follows.takes), is_published=found.successor_known
            ),
            lines=_lines(found),
            left=[_left(entry) for entry in found.left],
        )


class RecordedOut(BaseModel):
    """A status with its level: by the decision, or the highest that a title gives."""

    status: DesignationStatus
    level: str
    effective_from: date
    document_number: str


class PlanDecisionOut(RecordedOut):
    decision: str


class YearFigureOut(BaseModel):
    code: str
    zh: str
    en: str
    unit: str
    year: int
    value: Figure


class PlanClusterOut(BaseModel):
    cluster: str
    name: str
    county_code: str
    start: RecordedOut | None = Field(description="on the first day of the plan")
    end: RecordedOut | None = Field(description="on the day of the report")
    decisions: list[PlanDecisionOut] = Field(description="the newest first; each with the level by decision")
    figures: list[YearFigureOut] = Field(description="accepted figures of what the targets measure")


class PlanCountyOut(BaseModel):
    code: str
    name: str
    held_at_start: int = Field(description="clusters that held a designation on the first day of the plan")
    held_at_end: int
    decisions: int = Field(description="entries of decisions on its clusters")
    figures: list[YearFigureOut] = Field(description="of the register `county-years`")


def _lines(found: PlanReport) -> list[PlanLineOut]:
    """In the order of the last year's table; a line that a year did not have is left out of that year."""
    if not found.years:
        return []
    by_year = [(table, {own.line.code: own for own in table.lines}) for table in found.years]
    return [
        PlanLineOut(
            kind=own.line.kind,
            code=own.line.code,
            zh=own.line.zh,
            en=own.line.en,
            clause=own.line.clause,
            label=own.line.label,
            unit=own.line.unit,
            comparison=own.line.goal.comparison,
            years=[_year(table, lines[own.line.code]) for table, lines in by_year],
        )
        for own in found.years[-1].lines
    ]


def _year(table: TargetTable, own: MeasuredLine) -> LineYearOut:
    told = TargetOut.of(own, table)
    return LineYearOut(
        year=table.year,
        as_of=table.as_of,
        actual=told.value,
        reason=told.reason,
        expected=told.on_the_way.expected,
        met=told.on_the_way.fulfilled,
        target_year=told.target_year,
        target=told.target,
        target_met=told.against_target.fulfilled,
    )


def _left(entry: Leftover) -> LeftoverOut:
    return LeftoverOut.model_validate(entry, from_attributes=True)
