"""Own points rise, all others stay: the reward does not fall, whatever the rules.

Left out, since they are not monotone by their nature:

* quantities that fall with the points (a quotient by the score, a difference from it, lookups whose values fall), tests
  and vetoes that the better fails, keys that prefer the smaller score; rules that look at other columns (requests,
  grades, last year) are in, but those columns stay as they are;
* `skip`, and `stop` where the amounts grow with the points (or from a part of a place to a whole one): a larger claim
  may no longer fit as a whole, where the smaller one did. `partial` gives it what is left, and is in;
* equals whom no key tells apart, under `skip` and `stop`, and under `partial` with caps of groups: they are all paid or
  none is, so that who ties with somebody for whom the money (or the group) does not reach goes away empty with them;
* caps of groups that cross each other: who stops earlier leaves room in another group to somebody who then takes it
  from a third one. Caps of one column are in;
* next ranks that get more than the last one inside: it would be better to stay outside. Up to the least amount
  inside they are in.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.funding.domain.inputs.candidates import Candidate
from tests.support.examples import examples
from tests.unit.funding.allocation.test_chain_properties import amounts, attempt, read
from tests.unit.funding.reward import candidate

TIES = st.sampled_from(["all", "none", "split", "by_keys"])
DIVISORS = ("jefferson", "webster", "adams", "hill", "dean")
KEYS = [{"key": "size", "order": "descending"}, {"key": "unit", "order": "ascending"}]
STEPS = [{"at_least": 8, "value": 9}, {"at_least": 4, "value": 5}]
#: Quantities that do not fall with the points.
RISING: tuple[Any, ...] = (
    "score",
    {"above": 3, "of": "score"},
    {"product": ["score", "size"]},
    {"sum": ["size", {"round": "score"}]},
    {"max": ["score", "size"]},
    {"lookup": "score", "steps": STEPS, "otherwise": 1},
    {"brackets": "score", "rates": [{"up_to": 4, "rate": 1}, {"rate": "2.5"}]},
    {"share": "score"},
    {"bounded": {"difference": ["score", {"mean": "score"}]}, "at_least": 0},
    {"percent": 30, "of": "score"},
)
CONSTANT: tuple[Any, ...] = (1, "size", {"bounded": "size", "at_most": 20})
FACTORS = [{"of": "score", "weight": "0.6"}, {"of": "size", "weight": "0.4"}]


def tiers(draw: st.DrawFn, ties: Any) -> dict[str, Any]:
    worth = sorted(draw(st.lists(st.integers(1, 200), min_size=1, max_size=3)), reverse=True)
    return {
        "method": "tiers",
        "tiers": [
            {"code": f"t{i}", "places": draw(st.integers(1, 3)), "amount_fen": fen, "ties": draw(ties)}
            for i, fen in enumerate(worth)
        ],
    }


def sharing(draw: st.DrawFn) -> dict[str, Any]:
    to = draw(st.sampled_from((*RISING, *CONSTANT)))
    rule: dict[str, Any] = draw(
        st.sampled_from(
            (
                {"method": "equal"},
                {"method": "proportional", "to": to},
                {"method": "proportional", "to": to, "base": 5},
                {"method": "factors", "factors": FACTORS},
                {"method": "factors", "factors": FACTORS, "times": {"sum": [1, {"share": "score"}]}},
            )
        )
    )
    return rule


def own(draw: st.DrawFn, *, grows: bool, ties: Any = TIES) -> dict[str, Any]:
    """An amount of its own; ``grows``: with the points, also by a better place."""
    fixed: list[dict[str, Any]] = [
        {"method": "fixed", "amount_fen": draw(st.integers(1, 150))},
        {"method": "requested", "up_to": 200},
        {"method": "grades", "amounts_fen": {"A": 90, "B": 40}},
    ]
    if not grows:
        return draw(st.sampled_from(fixed))
    of = draw(st.sampled_from(RISING))
    rising = {"method": "amount", "of": {"product": [draw(st.integers(1, 20)), of]}}
    best = {"method": "max", "rules": [rising, {"method": "equal"}]}
    least = {"method": "min", "rules": [rising, {"method": "fixed", "amount_fen": 70}]}
    both = {"method": "sum", "rules": [{**rising, "code": "x"}, {**fixed[0], "code": "y"}]}
    return draw(st.sampled_from([rising, best, least, both, tiers(draw, ties)]))


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Rules of every kind that do not punish points, in every combination that goes together."""
    kind = draw(st.sampled_from(["share", "share", "sum", "own", "own", "own"]))
    reward: dict[str, Any] = {
        "ranking": {"by": "score", "among": draw(st.sampled_from(["eligible", "all"]))},
        "removal": {"backfill": draw(st.booleans())},
        "tie_keys": KEYS,
        "rounding": {"unit_fen": draw(st.sampled_from([1, 1, 3, 10]))},
    }
    if draw(st.booleans()):
        reward["eligibility"] = {
            "tests": ["ok", {"code": "least", "of": "score", "at_least": draw(st.integers(0, 5))}]
        }
    strata = draw(st.sampled_from([None, None, "places", "pools"]))
    if strata is not None:
        reward["strata"] = {"column": "side"}
        reward["ranking"]["within"] = draw(st.sampled_from(["list", "strata"]))
    if strata == "pools":
        reward["strata"] |= {"sets": {"east": ["E"], "west": ["W"]}, "pools": {"east": 50, "west": 50}}
    if draw(st.booleans()):
        reward["cut"] = _cut(draw)
    if kind == "share":
        reward["amounts"] = sharing(draw)
    elif kind == "sum":
        parts = [tiers(draw, TIES), {**sharing(draw), "code": "rest"}]
        reward["amounts"] = {"method": "sum", "rules": parts}
    else:
        _own(draw, reward)
    if kind != "own" and draw(st.booleans()):
        reward["conflicts"] = {"floors_exceed_pool": "reduce"}
    whole_base = "base" not in reward["amounts"] and kind == "share"
    if whole_base and draw(st.booleans()):
        reward["rounding"]["method"] = draw(st.sampled_from([*DIVISORS, "down"]))
    _limits(draw, reward, groups=strata != "pools" and reward["rounding"].get("method") not in DIVISORS)
    if draw(st.booleans()) and _may_leave_equals(reward):
        del reward["tie_keys"]
    return reward


def _may_leave_equals(reward: dict[str, Any]) -> bool:
    """Whether equals may stay equals: nothing asks for keys, and nobody goes away empty with another."""
    if "by_keys" in str(reward) or reward.get("exhaustion") == {"policy": "stop"}:
        return False
    return reward.get("exhaustion") != {"policy": "partial"} or "group_caps" not in reward


def _cut(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["top", "top_percent", "score_at_least"]))
    value = draw(st.integers(1, {"top": 6, "top_percent": 100, "score_at_least": 9}[kind]))
    return {kind: value} | ({} if kind == "score_at_least" else {"ties": draw(TIES)})


def _own(draw: st.DrawFn, reward: dict[str, Any]) -> None:
    policy = draw(st.sampled_from(["refuse", "reduce", "partial", "partial", "stop"]))
    reward["exhaustion"] = {"policy": policy}
    reward["rounding"]["each"] = draw(st.sampled_from(["down", "half_up", "up"]))
    reward["amounts"] = own(draw, grows=policy != "stop" and draw(st.booleans()))
    if (
        policy == "stop" and reward.get("cut", {}).get("ties") == "split"
    ):  # a part of a place becomes a whole one
        reward["cut"]["ties"] = "all"
    if reward["amounts"]["method"] == "fixed" and policy != "reduce" and draw(st.booleans()):
        most = (
            reward["amounts"]["amount_fen"] // reward["rounding"]["unit_fen"] * reward["rounding"]["unit_fen"]
        )
        if most:
            reward["remainder"] = {
                "disposition": "return",
                "next_rank_fen": draw(st.integers(1, most)),
                "next_rank_partial": draw(st.booleans()),
            }
            reward["rounding"]["each"] = "down"
            if reward.get("cut", {}).get("ties") == "split":  # a part of an amount inside is less
                reward["cut"]["ties"] = "all"


def _limits(draw: st.DrawFn, reward: dict[str, Any], *, groups: bool) -> None:
    """Floors and caps; caps of one column of groups where everybody is told apart."""
    if draw(st.booleans()):
        amount = draw(st.sampled_from([draw(st.integers(0, 40)), "size", {"percent": 5, "of": "pool"}]))
        rounding = draw(st.sampled_from(["up", "down", "half_up"]))
        reward["floors"] = [{"code": "least", "amount": amount, "rounding": rounding}]
        reward.setdefault("conflicts", {})["floor_above_cap"] = draw(st.sampled_from(["floor", "cap"]))
    if "remainder" in reward:
        return
    if draw(st.booleans()):
        most = draw(st.sampled_from([draw(st.integers(20, 300)), {"sum": ["size", 30]}]))
        reward["caps"] = [{"code": "most", "amount": most}]
    if groups and draw(st.booleans()):
        reward["group_caps"] = [{"code": "county", "by": "county", "amount": draw(st.integers(50, 400))}]


@st.composite
def lists(draw: st.DrawFn) -> list[Candidate]:
    units = []
    for number, score in enumerate(draw(st.lists(st.integers(1, 9), min_size=2, max_size=9))):
        measures = {"size": draw(st.integers(0, 50)), "requested": draw(st.integers(0, 300))}
        words = {
            "county": draw(st.sampled_from("AB")),
            "side": draw(st.sampled_from("EW")),
            "grade": draw(st.sampled_from("ABC")),
            "ok": draw(st.sampled_from(["yes", "yes", "yes", "no"])),
        }
        units.append(
            candidate(
                f"u{number}",
                None,
                score=Decimal(score),
                measures={name: Fraction(value) for name, value in measures.items()},
                words=words,
                removed=draw(st.sampled_from([None, None, None, None, "取消"])),
            )
        )
    return units


@settings(max_examples=examples(400), deadline=None)
@given(rules(), lists(), st.integers(1, 300) | st.integers(1, 1500), st.data())
def test_more_points_never_mean_less_money(
    reward: dict[str, Any], units: list[Candidate], pool_fen: int, data: st.DataObject
) -> None:
    parsed = read(reward)
    before = attempt(parsed, units, pool_fen)
    if isinstance(before, str):
        return
    risen = data.draw(st.integers(0, len(units) - 1))
    unit = units[risen]
    assert unit.score is not None
    got = amounts(before).get(unit.unit, 0)
    for score in _higher(unit.score, units):
        better = replace(unit, score=score)
        after = attempt(parsed, [*units[:risen], better, *units[risen + 1 :]], pool_fen)
        if not isinstance(after, str):
            now = amounts(after).get(unit.unit, 0)
            told = f"{unit.unit} to {score}: {reward}, {pool_fen} for {[_told(unit) for unit in units]}"
            assert now >= got, told


def _told(unit: Candidate) -> tuple[Any, ...]:
    figures = {name: int(value) for name, value in unit.measures.items()}
    return (
        unit.unit,
        str(unit.score),
        figures,
        unit.removed,
        *(unit.word(w) for w in ("ok", "county", "side")),
    )


def _higher(score: Decimal, units: list[Candidate]) -> list[Decimal]:
    """Every score at which a unit ties with a better one, and one above each."""
    others = {unit.score for unit in units if unit.score is not None and unit.score > score}
    return sorted({score + Decimal("0.5"), *others, *(other + Decimal("0.5") for other in others)})
