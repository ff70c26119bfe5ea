"""What is left when a plan ends: what passes to the programme that follows, and what ends with this one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.registry.domain.designations import ClusterDesignation
from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.tasks import Task, TaskState

Kind = Literal["designations", "rectifications", "tasks"]
_OF_STATUS: Final[Mapping[str, Kind]] = {"designated": "designations", "rectification": "rectifications"}


@dataclass(frozen=True, slots=True)
class Leftover:
    """A designation that is held, a rectification that runs or a task that is open on the plan's last day.

    ``passes_to``: the programme that takes it over; null where it ends. ``due_on``: until when a holder rectifies, or
    by when the task was to be done.
    """

    kind: Kind
    code: str
    name: str
    state: str
    due_on: date | None
    passes_to: str | None


def leftovers(
    programme: Programme,
    held: Sequence[ClusterDesignation],
    names: Mapping[str, str],
    tasks: Sequence[Task],
) -> list[Leftover]:
    """``held``: on the last day; ``names``: of these clusters."""
    found = [
        _left(
            programme,
            _OF_STATUS[own.status],
            own.cluster_code,
            names[own.cluster_code],
            own.level,
            own.due_on,
        )
        for own in held
        if own.status in _OF_STATUS
    ]
    return found + [
        _left(programme, "tasks", task.code, task.task, task.state.value, task.due_on)
        for task in tasks
        if task.state is not TaskState.DONE
    ]


def _left(
    programme: Programme, kind: Kind, code: str, name: str, state: str, due_on: date | None
) -> Leftover:
    follows = programme.successor
    passes = follows is not None and kind in follows.takes
    return Leftover(kind, code, name, state, due_on, follows.programme if follows and passes else None)
