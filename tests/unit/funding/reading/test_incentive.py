"""Incentive rules are read strictly: every problem at once, each with its path, its rule and two languages."""

from copy import deepcopy
from typing import Any

import pytest

from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.reward import planned_fen, tiers_in
from services.funding.domain.rules.vocabulary import Disposition, TiePolicy
from tests.unit.funding.reward import HUBEI, HUBEI_WITH_BONDS, document, found, pool, rules, strata, tier


def test_the_programmes_own_rules_are_sound() -> None:
    reward = rules()
    tiers = tiers_in(reward.amounts)
    assert planned_fen(tiers, [""]) == reward.pool_fen == 8_000_000_000
    assert reward.remainder.disposition is Disposition.RETURN
    second = tiers[1]
    assert (second.amount_fen, second.places, second.name.source.label.value) == (
        700_000_000,
        {"": 5},
        "published",
    )


def test_everything_wrong_is_told_at_once() -> None:
    wrong = deepcopy(HUBEI_WITH_BONDS)
    wrong["surprise"] = 1
    del wrong["version"]
    wrong["reward"]["amounts"]["tiers"][0] |= {"amount_fen": "1000", "ties": "coin"}
    del wrong["reward"]["amounts"]["tiers"][1]["ties"]
    wrong["reward"]["amounts"]["tiers"][2] |= {"clause": "27号 三(五)"}
    wrong["reward"]["eligibility"]["tests"] = ["lucky"]
    wrong["instruments"][0]["revenue_cover"]["minimum"] = 1.2
    wrong["instruments"][0]["label"] = "official"
    del wrong["instruments"][0]["clause"]
    assert found(wrong) == {
        ("", "unknown-key"),
        ("version", "missing-key"),
        ("reward.amounts.tiers[0].amount_fen", "integer-expected"),
        ("reward.amounts.tiers[0].ties", "choice-expected"),
        ("reward.amounts.tiers[1].ties", "missing-key"),
        ("reward.amounts.tiers[2].clause", "clause-of-own-rule"),
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
    del first["ties"]
    assert found(document(tiers=[first])) == {("reward.amounts.tiers[0].ties", "missing-key")}


def test_tiers_that_sum_to_more_than_the_pool_are_refused() -> None:
    assert found(document(pool=pool(7999))) == {("reward.amounts.tiers", "tiers-fit-pool")}


def test_the_reserve_off_the_top_counts_against_the_pool() -> None:
    reserve = {"percent": "1", "fixed_fen": 0, "take": "max", "unit_fen": 100, "label": "illustrative"}
    assert found(document(admin_reserve=reserve)) == {("reward.amounts.tiers", "tiers-fit-pool")}


def test_a_reserve_above_the_pool_is_refused() -> None:
    reserve = {"fixed_fen": 8_000_000_001, "label": "illustrative"}
    assert found(document(admin_reserve=reserve)) == {("reward.admin_reserve", "reserve-fits-pool")}


def test_a_published_prize_is_a_multiple_of_the_rounding_unit() -> None:
    uneven = tier("first", 1, 1) | {"amount_fen": 1_500_000}
    assert found(document(tiers=[uneven])) == {("reward.amounts.tiers[0].amount_fen", "whole-units")}


def test_every_part_is_asked_for_its_source() -> None:
    parts: dict[str, dict[str, Any]] = {
        "pool": {"amount_fen": 8_000_000_000},
        "conflicts": {"tiers_exceed_pool": "refuse"},
        "rounding": {"unit_fen": 1_000_000},
        "exhaustion": {"policy": "stop"},
        "remainder": {"disposition": "return"},
        "removal": {"backfill": False},
    }
    for part, values in parts.items():
        wrong = document(None, **{part: values | {"label": "official"}})
        assert found(wrong) == {(f"reward.{part}", "clause-missing")}


def test_a_later_tier_may_not_be_worth_more() -> None:
    tiers = [tier("first", 1, 500), tier("second", 1, 700)]
    assert found(document(tiers=tiers)) == {("reward.amounts.tiers[1].amount_fen", "amounts-fall")}


def test_ties_by_keys_need_keys() -> None:
    assert found(document(tie_keys=None)) == {("reward.tie_keys", "keys-for-by-keys")}


def test_places_fit_the_strata() -> None:
    tiers = [tier("first", {"a": 1, "b": 1, "c": 1}, 500), tier("second", {"a": 1}, 300)]
    assert found(document(strata=strata(a=["421303"], b=["421303"]), tiers=tiers)) == {
        ("reward.amounts.tiers[0].places_by_stratum", "places-fit-strata"),
        ("reward.amounts.tiers[1].places_by_stratum", "places-fit-strata"),
        ("reward.strata.sets", "word-in-two-strata"),
    }


def test_a_tier_has_a_place_somewhere() -> None:
    assert found(document(strata=strata(a=["421303"]), tiers=[tier("first", {"a": 0}, 500)])) == {
        ("reward.amounts.tiers[0].places_by_stratum", "places-somewhere")
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
    assert ("reward.amounts.tiers[0].amount_fen", "integer-expected") in found(document(tiers=[wrong]))


def test_every_tie_policy_can_be_written() -> None:
    for policy in TiePolicy:
        parsed, problems = parse_incentive_rules(document(tiers=[tier("first", 1, 1, policy.value)]))
        assert parsed is not None, problems


def test_rules_of_another_schema_are_refused() -> None:
    assert ("schema", "choice-expected") in found(HUBEI | {"schema": "county-clusters/incentive/1"})
