"""Incentive rules are read strictly: every problem at once, each with its path, its rule and two languages."""

from copy import deepcopy
from typing import Any

import pytest

from services.funding.domain.incentive import Disposition, TiePolicy
from services.funding.domain.incentive_document import parse_incentive_rules
from tests.unit.funding.reward import HUBEI, document, found, pool, rules, tier


def test_the_programmes_own_rules_are_sound() -> None:
    reward = rules()
    assert reward.planned_fen == reward.pool_fen == 8_000_000_000
    assert reward.disposition is Disposition.RETURN
    second = reward.tiers[1]
    assert (second.amount_fen, second.places, second.name.source.label.value) == (
        700_000_000,
        {"": 5},
        "published",
    )


def test_everything_wrong_is_told_at_once() -> None:
    wrong = deepcopy(HUBEI)
    wrong["surprise"] = 1
    del wrong["version"]
    wrong["reward"]["tiers"][0] |= {"amount_fen": "1000", "tie_policy": "coin"}
    del wrong["reward"]["tiers"][1]["tie_policy"]
    wrong["reward"]["tiers"][2] |= {"clause": "27号 三(五)"}
    wrong["reward"]["eligibility"]["tests"] = ["lucky"]
    wrong["instruments"][0]["revenue_cover"]["minimum"] = 1.2
    wrong["instruments"][0]["label"] = "official"
    del wrong["instruments"][0]["clause"]
    assert found(wrong) == {
        ("", "unknown-key"),
        ("version", "missing-key"),
        ("reward.tiers[0].amount_fen", "integer-expected"),
        ("reward.tiers[0].tie_policy", "choice-expected"),
        ("reward.tiers[1].tie_policy", "missing-key"),
        ("reward.tiers[2].clause", "clause-of-own-rule"),
        ("reward.eligibility.tests", "unknown-test"),
        ("instruments[0].revenue_cover.minimum", "decimal-text-expected"),
        ("instruments[0]", "clause-missing"),
    }


def test_the_uses_of_the_money_are_named_once_each_and_may_be_left_open() -> None:
    open_, twice, empty = deepcopy(HUBEI), deepcopy(HUBEI), deepcopy(HUBEI)
    del open_["uses"]
    twice["uses"].append(twice["uses"][0])
    del twice["uses"][1]["needs_consent"]
    empty["uses"] = []
    assert parse_incentive_rules(open_)[1] == []
    assert found(twice) == {("uses", "duplicate-code"), ("uses[1].needs_consent", "missing-key")}
    assert found(empty) == {("uses", "list-expected")}


def test_a_tier_without_a_tie_policy_is_refused() -> None:
    first = tier("first", 3, 1000)
    del first["tie_policy"]
    assert found(document(tiers=[first])) == {("reward.tiers[0].tie_policy", "missing-key")}


def test_tiers_that_sum_to_more_than_the_pool_are_refused() -> None:
    assert found(document(pool=pool(7999))) == {("reward.tiers", "tiers-fit-pool")}


def test_the_reserve_off_the_top_counts_against_the_pool() -> None:
    reserve = {"percent": "1", "fixed_fen": 0, "take": "max", "unit_fen": 100, "label": "illustrative"}
    assert found(document(admin_reserve=reserve)) == {("reward.tiers", "tiers-fit-pool")}


def test_a_later_tier_may_not_be_worth_more() -> None:
    tiers = [tier("first", 1, 500), tier("second", 1, 700)]
    assert found(document(tiers=tiers)) == {("reward.tiers[1].amount_fen", "amounts-fall")}


def test_ties_by_keys_need_keys() -> None:
    assert found(document(tie_keys=None)) == {("reward.tie_keys", "keys-for-by-keys")}


def test_places_fit_the_strata() -> None:
    strata = [
        {"code": "a", "zh": "甲", "en": "A", "counties": ["421303"], "label": "illustrative"},
        {"code": "b", "zh": "乙", "en": "B", "counties": ["421303"], "label": "illustrative"},
    ]
    tiers = [tier("first", 1, 500), tier("second", {"a": 1}, 300)]
    assert found(document(strata=strata, tiers=tiers)) == {
        ("reward.tiers[0].places_by_stratum", "places-fit-strata"),
        ("reward.tiers[1].places_by_stratum", "places-fit-strata"),
        ("reward.strata", "duplicate-code"),
    }


def test_a_tier_has_a_place_somewhere() -> None:
    strata = [{"code": "a", "zh": "甲", "en": "A", "counties": ["421303"], "label": "illustrative"}]
    assert found(document(strata=strata, tiers=[tier("first", {"a": 0}, 500)])) == {
        ("reward.tiers[0].places_by_stratum", "places-somewhere")
    }


@pytest.mark.parametrize(
    "given", [None, [], "rules", 5, {"reward": []}, {"reward": {"tiers": {}}}, {"title": 1}]
)
def test_no_input_breaks_the_reader(given: object) -> None:
    assert found(given)


@pytest.mark.parametrize("amount", [0, -1, True, 2**53, 1.5, "1", None])
def test_an_amount_is_a_positive_whole_number_of_fen(amount: Any) -> None:
    wrong = tier("first", 1, 1)
    wrong["amount_fen"] = amount
    assert ("reward.tiers[0].amount_fen", "integer-expected") in found(document(tiers=[wrong]))


def test_every_tie_policy_can_be_written() -> None:
    for policy in TiePolicy:
        parsed, problems = parse_incentive_rules(document(tiers=[tier("first", 1, 1, policy.value)]))
        assert parsed is not None, problems
