"""The steps of an allocation say what happened to each unit: a floor, a cap, a reduction, the parts of a sum."""

from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import LimitsContradict

BY_POPULATION = {"method": "proportional", "to": "population"}
THREE = {"population": "80 16 4"}


def run(pool_fen: int, reward: dict[str, Any], **columns: str) -> Allocation:
    """Units a, b, c, ... with one figure or word of each column."""
    rules, problems = parse_incentive_rules(
        {"schema": "county-clusters/incentive/2", "reward": reward}, offline=True
    )
    assert rules is not None, problems
    held = {name: cells.split() for name, cells in columns.items()}
    rows = [[chr(ord("a") + i), *cells] for i, cells in enumerate(zip(*held.values(), strict=True))]
    candidates, _ = read_ranking(rules.reward, ["unit", *held], rows)
    return allocate(rules.reward, candidates, pool_fen=pool_fen)


def way(made: Allocation, unit: str) -> list[tuple[str, int | None]]:
    """What each step from the amounts on did to a unit."""
    before = ("reserve", "eligibility", "cut")
    return [
        (step.step, line.amount_fen)
        for step in made.steps
        for line in step.lines
        if line.unit == unit and step.step not in before
    ]


def said(made: Allocation, step: str) -> dict[str, str]:
    return {line.unit: line.en for held in made.steps if held.step == step for line in held.lines}


def found(made: Allocation) -> dict[str, str]:
    return {f"{step.step}.{name}": value for step in made.steps for name, value in step.found.items()}


def test_a_floor_has_its_own_step_also_for_those_who_pay_for_it() -> None:
    """b and c are raised to 30; the 40 that are left are a's: half a fen for each of its 80."""
    made = run(100, {"amounts": BY_POPULATION, "floors": [{"code": "least", "amount": 30}]}, **THREE)
    assert way(made, "a") == [("amounts", 80), ("limits", 40), ("rounding", 40)]
    assert way(made, "b") == [("amounts", 16), ("limits", 30), ("rounding", 30)]
    assert said(made, "limits") == {
        "a": "less: others are at their floors",
        "b": "at its floor",
        "c": "at its floor",
    }
    assert found(made) == {"amounts.level_fen": "1", "limits.level_fen": "0.5"}
    limits = next(step for step in made.steps if step.step == "limits")
    assert [line.rule.partition(";")[0] for line in limits.lines] == [
        "",
        "reward.floors.least",
        "reward.floors.least",
    ]
    assert limits.numbers == {"limited_units": 2}


def test_a_cap_has_its_own_step_also_for_those_who_gain_by_it() -> None:
    """60, 30, 10 under caps of 40: b rises to its cap too, and c gets the 20 that are left, at a level of 2."""
    reward = {"amounts": BY_POPULATION, "caps": [{"code": "most", "amount": 40}]}
    made = run(100, reward, population="60 30 10")
    assert [way(made, unit)[1] for unit in "abc"] == [("limits", 40), ("limits", 40), ("limits", 20)]
    assert said(made, "limits") == {
        "a": "at its cap",
        "b": "at its cap",
        "c": "more: others are at their caps",
    }
    assert found(made)["limits.level_fen"] == "2"


def test_a_reduction_has_its_own_step() -> None:
    """60 asked for stays 60 when it is rounded; the money reaches for half of it."""
    reward = {"amounts": {"method": "requested"}, "exhaustion": {"policy": "reduce"}}
    made = run(70, reward, requested="60 50 30")
    assert way(made, "a") == [("amounts", 60), ("rounding", 60), ("exhaustion", 30)]
    assert found(made) == {"exhaustion.reduced_to": "0.5"}
    assert set(said(made, "exhaustion").values()) == {"the money is short: reduced in proportion"}


def test_where_a_floor_ends_a_reduction_the_line_says_floor() -> None:
    """80 for 60, 50, 30 with floors of 25: half of 60 and 50, and c's floor in the place of its 15."""
    floors = [{"code": "least", "amount": 25}]
    reward = {"amounts": {"method": "requested"}, "exhaustion": {"policy": "reduce"}, "floors": floors}
    made = run(80, reward, requested="60 50 30")
    assert [way(made, unit)[-1] for unit in "abc"] == [
        ("exhaustion", 30),
        ("exhaustion", 25),
        ("exhaustion", 25),
    ]
    assert said(made, "exhaustion")["b"] == "the money is short: reduced in proportion"
    assert said(made, "exhaustion")["c"] == "the money is short: reduced to its floor"
    (line,) = [line for line in made.steps[-2].lines if line.unit == "c"]
    assert (line.zh, line.rule.partition(";")[0]) == ("资金不足,缩减至保底", "reward.floors.least")


def test_what_order_leaves_unpaid_was_planned_first() -> None:
    reward = {"amounts": {"method": "requested"}, "exhaustion": {"policy": "stop"}}
    made = run(100, reward, rank="1 2 3", requested="60 50 30")
    assert way(made, "b") == [("amounts", 50), ("rounding", 50), ("exhaustion", 0)]


def test_floors_above_the_pool_are_reduced_in_a_step_of_their_own() -> None:
    """Last year 150 and 50: half of each, where an equal share would be 50."""
    reward = {
        "amounts": {"method": "equal"},
        "floors": [{"code": "last_year", "amount": "last_year"}],
        "conflicts": {"floors_exceed_pool": "reduce"},
    }
    made = run(100, reward, last_year="150 50")
    assert way(made, "a") == [("amounts", 50), ("limits", 150), ("reduction", 75), ("rounding", 75)]
    assert way(made, "b") == [("amounts", 50), ("reduction", 25), ("rounding", 25)]
    assert said(made, "limits") == {"a": "at its floor"}
    assert found(made)["reduction.reduced_to"] == "0.5"


def test_a_floor_within_a_full_group_is_told_as_a_floor() -> None:
    """County A may have 50: 30 are a's floor, and b stops at the 20 that are left."""
    reward = {
        "amounts": BY_POPULATION,
        "floors": [{"code": "least", "amount": {"match": "kind", "values": {"poor": 30}, "otherwise": 0}}],
        "group_caps": [{"code": "county", "by": "county", "amounts_fen": {"A": 50}}],
    }
    made = run(100, reward, population="1 9 10", kind="poor other other", county="A A B")
    assert [way(made, unit)[1][1] for unit in "abc"] == [30, 20, 50]
    assert said(made, "limits") == {"a": "at its floor", "b": "the group county=A is at its cap"}


def test_a_sum_shows_its_parts_with_their_codes() -> None:
    """10 for each, and 70 for 80 : 16 : 4, which is 0.7 for each 1."""
    parts = [{"method": "fixed", "amount_fen": 10, "code": "base"}, {**BY_POPULATION, "code": "rest"}]
    made = run(100, {"amounts": {"method": "sum", "code": "both", "rules": parts}}, **THREE)
    step = next(step for step in made.steps if step.step == "parts")
    assert [(line.unit, line.rule.partition(";")[0], line.amount_fen) for line in step.lines] == [
        ("a", "reward.amounts.both.base", 10),
        ("a", "reward.amounts.both.rest", 56),
        ("b", "reward.amounts.both.base", 10),
        ("b", "reward.amounts.both.rest", 11),
        ("c", "reward.amounts.both.base", 10),
        ("c", "reward.amounts.both.rest", 2),
    ]
    assert way(made, "a") == [("parts", 10), ("parts", 56), ("amounts", 66), ("rounding", 66)]
    assert found(made) == {"amounts.level_fen": "0.7"}


def test_a_sum_in_a_sum_shows_every_part_once() -> None:
    inner = {"method": "sum", "code": "in", "rules": [{"method": "fixed", "amount_fen": 1, "code": "x"},
                                                      {"method": "fixed", "amount_fen": 2, "code": "y"}]}  # fmt: skip
    rules = [inner, {"method": "amount", "of": "population", "code": "z"}]
    made = run(200, {"amounts": {"method": "sum", "rules": rules}}, **THREE)
    lines = next(step for step in made.steps if step.step == "parts").lines
    assert [(line.rule.partition(";")[0], line.amount_fen) for line in lines if line.unit == "a"] == [
        ("reward.amounts.sum.in.x", 1),
        ("reward.amounts.sum.in.y", 2),
        ("reward.amounts.sum.z", 80),
    ]


@pytest.mark.parametrize(
    ("method", "votes", "seats", "above", "up_to"),
    [
        # 4, 3, 1, 0: 100000 / 4 gives the fourth of a, 100000 / 5 would give a fifth
        ("jefferson", "100000 80000 30000 20000", 8, "20000", "25000"),
        # 3, 2, 2: 23000 / 1.5 gives the second of c, 53000 / 3.5 would give a fourth of a
        ("webster", "53000 24000 23000", 7, "15142.8571428571", "15333.3333333333"),
        ("hill", "900 80 20", 5, "259.807621135332", "367.423461417477"),  # 900 / sqrt(12) and 900 / sqrt(6)
    ],
)
def test_the_divisor_that_gave_the_result_is_told(
    method: str, votes: str, seats: int, above: str, up_to: str
) -> None:
    reward = {"amounts": {"method": "proportional", "to": "votes"}, "rounding": {"method": method}}
    held = found(run(seats, reward, votes=votes))
    assert (held["rounding.divisor_above"], held["rounding.divisor_up_to"]) == (above, up_to)


def test_strata_with_money_of_their_own_have_levels_of_their_own() -> None:
    reward = {"amounts": BY_POPULATION, "strata": {"column": "side", "pools_fen": {"east": 60, "west": 40}}}
    made = run(100, reward, population="30 10 5", side="east west west")
    assert found(made) == {"amounts.level_fen.east": "2", "amounts.level_fen.west": "2.66666666666667"}


def test_ranks_made_of_scores_are_a_quantity_without_a_column_of_ranks() -> None:
    reward = {
        "ranking": {"by": "score"},
        "cut": {"top": 2, "ties": "all"},
        "amounts": {"method": "amount", "of": {"quotient": [60, "rank"]}},
    }
    made = run(100, reward, score="70 90 80")
    assert {award.candidate.unit: award.amount_fen for award in made.awards} == {"b": 60, "c": 30}


def test_floors_may_be_rounded_so_that_no_group_gets_102_of_100() -> None:
    """A third of 100 for each of three: 34 rounded up, 33 rounded down, and then one of them has the last one."""
    third = {"code": "third", "amount": {"quotient": [100, 3]}}
    county = [{"code": "county", "by": "county", "amount": 100}]
    reward: dict[str, Any] = {"amounts": {"method": "equal"}, "floors": [third], "group_caps": county}
    with pytest.raises(LimitsContradict) as refused:
        run(300, reward, county="A A A")
    assert "floors of 0.000102 万元" in refused.value.items[0].en
    made = run(300, reward | {"floors": [third | {"rounding": "down"}]}, county="A A A")
    assert [award.amount_fen for award in made.awards] == [34, 33, 33]
    with_half = run(300, reward | {"floors": [third | {"rounding": "half_up"}]}, county="A A A")
    assert [award.amount_fen for award in with_half.awards] == [34, 33, 33]
