"""The life of a round, and who may review it."""

import pytest

from services.funding.domain.refusals import RoundNotInState
from services.funding.domain.rounds.states import MOVES, Action, State, Taken, check_reviewer, next_state
from shared.errors import MakerCannotCheck

MADE = [
    Taken(Action.OPEN, "officer-1", "省发改委"),
    Taken(Action.ALLOCATE, "officer-1", "省发改委"),
    Taken(Action.PROPOSE, "officer-2", "省发改委"),
]


def test_the_life_leads_from_draft_to_issued() -> None:
    state = State.DRAFT
    for action in (
        Action.ALLOCATE,
        Action.PROPOSE,
        Action.REJECT,
        Action.PROPOSE,
        Action.APPROVE,
        Action.ISSUE,
    ):
        state = next_state(state, action)
    assert state is State.ISSUED


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN])
@pytest.mark.parametrize("action", list(MOVES))
def test_nothing_happens_after_the_end(state: State, action: Action) -> None:
    with pytest.raises(RoundNotInState):
        next_state(state, action)


def test_a_list_is_not_issued_without_review() -> None:
    with pytest.raises(RoundNotInState):
        next_state(State.PROPOSED, Action.ISSUE)


def test_another_person_of_another_unit_may_review() -> None:
    check_reviewer(MADE, subject="reviewer", unit="省财政厅")


@pytest.mark.parametrize(
    ("subject", "unit"),
    [
        ("officer-2", "省财政厅"),
        ("officer-1", "省财政厅"),
        ("reviewer", "省发改委"),
        ("reviewer", "省发改委 "),
        ("reviewer", "\u3000省发改委"),
        ("reviewer", "省 发改委"),
        ("reviewer", "省发改委\u200b"),
        ("reviewer", ""),
        ("reviewer", " "),
    ],
)
def test_a_maker_or_somebody_of_the_makers_unit_may_not(subject: str, unit: str) -> None:
    with pytest.raises(MakerCannotCheck):
        check_reviewer(MADE, subject=subject, unit=unit)
