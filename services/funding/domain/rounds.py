"""The life of a round: draft → allocated → proposed → reviewed → issued, or withdrawn before it is issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.funding.domain.refusals import RoundNotInState
from shared.errors import MakerCannotCheck


class State(StrEnum):
    DRAFT = "draft"
    ALLOCATED = "allocated"
    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    OPEN = "opened"
    ALLOCATE = "allocated"
    PROPOSE = "proposed"
    APPROVE = "approved"
    REJECT = "rejected"
    ISSUE = "issued"
    WITHDRAW = "withdrawn"


#: From which states an action is possible, and where it leads. A rejected proposal may be proposed anew or withdrawn.
MOVES: Final[Mapping[Action, tuple[frozenset[State], State]]] = {
    Action.ALLOCATE: (frozenset({State.DRAFT}), State.ALLOCATED),
    Action.PROPOSE: (frozenset({State.ALLOCATED}), State.PROPOSED),
    Action.APPROVE: (frozenset({State.PROPOSED}), State.REVIEWED),
    Action.REJECT: (frozenset({State.PROPOSED}), State.ALLOCATED),
    Action.ISSUE: (frozenset({State.REVIEWED}), State.ISSUED),
    Action.WITHDRAW: (
        frozenset({State.DRAFT, State.ALLOCATED, State.PROPOSED, State.REVIEWED}),
        State.WITHDRAWN,
    ),
}

#: Whoever did one of these made the list and cannot review it.
MAKING: Final = frozenset({Action.OPEN, Action.ALLOCATE, Action.PROPOSE})


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that somebody of some office took."""

    action: Action
    subject: str
    unit: str


def next_state(state: State, action: Action) -> State:
    possible, after = MOVES[action]
    if state not in possible:
        raise RoundNotInState(
            f"该轮次处于 {state.value},不能进行 {action.value}",
            f"The round is {state.value}; it cannot be {action.value} now",
        )
    return after


def check_reviewer(steps: Sequence[Taken], *, subject: str, unit: str) -> None:
    """The reviewer is another person *and* of another unit than everybody who made the list."""
    makers = [step for step in steps if step.action in MAKING]
    if any(step.subject == subject for step in makers):
        raise MakerCannotCheck(
            "参与编制的人不能审核", "Whoever opened, allocated or proposed this round cannot review it"
        )
    if not unit or any(step.unit == unit for step in makers):
        raise MakerCannotCheck(
            f"审核须由另一单位进行({unit or '单位不明'} 参与了编制)",
            f"The review must be by another unit than {unit or 'an unknown one'}, which made the list",
        )
