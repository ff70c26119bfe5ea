"""What scoring answers of assessments: their state, decision and notice."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.scoring.api.models.answer import Answer
from shared.calendar.working_days import DayKind


class SchemeReferenceOut(Answer):
    id: str
    version: str


class ReleaseReference(Answer):
    sha256: str
    stage: Literal["proposed", "final"]
    number: int
    supersedes: str | None


class DecisionOut(Answer):
    release_sha256: str
    document_number: str
    decided_on: date
    minutes: str
    decided_by: str


class NoticeOut(Answer):
    number: int = Field(description="1, or more where the notice had to be opened anew")
    release_sha256: str
    starts_on: date = Field(description="the first day, which counts (of working days: if it is one)")
    ends_on: date = Field(description="last day, included, by the holiday calendar of today; then as signed")
    announced_ends_on: date = Field(description="last day as announced; the end never comes before it")
    days: int
    day_kind: DayKind
    provisional: bool = Field(
        description="the holidays of some of its days are not arranged yet: the end may still come later"
    )


class AssessmentOut(Answer):
    id: str
    programme: str
    assessment_year: int
    data_year: int
    kind: Literal["application", "assessment"]
    scheme: SchemeReferenceOut
    state: Literal["proposed", "decided", "under_notice", "final", "withdrawn"]
    current_sha256: str = Field(description="the proposed release that stands now")
    final_sha256: str | None
    repeat_notice: bool = Field(description="the superseding list must go on public notice anew")
    decision: DecisionOut | None = Field(description="on the current release")
    notice: NoticeOut | None = Field(description="the latest one")
    open_objections: list[int]
    releases: list[ReleaseReference]


class AssessmentRow(Answer):
    id: str
    programme: str
    assessment_year: int
    data_year: int
    kind: Literal["application", "assessment"]
    state: Literal["proposed", "decided", "under_notice", "final", "withdrawn"]
    current_sha256: str
    final_sha256: str | None
