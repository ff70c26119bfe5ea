"""Tasks (P11): what the programme makes units responsible for, what they report, and what is late.

The lead unit and the province's officer say how far a task is. A joint unit tells of its own part: its notes are kept
and shown, but they do not finish the task.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.registry.domain.programme.documents import Programme, Responsibility
from services.registry.domain.programme.parts import Label
from shared.errors import Kind, Refusal
from shared.text.units import is_same_unit
from shared.web.principals import Principal, Role


class UnitNotResponsible(Refusal):
    """A department reports on a task for which it is not named."""

    kind = Kind.FORBIDDEN
    code = "unit-not-responsible"


class NoteDayImpossible(Refusal):
    """A note tells of a day to come, or of one before the programme was public."""

    code = "note-day-impossible"


class TaskState(StrEnum):
    NOT_STARTED = "not_started"  # nobody has reported yet
    IN_PROGRESS = "in_progress"
    STUCK = "stuck"
    DONE = "done"


class Standing(StrEnum):
    """As what a unit has written a note."""

    LEAD = "lead"
    JOINT = "joint"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is reported of a day; ``percent`` from 0 to 100."""

    noted_on: date
    text: str
    percent: int | None
    state: TaskState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNote:
    """A progress note, numbered within its task; never changed."""

    task: str
    number: int
    noted_on: date
    text: str
    percent: int | None
    state: TaskState | None
    standing: Standing
    unit: str
    written_by: str
    recorded_at: datetime

    @property
    def says(self) -> TaskState:
        """The state as written, or as the percentage has it."""
        if self.state is not None:
            return self.state
        return TaskState.DONE if self.percent == 100 else TaskState.IN_PROGRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A responsibility of the programme with how far it is."""

    programme: str
    programme_version: str
    place: int
    rule: Responsibility
    state: TaskState
    percent: int | None
    noted_on: date | None
    days_late: int

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def task(self) -> str:
        return self.rule.task

    @property
    def lead(self) -> str:
        return self.rule.units[0]

    @property
    def joint(self) -> tuple[str, ...]:
        return self.rule.units[1:]

    @property
    def label(self) -> Label:
        return self.rule.label

    @property
    def clause(self) -> str | None:
        return self.rule.clause

    @property
    def due_on(self) -> date | None:
        return None if self.rule.due_on is None else self.rule.due_on.day

    @property
    def due_label(self) -> Label | None:
        return None if self.rule.due_on is None else self.rule.due_on.label

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


def tasks_of(programme: Programme, newest: Iterable[TaskNote], *, today: date) -> list[Task]:
    """All tasks in the order of the document. ``newest``: of each task the last note of its lead or the province."""
    notes = {note.task: note for note in newest}
    return [
        _task(programme, place, rule, notes.get(rule.code), today)
        for place, rule in enumerate(programme.responsibilities, start=1)
    ]


def _task(programme: Programme, place: int, rule: Responsibility, note: TaskNote | None, today: date) -> Task:
    state = TaskState.NOT_STARTED if note is None else note.says
    due = rule.due_on
    late = due is not None and state is not TaskState.DONE and due.day < today
    return Task(
        programme=programme.programme,
        programme_version=programme.version,
        place=place,
        rule=rule,
        state=state,
        percent=100 if state is TaskState.DONE else None if note is None else note.percent,
        noted_on=None if note is None else note.noted_on,
        days_late=(today - due.day).days if late and due is not None else 0,
    )


def names_unit(rule: Responsibility, unit: str) -> bool:
    """Whether a unit leads or joins, however its name is spelt."""
    return any(is_same_unit(unit, named) for named in rule.units)


def standing_of(actor: Principal, rule: Responsibility) -> Standing:
    """As what somebody reports on a task; refuses a department that is not named for it.

    A department is known by its name in the programme or by that of its unit.
    """
    names = [name for name in (actor.department, actor.unit) if name]
    if actor.has(Role.SOURCE_DEPARTMENT):
        if any(is_same_unit(name, rule.units[0]) for name in names):
            return Standing.LEAD
        if any(names_unit(rule, name) for name in names):
            return Standing.JOINT
    if actor.has(Role.PROVINCE_OFFICER):
        return Standing.PROVINCE
    own = actor.department or actor.unit
    raise UnitNotResponsible(
        f"{own} 不是“{rule.task}”的责任单位:{'、'.join(rule.units)}",
        f"{own} is not responsible for {rule.task}; the units are: {', '.join(rule.units)}",
    )


def check_noted_on(day: date, programme: Programme, *, today: date) -> None:
    if not programme.published_on <= day <= today:
        raise NoteDayImpossible(
            f"进展日期 {day} 须在文件公布日 {programme.published_on} 与今天 {today} 之间",
            f"The day {day} of the note must lie between {programme.published_on}, when the document was published, "
            f"and today, {today}",
        )
