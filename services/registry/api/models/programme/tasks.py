"""Tasks and their progress notes on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.domain.programme.tasks import Progress, Standing, TaskState
from services.registry.use_cases.tasks.show_tasks import TaskWithNotes
from shared.web.fields import BusinessDate, Note


class ProgressIn(BaseModel):
    """A percentage or a state, or both where they agree: done is 100 percent."""

    model_config = ConfigDict(extra="forbid")

    noted_on: BusinessDate
    text: Note
    percent: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    state: Literal["in_progress", "stuck", "done"] | None = None

    @model_validator(mode="after")
    def _tells_progress(self) -> Self:
        if self.percent is None and self.state is None:
            raise PydanticCustomError(
                "tells_progress", "give percent or state", {"zh": "须填写 percent 或 state"}
            )
        if None not in (self.percent, self.state) and (self.percent == 100) != (self.state == "done"):
            raise PydanticCustomError(
                "done_is_all",
                "state is done exactly at 100 percent",
                {"zh": "state 为 done 当且仅当 percent 为 100"},
            )
        return self

    def progress(self) -> Progress:
        return Progress(
            noted_on=self.noted_on,
            text=self.text,
            percent=self.percent,
            state=None if self.state is None else TaskState(self.state),
        )


class TaskOut(BaseModel):
    programme: str
    programme_version: str
    code: str
    task: str
    lead: str = Field(description="the unit that leads")
    joint: list[str] = Field(description="the units that join")
    label: Literal["official", "illustrative"]
    clause: str | None
    due_on: date | None
    due_label: Literal["official", "illustrative"] | None
    state: TaskState = Field(description="as the lead unit or the province's officer reported last")
    percent: int | None
    noted_on: date | None = Field(description="the day of that report")
    is_late: bool
    days_late: int = Field(description="calendar days since the due day; 0 where the task is not late")


class TaskNoteOut(BaseModel):
    number: int
    noted_on: date
    text: str
    percent: int | None
    state: TaskState | None
    standing: Standing = Field(description="as what the unit reported")
    unit: str
    written_by: str
    recorded_at: datetime


class TaskDetailOut(TaskOut):
    latest: list[TaskNoteOut] = Field(description="the last 20 notes, the one written last first")

    @classmethod
    def of(cls, found: TaskWithNotes) -> Self:
        notes = [TaskNoteOut.model_validate(note, from_attributes=True) for note in found.latest]
        return cls(**TaskOut.model_validate(found.task, from_attributes=True).model_dump(), latest=notes)
