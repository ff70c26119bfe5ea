"""The allocation chain, rule by rule."""

from decimal import Decimal
from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.refusals import (
    RanksAreNotCompetitionRanks,
    ReserveExceedsPool,
    StratumUnknown,
    TiersExceedPool,
    TieUndecided,
)
from services.funding.domain.rules.reward import RewardRules
from shared.text.money import FEN_PER_WAN
from tests.unit.funding.reward import candidate, pool, pool_of, ranked, rules, strata, tier


def wan(allocation: Allocation) -> dict[str, int]:
    return {award.candidate.unit: award.amount_fen // FEN_PER_WAN for award in allocation.awards}


def small(policy: str, *, pool_wan: int = 100, **more: Any) -> RewardRules:
    """A first prize of 30 for two places, a second of 10 for two."""
    given: dict[str, Any] = {
        "pool": pool(pool_wan),
        "tiers": [tier("first", 2, 30, policy), tier("second", 2, 10, policy)],
        **more,
    }
    return rules(**given)


def run(given: RewardRules, *ranks: int) -> Allocation:
    return allocate(given, ranked(*ranks), pool_fen=pool_of(given))


def test_tiers_follow_the_ranks_and_the_fifth_gets_the_second_prize() -> None:
    made = allocate(rules(), ranked(*range(1, 30)), pool_fen=8_000_000_000)
    amounts = list(wan(made).values())
    assert amounts == [1000] * 3 + [700] * 5 + [500] * 3
    assert (made.awards[4].tier, made.unallocated_fen) == ("second", 0)


def test_both_tests_and_the_status_are_needed() -> None:
    units = [
        candidate("a", 1, developing_well=False),
        candidate("b", 2, eligible=False),
        candidate("c", 3, status="cultivated"),
        candidate("d", 4, status=None),
        candidate("e", 5),
        candidate("f", None),
    ]
    made = allocate(small("all"), units, pool_fen=100 * FEN_PER_WAN)
    assert wan(made) == {"e": 30}
    reasons = {line.unit: line.en for line in made.steps[1].lines}
    assert reasons["a"] == "the release does not find it developing well"
    assert reasons["c"] == "its status is cultivated"
    assert reasons["e"] == "passes every test"


def test_who_fails_a_test_may_keep_the_place_empty() -> None:
    units = [candidate("a", 1, developing_well=False), candidate("b", 2), candidate("c", 3)]
    among_all = {"among": "all", "label": "illustrative"}
    assert wan(allocate(small("all"), units, pool_fen=100 * FEN_PER_WAN)) == {"b": 30, "c": 30}
    kept = allocate(small("all", ranking=among_all), units, pool_fen=100 * FEN_PER_WAN)
    assert wan(kept) == {"b": 30, "c": 10}


def test_a_removed_unit_is_replaced_only_where_the_rules_say_so() -> None:
    units = ranked(1, 2, 3, 4, 5)
    units[0] = candidate(
        "u01", 1, removed="公示期取消", eligible=False, developing_well=False, status="refused"
    )
    backfill = {"backfill": True, "label": "illustrative"}
    empty = allocate(small("all"), units, pool_fen=100 * FEN_PER_WAN)
    assert wan(empty) == {"u02": 30, "u03": 10, "u04": 10}
    assert empty.unallocated_fen == 50 * FEN_PER_WAN
    moved_up = allocate(small("all", removal=backfill), units, pool_fen=100 * FEN_PER_WAN)
    assert wan(moved_up) == {"u02": 30, "u03": 30, "u04": 10, "u05": 10}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("all", {"u01": 30, "u02": 30, "u03": 30, "u04": 10}),
        ("none", {"u01": 30, "u02": 10, "u03": 10, "u04": 10}),
        ("split", {"u01": 30, "u02": 20, "u03": 20, "u04": 10}),
        ("by_keys", {"u01": 30, "u02": 30, "u03": 10, "u04": 10}),
    ],
)
def test_the_tie_policy_settles_equals_at_a_cut(policy: str, expected: dict[str, int]) -> None:
    made = run(small(policy), 1, 2, 2, 4)
    assert wan(made) == expected
    told = [line.en for line in made.steps[3].lines if "settled by" in line.en]
    assert len(told) == 2


def test_equals_within_a_tier_need_no_policy() -> None:
    assert wan(run(small("none"), 1, 1, 3, 3)) == {"u01": 30, "u02": 30, "u03": 10, "u04": 10}


def test_a_tie_over_the_last_cut_may_leave_none_or_share() -> None:
    assert wan(run(small("none"), 1, 2, 3, 4, 4, 4)) == {"u01": 30, "u02": 30, "u03": 10}
    shared = run(small("split"), 1, 2, 3, 4, 4, 4)
    assert wan(shared) == {"u01": 30, "u02": 30, "u03": 10, "u04": 3, "u05": 3, "u06": 3}
    assert shared.unallocated_fen == (100 - 79) * FEN_PER_WAN


def test_equals_that_fell_from_a_tier_share_no_more_than_the_next_one() -> None:
    tiers = [tier("first", 2, 30, "none"), tier("second", 2, 10, "split")]
    made = run(small("all", tiers=tiers), 1, 2, 2, 2, 2)
    assert wan(made) == {
        "u01": 30,
        "u02": 7,
        "u03": 7,
        "u04": 7,
        "u05": 7,
    }  # (10 + 10 + 10 + 0) / 4, whole 万元


def test_equals_after_the_last_key_are_refused() -> None:
    keys = [{"key": "revenue", "order": "descending"}]
    given = small("by_keys", tie_keys=keys)
    units = ranked(1, 2, 2)
    with pytest.raises(TieUndecided) as refusal:
        allocate(given, units, pool_fen=pool_of(given))
    assert [item.zh for item in refusal.value.items] == ["u02", "u03"]
    units[2] = candidate("u03", 2, contributions={"revenue": Decimal(3)})
    made = allocate(given, units, pool_fen=pool_of(given))
    assert list(wan(made).items()) == [("u01", 30), ("u03", 30), ("u02", 10)]  # numbered in this order


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("stop", {"a": 40}), ("partial", {"a": 40, "b": 20, "c": 20}), ("skip", {"a": 40})],
)
def test_exhaustion_treats_equals_alike(policy: str, expected: dict[str, int]) -> None:
    given = rules(
        pool=pool(80),
        tiers=[tier("first", 1, 40, "all"), tier("second", 1, 30, "all"), tier("third", 1, 10, "all")],
        exhaustion={"policy": policy, "label": "illustrative"},
    )
    units = [candidate("a", 1), candidate("b", 2), candidate("c", 2)]
    made = allocate(given, units, pool_fen=80 * FEN_PER_WAN)
    assert wan(made) == expected
    assert made.unallocated_fen == (80 - sum(expected.values())) * FEN_PER_WAN


def test_skip_goes_on_with_what_still_fits() -> None:
    given = rules(
        pool=pool(55),
        tiers=[tier("first", 1, 30, "all"), tier("second", 1, 15, "all"), tier("third", 2, 5, "all")],
        exhaustion={"policy": "skip", "label": "illustrative"},
    )
    units = ranked(1, 2, 2, 4)
    assert wan(allocate(given, units, pool_fen=55 * FEN_PER_WAN)) == {"u01": 30, "u04": 5}


def test_equals_that_a_key_told_apart_are_paid_one_after_the_other() -> None:
    keys = [{"key": "unit", "order": "ascending"}]
    tiers = [tier("first", 1, 40), tier("second", 2, 10, "all"), tier("third", 1, 10, "all")]
    given = rules(pool=pool(70), tiers=tiers, tie_keys=keys)
    made = allocate(given, ranked(1, 1, 3, 3, 3), pool_fen=70 * FEN_PER_WAN)
    assert wan(made) == {"u01": 40, "u02": 10}  # the three of the third place need 30, 20 are left
    assert [award.place for award in made.awards] == [1, 2]


def test_equals_within_a_tier_by_keys_are_paid_in_their_order_where_the_money_is_short() -> None:
    keys = [{"key": "unit", "order": "ascending"}]
    given = rules(pool=None, tiers=[tier("first", 3, 40)], tie_keys=keys, conflicts=None)
    assert wan(allocate(given, ranked(1, 1, 3), pool_fen=70 * FEN_PER_WAN)) == {"u01": 40}
    alike = rules(pool=None, tiers=[tier("first", 3, 40, "all")], tie_keys=keys, conflicts=None)
    assert wan(allocate(alike, ranked(1, 1, 3), pool_fen=70 * FEN_PER_WAN)) == {}


def test_a_place_counts_those_who_stand_in_the_stratum() -> None:
    units = [candidate("a", 1, developing_well=False), candidate("b", 2), candidate("c", 3)]
    made = allocate(small("all"), units, pool_fen=100 * FEN_PER_WAN)
    assert [(award.candidate.unit, award.rank, award.place) for award in made.awards] == [
        ("b", 2, 1),
        ("c", 3, 2),
    ]


def test_tiers_that_do_not_fit_may_be_paid_as_far_as_the_money_reaches() -> None:
    given = rules(conflicts={"tiers_exceed_pool": "exhaust"})
    made = allocate(given, ranked(*range(1, 12)), pool_fen=3_500 * FEN_PER_WAN)
    assert list(wan(made).values()) == [1000] * 3


def test_tiers_that_do_not_fit_the_rounds_pool_are_refused_not_scaled() -> None:
    with pytest.raises(TiersExceedPool):
        allocate(rules(), ranked(1, 2, 3), pool_fen=8_000_000_000 - 1)


def test_a_reserve_above_the_pool_is_refused() -> None:
    reserve = {
        "percent": "0",
        "fixed_fen": 40_000_000,
        "take": "max",
        "unit_fen": 100,
        "label": "illustrative",
    }
    given = small("all", admin_reserve=reserve, pool=pool(200))
    with pytest.raises(ReserveExceedsPool):
        allocate(given, ranked(1), pool_fen=39_999_999)


@pytest.mark.parametrize("ranks", [(1, 3), (2,), (1, 2, 2, 3), (1, 1, 2), (0, 1)])
def test_gaps_and_dense_ranks_are_refused(ranks: tuple[int, ...]) -> None:
    with pytest.raises(RanksAreNotCompetitionRanks):
        run(small("all"), *ranks)


def test_a_unit_stands_once() -> None:
    with pytest.raises(RanksAreNotCompetitionRanks):
        allocate(small("all"), [candidate("a", 1), candidate("a", 2)], pool_fen=100 * FEN_PER_WAN)


def test_a_county_of_no_stratum_is_refused() -> None:
    given = rules(strata=strata(a=["420115"]), tiers=[tier("first", {"a": 1}, 10)])
    with pytest.raises(StratumUnknown):
        allocate(given, ranked(1), pool_fen=pool_of(given))


def test_every_step_is_kept_with_its_numbers() -> None:
    made = run(small("split"), 1, 2, 2, 4)
    assert [step.step for step in made.steps] == [
        "reserve",
        "eligibility",
        "cut",
        "amounts",
        "limits",
        "rounding",
        "exhaustion",
        "remainder",
    ]
    assert made.steps[3].numbers == {
        "planned_fen": 80 * FEN_PER_WAN,
        "first_units": 3,
        "first_fen": 70 * FEN_PER_WAN,
        "second_units": 1,
        "second_fen": 10 * FEN_PER_WAN,
    }
    assert "27号 三(五)" in made.steps[1].rule
    assert made.steps[7].numbers == {
        "removed_fen": 0,
        "next_rank_fen": 0,
        "unallocated_fen": 20 * FEN_PER_WAN,
    }
