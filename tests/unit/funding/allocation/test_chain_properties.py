"""The whole chain, whatever rules and list: exact sum, limits and order kept, no effect of the input's order."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.reward import RewardRules
from shared.errors import Refusal
from tests.support.examples import examples
from tests.unit.funding.reward import candidate

TIES = st.sampled_from(["all", "none", "split", "by_keys"])
FEN = st.integers(0, 400)
#: Sharing rules in which a better score never means less.
SHARING: tuple[dict[str, Any], ...] = (
    {"method": "equal"},
    {"method": "proportional", "to": "score"},
    {"method": "proportional", "to": {"above": 2, "of": "score"}, "base": 5},
    {"method": "factors", "factors": [{"of": "score", "weight": "0.7"}, {"of": "size", "weight": "0.3"}]},
    {"method": "proportional", "to": {"sum": ["size", 1]}},
)
OWN: tuple[dict[str, Any], ...] = (
    {"method": "fixed", "amount_fen": 120},
    {"method": "requested", "up_to": 200},
    {"method": "max", "rules": [{"method": "fixed", "amount_fen": 30}, {"method": "equal"}]},
    {
        "method": "tiers",
        "tiers": [
            {"code": "a", "places": 2, "amount_fen": 200, "ties": "split"},
            {"code": "b", "places": 3, "amount_fen": 90, "ties": "none"},
        ],
    },
)
MONOTONE = ("jefferson", "webster", "adams", "hill", "dean")


@st.composite
def lists(draw: st.DrawFn) -> list[Candidate]:
    scores = draw(st.lists(st.integers(1, 9), min_size=1, max_size=12))
    units = []
    for number, score in enumerate(scores):
        size, asked = draw(st.integers(0, 50)), draw(st.integers(0, 300))
        words = {"county": draw(st.sampled_from("ABC")), "sector": draw(st.sampled_from("XY")), "ok": "yes"}
        words["ok"] = draw(st.sampled_from(["yes", "yes", "yes", "no"]))
        units.append(
            candidate(
                f"u{number:02d}",
                1 + sum(other > score for other in scores),
                score=Fraction(score),
                measures={"size": Fraction(size), "requested": Fraction(asked)},
                words=words,
                removed=draw(st.sampled_from([None, None, None, None, "取消"])),
            )
        )
    return units


@st.composite
def chains(draw: st.DrawFn) -> dict[str, Any]:
    sharing = draw(st.booleans())
    reward: dict[str, Any] = {
        "eligibility": {"tests": ["ok"]},
        "ranking": {"among": draw(st.sampled_from(["eligible", "all"]))},
        "removal": {"backfill": draw(st.booleans())},
        "tie_keys": [{"key": "score", "order": "descending"}, {"key": "unit", "order": "ascending"}],
        "amounts": draw(st.sampled_from(SHARING if sharing else OWN)),
        "rounding": {"unit_fen": draw(st.sampled_from([1, 1, 7, 10]))},
    }
    if draw(st.booleans()):
        reward["cut"] = {"top": draw(st.integers(1, 8)), "ties": draw(TIES)}
    if draw(st.booleans()):
        reward["floors"] = [{"code": "least", "amount": draw(st.integers(0, 60))}]
    if draw(st.booleans()):
        reward["caps"] = [{"code": "most", "amount": draw(st.integers(60, 300))}]
    divisor = sharing and "base" not in reward["amounts"] and draw(st.booleans())
    if divisor:
        reward["rounding"]["method"] = draw(st.sampled_from(MONOTONE))
    elif draw(st.booleans()):
        reward["group_caps"] = [{"code": "county", "by": "county", "amount": draw(st.integers(100, 400))}]
        if draw(st.booleans()):
            reward["group_caps"].append(
                {"code": "sector", "by": "sector", "amount": draw(st.integers(100, 600))}
            )
    if not sharing:
        policies = ["refuse", "skip", "stop", "partial", "reduce"]
        reward["exhaustion"] = {"policy": draw(st.sampled_from(policies))}
    if not reward.keys() & {"caps", "group_caps"} and draw(st.booleans()):
        reward["remainder"] = {"disposition": "return", "next_rank_fen": draw(st.integers(1, 80))}
        reward["remainder"]["next_rank_partial"] = draw(st.booleans())
    if draw(st.booleans()):
        reward["admin_reserve"] = {"percent": draw(st.integers(0, 20)), "unit_fen": 5}
    return reward


def read(reward: dict[str, Any]) -> RewardRules:
    document = {"schema": "county-clusters/incentive/2", "reward": reward}
    rules, problems = parse_incentive_rules(document, offline=True)
    assert rules is not None, problems
    assert isinstance(rules.reward, RewardRules)
    return rules.reward


def attempt(rules: RewardRules, units: list[Candidate], pool_fen: int) -> Allocation | str:
    try:
        return allocate(rules, units, pool_fen=pool_fen)
    except Refusal as refusal:
        return refusal.code


def amounts(made: Allocation) -> dict[str, int]:
    return {award.candidate.unit: award.amount_fen for award in made.awards}


@settings(max_examples=examples(120), deadline=None)
@given(chains(), lists(), st.integers(1, 3000), st.randoms(use_true_random=False))
def test_the_sum_is_exact_limits_hold_and_the_input_order_has_no_effect(
    reward: dict[str, Any], units: list[Candidate], pool_fen: int, random: Any
) -> None:
    rules = read(reward)
    made = attempt(rules, units, pool_fen)
    shuffled = list(units)
    random.shuffle(shuffled)
    assert attempt(rules, shuffled, pool_fen) == made
    if isinstance(made, str):
        assert made in {
            "floors-exceed-pool", "amounts-exceed-pool", "limits-contradict", "nothing-to-share-by",
            "quantity-undefined",
        }  # fmt: skip
        return
    assert made.awarded_fen + made.reserve_fen + made.unallocated_fen == pool_fen
    assert made.unallocated_fen >= 0
    unit_fen = reward["rounding"]["unit_fen"]
    sums: dict[tuple[str, str], int] = {}
    for award in made.awards:
        assert award.amount_fen > 0
        assert award.candidate.removed is None
        assert award.candidate.word("ok") == "yes"
        if award.tier == "next_rank":
            assert award.amount_fen <= reward["remainder"]["next_rank_fen"]
            continue
        assert award.amount_fen % unit_fen == 0
        if "caps" in reward:
            assert award.amount_fen <= reward["caps"][0]["amount"]
        for column in ("county", "sector"):
            key = (column, award.candidate.word(column))
            sums[key] = sums.get(key, 0) + award.amount_fen
    for cap in reward.get("group_caps", ()):
        assert all(total <= cap["amount"] for (column, _), total in sums.items() if column == cap["by"])
    _last_steps_agree(made)


def _last_steps_agree(made: Allocation) -> None:
    last = {line.unit: line.amount_fen or 0 for step in made.steps for line in step.lines}
    assert {unit: amount for unit, amount in last.items() if amount} == amounts(made)


@settings(max_examples=examples(100), deadline=None)
@given(chains(), lists(), st.integers(1, 3000))
def test_a_better_score_never_gets_less_where_the_rules_follow_it(
    reward: dict[str, Any], units: list[Candidate], pool_fen: int
) -> None:
    follows = reward["amounts"] in SHARING[:3] or reward["amounts"]["method"] in ("fixed", "tiers")
    skips = reward.get("exhaustion", {}).get("policy") == "skip"
    if not follows or skips or "group_caps" in reward or "remainder" in reward:
        return
    made = attempt(read(reward), units, pool_fen)
    if isinstance(made, str):
        return
    got = amounts(made)
    paid = [unit for unit in units if unit.word("ok") == "yes" and unit.removed is None]
    for one in paid:
        for other in paid:
            if one.rank is not None and other.rank is not None and one.rank < other.rank:
                assert got.get(one.unit, 0) >= got.get(other.unit, 0)


@settings(max_examples=examples(80), deadline=None)
@given(
    lists(),
    st.sampled_from(SHARING[:2] + SHARING[4:]),
    st.sampled_from(MONOTONE),
    st.integers(1, 400),
    st.integers(1, 50),
    st.booleans(),
)
def test_divisor_methods_never_give_less_of_more(
    units: list[Candidate], rule: dict[str, Any], method: str, pool_fen: int, more: int, limited: bool
) -> None:
    reward: dict[str, Any] = {"amounts": rule, "rounding": {"method": method}}
    if limited:
        reward |= {"floors": [{"code": "f", "amount": 3}], "caps": [{"code": "c", "amount": 40}]}
    rules = read(reward)
    before, after = attempt(rules, units, pool_fen), attempt(rules, units, pool_fen + more)
    if isinstance(before, str) or isinstance(after, str):
        return
    assert all(after_fen >= amounts(before).get(unit, 0) for unit, after_fen in amounts(after).items())
    assert set(amounts(before)) <= set(amounts(after))


@settings(max_examples=examples(60), deadline=None)
@given(lists(), st.integers(1, 3000))
def test_tiers_give_what_they_say_however_large_the_pool(units: list[Candidate], pool_fen: int) -> None:
    rules = read({"amounts": OWN[3], "tie_keys": [{"key": "unit", "order": "ascending"}]})
    made = attempt(rules, units, pool_fen)
    if isinstance(made, str):
        assert made == "amounts-exceed-pool"
        return
    assert attempt(rules, units, pool_fen + 1000) != made or not made.awards
    larger = attempt(rules, units, pool_fen + 1000)
    assert isinstance(larger, Allocation)
    assert amounts(larger) == amounts(made)
