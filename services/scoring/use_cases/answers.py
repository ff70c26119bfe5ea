"""What scoring answers. No field has a default: what is not there is null."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.calendar.working_days import DayKind


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class SchemeVersionOut(Answer):
    scheme: str = Field(examples=["hubei-county-clusters"])
    version: str = Field(examples=["2024.1"])
    programme: str
    state: Literal["draft", "published", "retired"]
    sha256: str = Field(description="hash of the scheme's canonical bytes")
    drafted_by: str
    published_by: str | None
    published_on: date | None
    retired_on: date | None


class SchemeVersionWithDocument(SchemeVersionOut):
    document: dict[str, Any]


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

    @model_validator(mode="before")
    @classmethod
    def _of_calendar_days_only(cls, content: Any) -> Any:
        """Answers of keyed commands are kept for ever; the first ones knew no working days."""
        if isinstance(content, dict) and "ends_on" in content:
            return {"announced_ends_on": content["ends_on"], "provisional": False, **content}
        return content


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


class SignedReleaseOut(Answer):
    """The release and what proves it: the signature is a compact JWS over the text of ``sha256``."""

    sha256: str
    assessment: str
    stage: Literal["proposed", "final"]
    signature: str
    key_id: str
    document: dict[str, Any] = Field(
        description="`county-clusters/release/1`; its canonical bytes have the hash"
    )


class RankingRow(Answer):
    unit: str
    name: str
    county_code: str
    county_name: str
    rank: int | None
    score: str | None
    grade: str | None
    eligible: bool
    developing_well: bool
    proposed_status: str
    removed: str | None


class UnitResult(RankingRow):
    """A unit's own part of a release with its explanation."""

    release_sha256: str
    contributions: list[dict[str, str]] = Field(
        description="`node` and `amount`; they add up to the score exactly"
    )
    explanation: dict[str, Any] = Field(
        description="figures, normalised values, weights, adjustments, next grade"
    )


class StandingOut(Answer):
    score: str | None
    rank: int | None
    grade: str | None
    proposed_status: str
    removed: str | None


class UnitChangeOut(Answer):
    unit: str
    name: str
    before: StandingOut | None
    after: StandingOut | None


class ReleaseDiff(Answer):
    before_sha256: str
    after_sha256: str
    repeat_notice: bool = Field(
        description="somebody now stands on a list on which the public has not seen them"
    )
    changes: list[UnitChangeOut]


class NamedUnit(Answer):
    name: str
    county_name: str


class NoticeList(Answer):
    status: str = Field(examples=["designate"])
    units: list[NamedUnit]


class PublicNoticeOut(Answer):
    """What everybody may read: names by list, no score, no rank, in no order of merit."""

    assessment: str
    programme: str
    assessment_year: int
    kind: str
    starts_on: date
    ends_on: date = Field(description="last day, included")
    days: int
    day_kind: DayKind
    provisional: bool = Field(description="the end may still come later: holidays are not all arranged yet")
    lists: list[NoticeList]
    removed: list[NamedUnit] = Field(description="taken off a list after an objection")


class ObjectionReceipt(Answer):
    assessment: str
    number: int
    unit: str
    filed_on: date


class RulingOut(Answer):
    ruling: Literal["upheld", "rejected"]
    reason: str
    remedy: Literal["correction", "removal"] | None
    release_sha256: str | None = Field(description="the superseding release of an upheld objection")
    ruled_on: date


class ObjectionOut(ObjectionReceipt):
    statement: str
    objector_name: str | None = Field(description="for the ruling officer only")
    objector_contact: str | None = Field(description="for the ruling officer only")
    ruling: RulingOut | None


class RobustnessJobOut(Answer):
    release_sha256: str
    state: Literal["queued", "running", "done", "failed"]
    done: int = Field(description="draws computed so far")
    total: int
    problem: str | None
    result: dict[str, Any] | None = Field(
        description="`units` as `clusters score --robustness` prints them, `leave_one_out`, `sobol`, `draws`, `seed`"
    )


class UnitMoveOut(Answer):
    unit: str
    score_before: str | None
    score_after: str | None
    rank_before: int | None
    rank_after: int | None
    grade_before: str | None
    grade_after: str | None


class SchemeComparison(Answer):
    release_sha256: str
    before_sha256: str
    after_sha256: str
    moved: list[UnitMoveOut] = Field(description="units whose rank or grade would differ, by code")
