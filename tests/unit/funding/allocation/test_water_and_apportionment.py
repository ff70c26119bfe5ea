"""Water-filling and rounding against other people's programs and against the plain definition."""

import math
from fractions import Fraction

import apportionment.methods
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from services.funding.domain.allocation.apportionment import Share, by_divisor, largest_remainder
from services.funding.domain.allocation.water import Demand, fill, start_of
from services.funding.domain.rules.policies import Method
from tests.support.examples import examples

THEIRS = {
    Method.JEFFERSON: "dhondt",
    Method.WEBSTER: "saintelague",
    Method.ADAMS: "adams",
    Method.HILL: "huntington",
    Method.DEAN: "dean",
}


def demands_of(
    weights: list[int], floors: list[int] | None = None, caps: list[int | None] | None = None
) -> list[Demand]:
    floors = floors or [0] * len(weights)
    caps = caps or [None] * len(weights)
    return [
        Demand(Fraction(0), Fraction(w), low, high)
        for w, low, high in zip(weights, floors, caps, strict=True)
    ]


def seats(method: Method, weights: list[int], units: int) -> list[int]:
    filled = fill(demands_of(weights), pool=units)
    shares = [Share(exact, (0, f"{index:03d}"), 0, None) for index, exact in enumerate(filled.amounts)]
    if method is Method.LARGEST_REMAINDER:
        return largest_remainder(shares, units=units)
    parts = [Fraction(weight) for weight in weights]
    return by_divisor(method, parts, shares, units=units, level=filled.level)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(1, 300), st.sampled_from([*THEIRS])
)
def test_divisor_methods_give_what_the_package_apportionment_gives(
    votes: list[int], units: int, method: Method
) -> None:
    assume(units >= len(votes) or method in (Method.JEFFERSON, Method.WEBSTER))
    try:
        theirs = apportionment.methods.compute(
            THEIRS[method], votes, units, fractions=True, tiesallowed=False, verbose=False
        )
    except apportionment.methods.TiesException:
        return
    assert seats(method, votes, units) == list(theirs)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(1, 300))
def test_largest_remainders_are_those_of_the_package_apportionment(votes: list[int], units: int) -> None:
    try:
        theirs = apportionment.methods.compute(
            "largest_remainder", votes, units, fractions=True, tiesallowed=False, verbose=False
        )
    except apportionment.methods.TiesException:
        return
    assert seats(Method.LARGEST_REMAINDER, votes, units) == list(theirs)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from([*THEIRS]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=7),
    st.integers(0, 60),
)
def test_a_divisor_method_within_floors_and_caps_gives_one_unit_after_the_other(
    method: Method, rows: list[tuple[int, int, int]], units: int
) -> None:
    """The definition: from the floors on, the next unit to whose arrival comes first (ties: larger weight, code)."""
    weights, floors = [row[0] for row in rows], [row[1] for row in rows]
    caps: list[int | None] = [row[1] + row[2] for row in rows]
    assume(sum(floors) <= units)
    filled = fill(demands_of(weights, floors, caps), pool=units)
    shares = [
        Share(exact, (0, f"{i:03d}"), low, cap)
        for i, (exact, low, cap) in enumerate(zip(filled.amounts, floors, caps, strict=True))
    ]
    total = math.floor(sum(filled.amounts))
    parts = [Fraction(weight) for weight in weights]
    found = by_divisor(method, parts, shares, units=total, level=filled.level)
    # somebody above the floor with a later arrival than somebody's next one would be a wrong exchange
    assert sum(found) == total
    for i in range(len(rows)):
        for j in range(len(rows)):
            if weights[i] and weights[j] and found[i] > floors[i] and found[j] < (caps[j] or 0):
                last = (_post(method, found[i], weights[i]), -weights[i], i)
                following = (_post(method, found[j] + 1, weights[j]), -weights[j], j)
                assert last < following or i == j


def _post(method: Method, number: int, weight: int) -> Fraction:
    """The arrival, squared (so that Hill's is rational too)."""
    k = Fraction(number)
    post = {
        Method.JEFFERSON: k * k,
        Method.WEBSTER: (k - Fraction(1, 2)) ** 2,
        Method.ADAMS: (k - 1) ** 2,
        Method.HILL: k * (k - 1),
        Method.DEAN: (k * (k - 1) / (k - Fraction(1, 2))) ** 2,
    }[method]
    return post / weight**2


PLACES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 60))),
    min_size=1,
    max_size=10,
)


@settings(max_examples=examples(100), deadline=None)
@given(PLACES, st.integers(1, 400))
def test_the_water_level_is_the_one_that_a_root_finder_finds(
    rows: list[tuple[int, int, int | None]], pool: int
) -> None:
    """scipy's Brent method on the sum of clamped lines; and the definition holds exactly."""
    weights, floors = [row[0] for row in rows], [row[1] for row in rows]
    caps = [None if row[2] is None else row[1] + row[2] for row in rows]
    assume(sum(floors) <= pool)
    filled = fill(demands_of(weights, floors, caps), pool=pool)
    lines = list(zip(weights, floors, caps, filled.amounts, strict=True))
    for weight, low, high, amount in lines:
        line = max(filled.level * weight, Fraction(low))
        assert amount == (line if high is None else min(line, Fraction(high)))
    total = sum(filled.amounts)
    assert total <= pool

    def over(level: float) -> float:
        found = [max(level * w, low) for w, low, *_ in lines]
        return sum(x if cap is None else min(x, cap) for x, cap in zip(found, caps, strict=True)) - pool

    if total == pool and over(0.0) < 0:
        root = brentq(over, 0.0, 1e4, xtol=1e-12)
        assert over(float(filled.level)) == pytest.approx(0, abs=1e-6)
        assert over(root) == pytest.approx(0, abs=1e-6)
    else:
        assert all(high is not None and amount == high for w, _, high, amount in lines if w) or total == pool


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 60)), min_size=1, max_size=12),
    st.integers(1, 800),
)
def test_floors_iterated_as_a_statute_says_come_to_the_same(rows: list[tuple[int, int]], pool: int) -> None:
    """US Coronavirus Relief Fund: raise to the floor, share the rest in proportion, repeat until nobody is below."""
    weights, floors = [row[0] for row in rows], [row[1] for row in rows]
    assume(sum(floors) <= pool)
    raised: set[int] = set()
    while True:
        left = pool - sum(floors[i] for i in raised)
        total = sum(w for i, w in enumerate(weights) if i not in raised)
        amounts = [
            Fraction(floors[i]) if i in raised else Fraction(left * w, total) for i, w in enumerate(weights)
        ]
        below = {i for i, amount in enumerate(amounts) if amount < floors[i]}
        if not below:
            break
        raised |= below
        if len(raised) == len(weights):
            return  # the floors are the whole pool, or nobody is left to take the rest
    assert list(fill(demands_of(weights, floors), pool=pool).amounts) == amounts


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)),
        min_size=1,
        max_size=9,
    ),
    st.lists(st.integers(9, 60), min_size=6, max_size=6),
    st.integers(1, 150),
)
def test_groups_that_cross_are_never_overfull_and_nobody_is_stopped_without_a_reason(
    rows: list[tuple[int, int, int, int]], caps: list[int], pool: int
) -> None:
    demands = [Demand(Fraction(b), Fraction(w), 0, None, (c, 3 + s)) for w, b, c, s in rows]
    sums = [sum(start_of(d) for d in demands if g in d.groups) for g in range(6)]
    assume(sum(start_of(d) for d in demands) <= pool)
    assume(all(total <= cap for total, cap in zip(sums, caps, strict=True)))
    filled = fill(demands, pool=pool, caps=caps)
    totals = [sum(x for x, d in zip(filled.amounts, demands, strict=True) if g in d.groups) for g in range(6)]
    assert all(total <= cap for total, cap in zip(totals, caps, strict=True))
    assert sum(filled.amounts) <= pool
    full = sum(filled.amounts) == pool
    for demand, amount, group in zip(demands, filled.amounts, filled.group, strict=True):
        line = demand.base + filled.level * demand.weight
        assert amount <= line
        if amount < line:
            assert group in demand.groups
            assert totals[group] == caps[group]
        elif demand.weight and not full:
            assert any(totals[g] == caps[g] for g in demand.groups)


@settings(max_examples=examples(60), deadline=None)
@given(PLACES, st.integers(1, 300), st.integers(0, 50))
def test_more_water_is_never_less_for_anybody(
    rows: list[tuple[int, int, int | None]], pool: int, more: int
) -> None:
    weights, floors = [row[0] for row in rows], [row[1] for row in rows]
    caps = [None if row[2] is None else row[1] + row[2] for row in rows]
    assume(sum(floors) <= pool)
    demands = demands_of(weights, floors, caps)
    before, after = fill(demands, pool=pool), fill(demands, pool=pool + more)
    assert all(b <= a for b, a in zip(before.amounts, after.amounts, strict=True))
