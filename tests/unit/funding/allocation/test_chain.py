"""The allocation chain, rule by rule, where docs/incentives.md has no example."""

from fractions import Fraction
from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import (
    AmountsExceedPool,
    BudgetInvalid,
    FloorsExceedPool,
    LimitsContradict,
    NothingToShareBy,
    QuantityUndefined,
    RanksAreNotCompetitionRanks,
    RanksMissing,
    StratumUnknown,
)
from shared.text.money import MAX_FEN
from tests.unit.funding.reward import candidate, ranked

EQUAL: dict[str, Any] = {"method": "equal"}
HUNDRED: dict[str, Any] = {"method": "fixed", "amount_fen": 100}


def run(reward: dict[str, Any], units: list[Candidate], pool_fen: int = 1000) -> Allocation:
    document = {"schema": "county-clusters/incentive/2", "reward": reward}
    rules, problems = parse_incentive_rules(document, offline=True)
    assert rules is not None, problems
    return allocate(rules.reward, units, pool_fen=pool_fen)


def amounts(made: Allocation) -> dict[str, int]:
    return {award.candidate.unit: award.amount_fen for award in made.awards}


def unit(code: str, rank: int | None, **figures: int | str) -> Candidate:
    measures = {name: Fraction(value) for name, value in figures.items() if isinstance(value, int)}
    words = {name: value for name, value in figures.items() if isinstance(value, str)}
    return candidate(code, rank, measures=measures, words=words)


@pytest.mark.parametrize("pool_fen", [0, -1, MAX_FEN + 1, 2**63])
def test_a_budget_is_an_amount_of_money(pool_fen: int) -> None:
    with pytest.raises(BudgetInvalid):
        run({"amounts": EQUAL}, ranked(1), pool_fen)


def test_the_largest_budget_is_shared_exactly() -> None:
    made = run({"amounts": EQUAL}, ranked(1, 2, 3), MAX_FEN)
    assert made.awarded_fen == MAX_FEN


def test_floors_above_the_pool_are_explained() -> None:
    with pytest.raises(FloorsExceedPool) as refusal:
        run({"amounts": EQUAL, "floors": [{"code": "f", "amount": 600}]}, ranked(1, 2))
    assert "0.0012 万元" in refusal.value.zh
    assert "0.001 万元" in refusal.value.zh
    assert [item.field for item in refusal.value.items] == ["u01", "u02"]


def test_a_floor_above_a_cap_is_refused_unless_the_rules_say_which_holds() -> None:
    limits = {"floors": [{"code": "f", "amount": 300}], "caps": [{"code": "c", "amount": 200}]}
    with pytest.raises(LimitsContradict):
        run({"amounts": EQUAL, **limits}, ranked(1, 2))
    for prevails, amount in (("floor", 300), ("cap", 200)):
        made = run({"amounts": EQUAL, **limits, "conflicts": {"floor_above_cap": prevails}}, ranked(1, 2))
        assert amounts(made) == {"u01": amount, "u02": amount}


def test_floors_above_a_groups_cap_are_refused() -> None:
    reward = {
        "amounts": EQUAL,
        "floors": [{"code": "f", "amount": 60}],
        "group_caps": [{"code": "g", "by": "county", "amount": 100}],
    }
    with pytest.raises(LimitsContradict) as refusal:
        run(reward, [unit("a", 1, county="A"), unit("b", 2, county="A")])
    assert refusal.value.items[0].field == "county=A"


def test_largest_remainders_never_pass_a_groups_cap() -> None:
    units = [unit(f"u{i}", 1, county="A" if i < 3 else "B") for i in range(10)]
    reward = {"amounts": EQUAL, "group_caps": [{"code": "g", "by": "county", "amount": 100}]}
    got = amounts(run(reward, units, 999))
    # the remainders of A are the largest, but A is full after the first
    assert [got[f"u{i}"] for i in range(10)] == [34, 33, 33, 15, 15, 14, 14, 14, 14, 14]


def test_amounts_above_the_pool_or_a_groups_cap_are_refused_unless_the_rules_say_how() -> None:
    with pytest.raises(AmountsExceedPool):
        run({"amounts": HUNDRED}, ranked(1, 2), 199)
    capped = {"amounts": HUNDRED, "group_caps": [{"code": "g", "by": "county", "amount": 150}]}
    with pytest.raises(AmountsExceedPool) as refusal:
        run(capped, [unit("a", 1, county="A"), unit("b", 2, county="A")])
    assert [item.field for item in refusal.value.items] == ["county=A"]


def test_a_full_group_stops_its_own_members_only() -> None:
    units = [unit(c, n, county=k) for n, (c, k) in enumerate(zip("abcd", "AAAB", strict=True), start=1)]
    reward = {
        "amounts": HUNDRED,
        "group_caps": [{"code": "g", "by": "county", "amount": 150}],
        "exhaustion": {"policy": "partial"},
    }
    assert amounts(run(reward, units)) == {"a": 100, "b": 50, "d": 100}
    assert amounts(run(reward | {"exhaustion": {"policy": "stop"}}, units)) == {"a": 100, "d": 100}
    reduced = amounts(run(reward | {"exhaustion": {"policy": "reduce"}}, units))
    assert reduced == {"a": 50, "b": 50, "c": 50, "d": 100}


def test_nobody_behind_is_paid_from_what_is_left_before_somebody_ahead() -> None:
    reward: dict[str, Any] = {
        "cut": {"top": 2, "ties": "all"},
        "amounts": HUNDRED,
        "exhaustion": {"policy": "stop"},
        "remainder": {"disposition": "return", "next_rank_fen": 30},
    }
    assert amounts(run(reward, ranked(1, 2, 3), 200)) == {"u01": 100, "u02": 100}
    assert amounts(run(reward, ranked(1, 2, 3), 199)) == {"u01": 100}
    skip = reward | {"exhaustion": {"policy": "skip"}}
    assert amounts(run(skip, ranked(1, 2, 3), 199)) == {"u01": 100, "u03": 30}


@pytest.mark.parametrize(
    "limits",
    [
        {"caps": [{"code": "most", "amount": 100}]},
        {"group_caps": [{"code": "county", "by": "county", "amount": 100}]},
    ],
)
def test_next_ranks_that_would_pass_a_cap_are_no_rules(limits: dict[str, Any]) -> None:
    remainder = {"disposition": "return", "next_rank_fen": 30}
    document = {
        "schema": "county-clusters/incentive/2",
        "reward": {"amounts": HUNDRED, "remainder": remainder, **limits},
    }
    rules, problems = parse_incentive_rules(document, offline=True)
    assert rules is None
    assert [problem.rule for problem in problems] == ["next-rank-with-caps"]


def test_equals_share_what_is_left_or_get_nothing() -> None:
    reward: dict[str, Any] = {"amounts": HUNDRED, "exhaustion": {"policy": "partial"}}
    assert amounts(run(reward, ranked(1, 2, 2, 4), 251)) == {"u01": 100, "u02": 75, "u03": 75}
    skip = {"amounts": HUNDRED, "exhaustion": {"policy": "skip"}}
    assert amounts(run(skip, ranked(1, 2, 2, 4), 251)) == {"u01": 100, "u04": 100}


@pytest.mark.parametrize("ranks", [(1, 3), (2,), (1, 1, 2)])
def test_gaps_are_refused(ranks: tuple[int, ...]) -> None:
    with pytest.raises(RanksAreNotCompetitionRanks):
        run({"amounts": EQUAL}, ranked(*ranks))


def test_ranks_may_start_anew_in_each_stratum() -> None:
    units = [
        unit("a", 1, group="x"),
        unit("b", 2, group="x"),
        unit("c", 1, group="y"),
        unit("d", 2, group="y"),
    ]
    reward = {
        "strata": {"column": "group"},
        "amounts": EQUAL,
        "cut": {"top": {"x": 1, "y": 2}, "ties": "all"},
    }
    with pytest.raises(RanksAreNotCompetitionRanks):
        run(reward, units)
    made = run(reward | {"ranking": {"within": "strata"}}, units, 300)
    assert amounts(made) == {"a": 100, "c": 100, "d": 100}


def test_rules_that_go_by_ranks_need_them() -> None:
    with pytest.raises(RanksMissing):
        run({"amounts": EQUAL, "cut": {"top": 1, "ties": "all"}}, [unit("a", None)])
    assert amounts(run({"amounts": EQUAL}, [unit("a", None)])) == {"a": 1000}


def test_who_passes_and_belongs_to_no_stratum_is_refused() -> None:
    reward = {"strata": {"sets": {"x": ["A"]}}, "amounts": EQUAL}
    with pytest.raises(StratumUnknown):
        run(reward, [unit("a", 1, county="A"), unit("b", 2, county="B")])
    tiers = [{"code": "t", "places_by_stratum": {"z": 1}, "amount_fen": 1, "ties": "all"}]
    elsewhere = {"strata": {"sets": {"x": ["A"]}}, "amounts": {"method": "tiers", "tiers": tiers}}
    with pytest.raises(StratumUnknown):
        run(elsewhere, [unit("a", 1, county="A")])


def test_weights_below_zero_or_of_nobody_are_refused() -> None:
    by_need = {"amounts": {"method": "proportional", "to": "need"}}
    with pytest.raises(NothingToShareBy):
        run(by_need, [unit("a", 1, need=0)])
    with pytest.raises(NothingToShareBy) as refusal:
        run(by_need, [unit("a", 1, need=5), unit("b", 2, need=-1)])
    assert [item.field for item in refusal.value.items] == ["b"]
    with pytest.raises(QuantityUndefined):
        run(by_need, [unit("a", 1)])
    with pytest.raises(QuantityUndefined):
        run({"amounts": {"method": "amount", "of": {"quotient": [1, "need"]}}}, [unit("a", 1, need=0)])


def test_nobody_inside_leaves_everything() -> None:
    made = run({"amounts": EQUAL, "cut": {"score_at_least": 101}}, ranked(1, 2))
    assert (amounts(made), made.unallocated_fen) == ({}, 1000)


def test_keepers_hold_their_place_in_the_tiers() -> None:
    tiers = [{"code": "first", "places": 1, "amount_fen": 100, "ties": "all"}]
    reward = {"eligibility": {"tests": ["ok"]}, "amounts": {"method": "tiers", "tiers": tiers}}
    units = [unit("a", 1, ok="no"), unit("b", 2, ok="yes")]
    assert amounts(run(reward, units)) == {"b": 100}
    assert amounts(run(reward | {"ranking": {"among": "all"}}, units)) == {}


QUANTITIES: list[tuple[Any, list[int]]] = [
    ({"sum": ["x", 1]}, [11, 21]),
    ({"product": ["x", "0.5", 4]}, [20, 40]),
    ({"max": ["x", 15]}, [15, 20]),
    ({"min": ["x", 15]}, [10, 15]),
    ({"difference": [25, "x"]}, [15, 5]),
    ({"quotient": ["x", "0.5"]}, [20, 40]),
    ({"percent": 50, "of": "x"}, [5, 10]),
    ({"percent": 10, "of": "pool"}, [100, 100]),
    ({"above": "y", "of": "x"}, [7, 0]),
    ({"bounded": "x", "at_least": 12, "at_most": 15}, [12, 15]),
    ({"total": "x"}, [30, 30]),
    ({"mean": "x"}, [15, 15]),
    ({"largest": "x"}, [20, 20]),
    ({"smallest": "x"}, [10, 10]),
    ({"product": [{"share": "x"}, 60]}, [20, 40]),
    ({"lookup": "x", "steps": [{"at_least": 20, "value": 7}], "otherwise": "y"}, [3, 7]),
    ({"match": "g", "values": {"A": "x"}, "otherwise": 1}, [10, 1]),
    ({"brackets": "x", "rates": [{"up_to": 15, "rate": 2}, {"rate": 4}]}, [20, 50]),
    ({"round": {"quotient": ["x", 7]}}, [1, 3]),
    ({"round": {"quotient": ["x", 7]}, "mode": "up"}, [2, 3]),
    ({"product": [10, {"round": {"quotient": ["x", 8]}, "digits": 1, "mode": "down"}]}, [12, 25]),
    ({"product": ["count", "rank"]}, [2, 4]),
]


@pytest.mark.parametrize(("quantity", "expected"), QUANTITIES, ids=lambda value: str(value)[:40])
def test_a_quantity_has_the_value_that_the_page_says(quantity: Any, expected: list[int]) -> None:
    units = [unit("a", 1, x=10, y=3, g="A"), unit("b", 2, x=20, y=30, g="B")]
    made = run({"amounts": {"method": "amount", "of": quantity}}, units)
    assert list(amounts(made).values()) == [amount for amount in expected if amount]


def test_a_cut_by_percent_rounds_down_and_ties_count_in_parts() -> None:
    reward = {"cut": {"top_percent": 60, "ties": "split"}, "amounts": {"method": "proportional", "to": "w"}}
    units = [unit("a", 1, w=6), unit("b", 2, w=4), unit("c", 2, w=2), unit("d", 4, w=9)]
    # two places of four: a has one, b and c half of one each
    assert amounts(run(reward, units, 900)) == {"a": 600, "b": 200, "c": 100}


def test_each_step_is_kept_with_its_numbers() -> None:
    made = run({"amounts": EQUAL, "caps": [{"code": "c", "amount": 300}]}, ranked(1, 2))
    assert [step.step for step in made.steps] == [
        "reserve", "eligibility", "cut", "amounts", "limits", "rounding", "exhaustion", "remainder",
    ]  # fmt: skip
    assert made.steps[4].lines[0].rule == "reward.caps.c; illustrative"
    assert (made.steps[3].lines[0].amount_fen, made.steps[4].lines[0].amount_fen) == (500, 300)
    assert made.steps[7].numbers["unallocated_fen"] == 400


REQUESTS = {"a": (1, 60), "b": (1, 50), "c": (3, 30)}


@pytest.mark.parametrize(
    ("policy", "order", "expected"),
    [
        ("skip", "ascending", {"b": 50, "c": 30}),
        ("stop", "ascending", {"b": 50}),
        ("partial", "ascending", {"b": 50, "a": 50}),
        ("skip", "descending", {"a": 60, "c": 30}),
        ("stop", "descending", {"a": 60}),
        ("partial", "descending", {"a": 60, "b": 40}),
    ],
)
def test_tie_keys_put_equals_in_order_where_the_money_is_short(
    policy: str, order: str, expected: dict[str, int]
) -> None:
    units = [unit(code, rank, requested=asked) for code, (rank, asked) in REQUESTS.items()]
    reward = {
        "amounts": {"method": "requested"},
        "tie_keys": [{"key": "requested", "order": order}],
        "exhaustion": {"policy": policy},
    }
    assert amounts(run(reward, units, 100)) == expected
    assert amounts(run(reward, units[::-1], 100)) == expected


def test_equals_that_no_tie_key_tells_apart_are_still_treated_alike() -> None:
    units = [unit("a", 1, requested=60), unit("b", 1, requested=60), unit("c", 3, requested=30)]
    keys = [{"key": "requested", "order": "ascending"}]
    reward = {"amounts": {"method": "requested"}, "tie_keys": keys, "exhaustion": {"policy": "skip"}}
    assert amounts(run(reward, units, 100)) == {"c": 30}


@pytest.mark.parametrize("rank", [1, 2])
def test_a_part_of_what_is_left_is_no_smaller_for_an_equal_than_behind(rank: int) -> None:
    """90 for 20 and 80: behind b, a has the 70 that b leaves, and as its equal too (not 45, half of what is left)."""
    units = [unit("b", 1, requested=20), unit("a", rank, requested=80)]
    reward = {"amounts": {"method": "requested"}, "exhaustion": {"policy": "partial"}}
    assert amounts(run(reward, units, 90)) == {"b": 20, "a": 70}


def test_a_group_without_room_leaves_its_part_to_equals_of_other_groups() -> None:
    """100 for three equals who want 60 each; county A has room for 20 in all."""
    units = [unit(code, 1, requested=60, county=county) for code, county in zip("abc", "AAB", strict=True)]
    reward = {
        "amounts": {"method": "requested"},
        "exhaustion": {"policy": "partial"},
        "group_caps": [{"code": "county", "by": "county", "amounts_fen": {"A": 20}}],
    }
    assert amounts(run(reward, units, 100)) == {"a": 10, "b": 10, "c": 60}


def test_tie_keys_put_equals_in_order_for_what_goes_on_to_next_ranks() -> None:
    units = [unit("a", 1, size=1), unit("b", 2, size=1), unit("c", 2, size=2), unit("d", 4, size=9)]
    reward = {
        "cut": {"top": 1, "ties": "all"},
        "amounts": HUNDRED,
        "tie_keys": [{"key": "size", "order": "descending"}],
        "remainder": {"disposition": "return", "next_rank_fen": 50},
    }
    made = run(reward, units, 170)
    assert (amounts(made), made.unallocated_fen) == ({"a": 100, "c": 50}, 20)


@pytest.mark.parametrize(("order", "paid"), [("ascending", "a1"), ("descending", "a2")])
def test_a_tie_key_of_the_unit_goes_both_ways(order: str, paid: str) -> None:
    units = [unit(code, 1, requested=60) for code in ("a1", "a2")]
    keys = [{"key": "unit", "order": order}]
    reward = {"amounts": {"method": "requested"}, "tie_keys": keys, "exhaustion": {"policy": "stop"}}
    assert amounts(run(reward, units, 100)) == {paid: 60}
