"""The life of a round: draft → simulated (any number, nothing held) → allocated → proposed → reviewed → issued →
passed down → closed, or withdrawn before it is issued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.funding.domain.refusals import AlreadyApprovedByYou, AlreadyRejectedByYou, RoundNotInState
from shared.errors import MakerCannotCheck
from shared.text.units import is_another_unit, told_of_units


class State(StrEnum):
    DRAFT = "draft"
    SIMULATED = "simulated"
    ALLOCATED = "allocated"
    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    ISSUED = "issued"
    PASSED_DOWN = "passed_down"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


#: How a state is called in messages.
STATE_NAMES: Final[Mapping[State, tuple[str, str]]] = {
    State.DRAFT: ("草稿", "a draft"),
    State.SIMULATED: ("已模拟", "simulated"),
    State.ALLOCATED: ("已分配", "allocated"),
    State.PROPOSED: ("已提出", "proposed"),
    State.REVIEWED: ("已审核", "reviewed"),
    State.ISSUED: ("已下达名单", "issued"),
    State.PASSED_DOWN: ("资金已下达", "passed down"),
    State.CLOSED: ("已办结", "closed"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
}


class Action(StrEnum):
    OPEN = "opened"
    SIMULATE = "simulated"
    ALLOCATE = "allocated"
    PROPOSE = "proposed"
    APPROVE = "approved"
    REJECT = "rejected"
    ISSUE = "issued"
    PASS_DOWN = "passed_down"  # noqa: S105 - no password
    CLOSE = "closed"
    WITHDRAW = "withdrawn"


#: From which states an action is possible, and where it leads. A rejected proposal may be proposed anew or withdrawn.
MOVES: Final[Mapping[Action, tuple[frozenset[State], State]]] = {
    Action.SIMULATE: (frozenset({State.DRAFT, State.SIMULATED}), State.SIMULATED),
    Action.ALLOCATE: (frozenset({State.DRAFT, State.SIMULATED}), State.ALLOCATED),
    Action.PROPOSE: (frozenset({State.ALLOCATED}), State.PROPOSED),
    Action.APPROVE: (frozenset({State.PROPOSED}), State.REVIEWED),
    Action.REJECT: (frozenset({State.PROPOSED}), State.ALLOCATED),
    Action.ISSUE: (frozenset({State.REVIEWED}), State.ISSUED),
    Action.PASS_DOWN: (frozenset({State.ISSUED}), State.PASSED_DOWN),
    Action.CLOSE: (frozenset({State.PASSED_DOWN}), State.CLOSED),
    Action.WITHDRAW: (
        frozenset({State.DRAFT, State.SIMULATED, State.ALLOCATED, State.PROPOSED, State.REVIEWED}),
        State.WITHDRAWN,
    ),
}

#: How a step is called in messages.
ACTION_NAMES: Final[Mapping[Action, str]] = {
    Action.OPEN: "开启",
    Action.SIMULATE: "模拟测算",
    Action.ALLOCATE: "分配",
    Action.PROPOSE: "提出",
    Action.APPROVE: "审核",
    Action.REJECT: "退回",
    Action.ISSUE: "下达名单",
    Action.PASS_DOWN: "资金下达",
    Action.CLOSE: "办结",
    Action.WITHDRAW: "撤回",
}

#: Whoever did one of these made the list and cannot review it.
MAKING: Final = frozenset({Action.OPEN, Action.ALLOCATE, Action.PROPOSE})


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that somebody of some office took; ``subject`` is the person, also where a service acted for them."""

    action: Action
    subject: str
    unit: str


def next_state(state: State, action: Action) -> State:
    possible, after = MOVES[action]
    if state not in possible:
        raise RoundNotInState(
            f"该轮次{STATE_NAMES[state][0]},现在不能{ACTION_NAMES[action]}",
            f"The round is {state.value}; it cannot be {action.value} now",
        )
    return after


def approvals_of(steps: Sequence[Taken]) -> list[Taken]:
    """Who approved the list as it was last proposed."""
    proposed = max((i for i, step in enumerate(steps) if step.action is Action.PROPOSE), default=0)
    return [step for step in steps[proposed:] if step.action is Action.APPROVE]


def check_undecided(steps: Sequence[Taken], *, subject: str) -> None:
    """Who decided on the list as it was last proposed decides once; a review whose answer was lost has counted."""
    proposed = max((i for i, step in enumerate(steps) if step.action is Action.PROPOSE), default=0)
    for step in steps[proposed:]:
        if step.subject == subject and step.action is Action.APPROVE:
            raise AlreadyApprovedByYou("本人已审核通过该名单,无须重复", "You approved this list already")
        if step.subject == subject and step.action is Action.REJECT:
            raise AlreadyRejectedByYou("本人已退回该名单,无须重复", "You rejected this list already")


def check_reviewer(steps: Sequence[Taken], *, subject: str, unit: str) -> None:
    """The reviewer is another person *and* of another unit than everybody who made the list."""
    check_undecided(steps, subject=subject)
    makers = [step for step in steps if step.action in MAKING]
    if any(step.subject == subject for step in makers):
        raise MakerCannotCheck(
            "参与编制的人不能审核", "Whoever opened, allocated or proposed this round cannot review it"
        )
    if not is_another_unit(unit, [step.unit for step in makers]):
        raise MakerCannotCheck(*told_of_units(unit, [step.unit for step in makers]))
