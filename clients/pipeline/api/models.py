"""What the pipeline takes and answers. No answer has a default: what is not there is null."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.web.fields import Note, Sha256

ReasonText = Annotated[Note, Field(description="why; kept with what is done")]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanIn(Body):
    plan: dict[str, Any] = Field(description="the plan's document, as in `cycle-2024.yaml`")


class PlanChangeIn(PlanIn):
    reason: ReasonText


class ReasonIn(Body):
    reason: ReasonText


class DecisionIn(Body):
    verdict: Literal["approve", "reject"]
    proposal_sha256: Sha256 = Field(
        description="of the proposal that was seen: what you saw is what you decide"
    )
    reason: Note | None = Field(default=None, description="needed for a rejection")


class ReasonOut(Answer):
    code: str
    waits_for: Literal["person", "date", "service", "job", "stage", "mending"]
    zh: str
    en: str
    until: date | None = Field(description="the day from which it holds no longer, where that is known")


class ProblemOut(Answer):
    """A service's refusal, in short."""

    code: str
    zh: str
    en: str


class StageOut(Answer):
    code: str
    zh: str
    en: str
    state: str
    turn: int = Field(description="how often it was begun: 1, and one more each time it is done again")
    is_kept: bool = Field(description="false: not yet kept by a service, and passed over")
    after: list[str]
    begins_on: date | None
    due_on: date | None
    due_basis: str | None = Field(description="what the day rests on")
    is_provisional: bool = Field(description="some of its holidays are not arranged yet")
    is_overdue: bool
    done_on: date | None
    reasons: list[ReasonOut]
    problem: ProblemOut | None
    failures: int = Field(description="calls in a row that no service answered")
    proposal_sha256: str | None
    plan_version: str


class GateRow(Answer):
    id: UUID
    kind: Literal["own", "mirrored", "waiver", "plan"]
    stage: str | None
    turn: int
    state: Literal["open", "passed", "rejected", "superseded", "withdrawn"]
    persons: int
    roles: list[str]
    units_differ: bool
    proposal_sha256: str
    opened_on: date
    due_on: date | None
    escalated_to: list[str]
    closed_on: date | None


class DecisionOut(Answer):
    person: str
    name: str
    unit: str
    verdict: Literal["approve", "reject"]
    reason: str
    proposal_sha256: str
    decided_on: date


class GateOut(GateRow):
    proposal: dict[str, Any]
    decisions: list[DecisionOut]


class PauseOut(Answer):
    kind: Literal["paused", "stopped"]
    by: str
    reason: str
    from_at: datetime
    to_at: datetime | None
    ended_by: str | None


class TroubleOut(Answer):
    zh: str
    en: str


class CycleRow(Answer):
    programme: str
    assessment_year: int
    state: Literal["open", "paused", "stopped", "closed"]
    plan_version: str
    started_by: str
    started_on: date
    ticked_at: datetime | None
    ticked_for: date | None = Field(description="business date of the last tick")


class CycleOut(CycleRow):
    outcome: str = Field(description="what it waits for: as the outcome of a tick")
    trouble: TroubleOut | None = Field(description="what kept the last tick as a whole from being made")
    stages: list[StageOut]
    gates: list[GateRow] = Field(description="those that are open")
    pauses: list[PauseOut]


class StageReasons(Answer):
    stage: str
    zh: str
    en: str
    reasons: list[ReasonOut]


class WhyOut(Answer):
    """Every reason of every stage that is not behind."""

    stages: list[StageReasons]


class TickOut(Answer):
    outcome: str
    exit_code: int = Field(
        description="0 advanced or nothing due, 10 person, 20 date, 30 blocked, 40 away, 50 failed"
    )


class SentBackOut(Answer):
    """``stands``: keys of the effects of the stages that are done again; they are not undone."""

    stands: list[str]


class PlanChangeOut(Answer):
    stage: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class PlanChangesOut(Answer):
    changes: list[PlanChangeOut]


class WaiverOut(Answer):
    proposal_sha256: str


class GateStateOut(Answer):
    state: Literal["open", "passed", "rejected"]


class DoneOut(Answer):
    state: Literal["open", "paused", "stopped", "closed"]


class EffectOut(Answer):
    key: str
    stage: str
    turn: int
    place: int
    service: str
    method: str
    path: str
    body_sha256: str
    intended_at: datetime
    sent: int = Field(description="how often its intent was written")
    status: int | None
    answer_sha256: str | None
    answered_at: datetime | None


class EventOut(Answer):
    """Something that happened to the cycle, in the order of recording."""

    id: UUID
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]
    recorded_at: datetime
