"""What stands against a step of a round: every reason at once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.funding.domain.ledger.appropriations import Appropriation, not_in_effect
from services.funding.domain.rounds.checks import (
    ROLES,
    closing_reasons,
    money_reasons,
    path_reasons,
    reviewer_reasons,
    role_reasons,
    state_reasons,
)
from services.funding.domain.rounds.round import KeptAward, Round
from services.funding.domain.rounds.states import Action, State, Taken
from shared.web.principals import Principal, Role

PATH = ["420000", "421300", "421303"]
ROUND = Round(
    programme="hubei-county-clusters",
    division_code="420000",
    assessment_year=2024,
    fiscal_year=2024,
    purpose="incentive",
    appropriation="2024-incentive",
    incentive="rules",
    incentive_version="1",
    release_sha256="sha256:1",
    further_releases=(),
    designations_sha256="sha256:2",
    pool_fen=1_000,
    second_reward_ground=None,
    code="round-1",
    number=1,
    state=State.DRAFT,
    reserve_transfer=None,
    recorded_at=datetime(2024, 10, 8, tzinfo=UTC),
)
AWARD = KeptAward(
    round="round-1",
    serial=1,
    cluster="421303-01",
    name="专用车",
    county_code="421303",
    county_name="曾都区",
    division_path=PATH,
    rank=5,
    tier="second",
    amount_fen=700,
    clause="27号 三(五)",
)


def person(role: Role) -> Principal:
    return Principal(subject="p", name="p", roles=frozenset({role}), division="420000", unit="省财政厅")


@pytest.mark.parametrize("action", list(ROLES))
def test_each_step_is_taken_by_its_own_roles(action: Action) -> None:
    for role in Role:
        reasons = role_reasons(person(role), action)
        assert [reason.rule for reason in reasons] == (
            [] if role in ROLES[action] else ["role-not-permitted"]
        )


def test_a_step_out_of_its_state_is_a_reason() -> None:
    assert state_reasons(State.DRAFT, Action.ALLOCATE) == []
    (reason,) = state_reasons(State.DRAFT, Action.ISSUE)
    assert (reason.field, reason.rule) == ("state", "round-not-in-state")


def test_a_maker_of_the_list_is_told_that_another_person_reviews() -> None:
    steps = [Taken(Action.PROPOSE, "maker", "省发改委")]
    assert reviewer_reasons(steps, subject="checker", unit="省财政厅") == []
    (reason,) = reviewer_reasons(steps, subject="maker", unit="省财政厅")
    assert (reason.field, reason.rule) == ("reviewer", "maker-cannot-check")


def test_the_pool_must_be_available_until_it_is_held() -> None:
    assert money_reasons(ROUND, account="a", available_fen=1_000) == []
    (reason,) = money_reasons(ROUND, account="a", available_fen=999)
    assert (reason.field, reason.rule) == ("a", "money-not-available")
    held = replace(ROUND, state=State.ALLOCATED)
    assert money_reasons(held, account="a", available_fen=0) == []


def test_a_line_of_a_day_to_come_holds_nothing_today() -> None:
    line = Appropriation(
        code="2024-incentive",
        programme="p",
        division_code="420000",
        fiscal_year=2024,
        source="incentive_fund",
        amount_fen=1_000,
        document_number="鄂财预〔2024〕1号",
        effective_at=date(2024, 10, 8),
        transfer_id=UUID(int=1),
        predecessor=None,
        budget_approved_on=None,
        codes=None,
    )
    assert not_in_effect(line, today=date(2024, 10, 8)) == []
    assert [reason.rule for reason in not_in_effect(line, today=date(2024, 10, 7))] == ["line-in-effect"]


def test_a_grant_and_an_award_of_a_cluster_go_down_by_one_path() -> None:
    assert path_reasons([AWARD], {}) == []
    assert path_reasons([AWARD], {"421303-01": PATH, "421321-01": ["420000"]}) == []
    (reason,) = path_reasons([AWARD], {"421303-01": ["420000", "421300", "421321"]})
    assert (reason.field, reason.rule) == ("421303-01", "one-path")


def test_everything_that_is_not_settled_stands_against_closing() -> None:
    assert closing_reasons({}, [], document_number="鄂财产发〔2024〕1号") == []
    reasons = closing_reasons({"a:passed_down": 5}, ["2024-420000-0001"], document_number=None)
    assert [(reason.field, reason.rule) for reason in reasons] == [
        ("a:passed_down", "nothing-left"),
        ("2024-420000-0001", "orders-decided"),
        ("document_number", "document-number-written-back"),
    ]
