"""Properties of the official engine, against an oracle in rational numbers that shares no code with it."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.assessment import assess
from services.scoring.domain.engine.columns.columns import Values
from services.scoring.domain.engine.exact import exact_sum
from services.scoring.domain.engine.results import AssessedUnit
from services.scoring.domain.engine.tree.folded import complete_weights, terms_of
from services.scoring.domain.scheme.measures import Absent, UnitData
from services.scoring.domain.scheme.scheme import Kind, Scheme
from tests.support.examples import examples
from tests.unit.scoring.documents import DATA_YEAR, leaf, scheme_of, score_unit, small, unit

number = st.decimals(min_value=-5, max_value=15, places=6, allow_nan=False).map(lambda d: f"{d:f}")
absent = st.sampled_from(list(Absent))
INDICATORS = ("a", "b", "c", "d", "e", "f")


@st.composite
def weights(draw: st.DrawFn, count: int) -> list[str]:
    """`count` positive weights with three decimals that add up to exactly 1."""
    cuts = draw(st.lists(st.integers(1, 999), min_size=count - 1, max_size=count - 1, unique=True))
    edges = [0, *sorted(cuts), 1000]
    return [str(Decimal(high - low) / 1000) for low, high in pairwise(edges)]


@st.composite
def schemes(draw: st.DrawFn, *, adjusted: bool = True) -> dict[str, Any]:
    document = small()
    if not adjusted:
        document["adjustments"] = []
        document["outcomes"]["eligible"]["when"] = {"always": True}
        document["outcomes"]["developing_well"]["when"] = {"outcome": "eligible"}
    directions = draw(st.lists(st.sampled_from(["benefit", "cost"]), min_size=6, max_size=6))
    outer, left, right = draw(weights(2)), draw(weights(3)), draw(weights(3))
    leaves = [
        leaf(code, weight, direction=direction)
        for code, weight, direction in zip(INDICATORS, left + right, directions, strict=True)
    ]
    document["tree"]["children"] = [
        {
            "code": code,
            "zh": code,
            "en": code,
            "weight": weight,
            "aggregation": "arithmetic",
            "children": children,
        }
        for code, weight, children in (("g", outer[0], leaves[:3]), ("h", outer[1], leaves[3:]))
    ]
    document["ties"]["at_cut"] = "all"
    return document


def data(code: str) -> st.SearchStrategy[UnitData]:
    cell = st.one_of(number, number, number, absent)
    return st.fixed_dictionaries(dict.fromkeys(INDICATORS, cell)).map(
        lambda values: unit(code, None, **values)
    )


units = st.integers(1, 6).flatmap(lambda n: st.tuples(*(data(f"u{i}") for i in range(n))).map(list))
complete = st.fixed_dictionaries(dict.fromkeys(INDICATORS, number))


def results(scheme: Scheme, given_units: list[UnitData]) -> list[AssessedUnit]:
    return list(assess(scheme, given_units, kind=Kind.APPLICATION, data_year=DATA_YEAR))


@settings(deadline=None)
@given(document=schemes(), given_units=units, seed=st.integers(0, 10_000))
def test_the_order_of_units_and_of_columns_changes_no_digit(
    document: dict[str, Any], given_units: list[UnitData], seed: int
) -> None:
    scheme = scheme_of(document)
    before = results(scheme, given_units)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for group in document["tree"]["children"]:
        chance.shuffle(group["children"])
    chance.shuffle(document["tree"]["children"])
    shuffled = [
        UnitData(u.unit, u.facts, dict(chance.sample(list(u.cells.items()), len(u.cells))))
        for u in given_units
    ]
    chance.shuffle(shuffled)
    after = results(scheme_of(document), shuffled)
    assert [_digits(result) for result in before] == [_digits(result) for result in after]


def _digits(result: AssessedUnit) -> tuple[object, ...]:
    contributions = sorted((c.node, str(c.amount)) for c in result.scored.contributions)
    status = (result.rank, result.grade, result.eligible, result.developing_well, result.proposed_status)
    return (
        result.scored.unit,
        str(result.scored.unrounded),
        str(result.scored.score),
        *contributions,
        *status,
    )


@settings(deadline=None)
@given(document=schemes(), given_units=units)
def test_contributions_add_up_to_the_score_exactly(
    document: dict[str, Any], given_units: list[UnitData]
) -> None:
    for result in results(scheme_of(document), given_units):
        scored = result.scored
        if scored.score is None:
            assert scored.contributions == ()
            continue
        assert exact_sum(c.amount for c in scored.contributions) == scored.score
        assert exact_sum(c.amount for c in scored.contributions if c.node != "rounding") == scored.unrounded
        weight = exact_sum(trace.weight for trace in scored.trace)
        assert weight == 1


@settings(deadline=None)
@given(document=schemes(adjusted=False), values=complete, name=st.sampled_from(INDICATORS), more=number)
def test_a_better_value_never_lowers_a_score(
    document: dict[str, Any], values: dict[str, str], name: str, more: str
) -> None:
    scheme = scheme_of(document)
    leaves = {item["code"]: item for group in document["tree"]["children"] for item in group["children"]}
    low, high = sorted((values[name], more), key=Decimal)
    worse, better = (low, high) if leaves[name]["direction"] == "benefit" else (high, low)
    scores = [
        score_unit(scheme, unit("u", None, **(values | {name: value})), data_year=DATA_YEAR).unrounded
        for value in (worse, better)
    ]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] <= scores[1]


@settings(deadline=None)
@given(document=schemes(), given_units=units, extra=data("extra"))
def test_another_unit_changes_no_score_and_no_order(
    document: dict[str, Any], given_units: list[UnitData], extra: UnitData
) -> None:
    scheme = scheme_of(document)
    before = {r.scored.unit: r for r in results(scheme, given_units)}
    after = {r.scored.unit: r for r in results(scheme, [*given_units, extra]) if r.scored.unit != "extra"}
    assert {code: r.scored for code, r in before.items()} == {code: r.scored for code, r in after.items()}
    ranked = [code for code in before if before[code].rank is not None]
    for one in ranked:
        for other in ranked:
            assert (before[one].rank or 0) < (before[other].rank or 0) or (after[one].rank or 0) >= (
                after[other].rank or 0
            )


@settings(deadline=None)
@given(document=schemes(), given_units=units)
def test_equal_keys_share_a_rank_and_ranks_count_the_better_ones(
    document: dict[str, Any], given_units: list[UnitData]
) -> None:
    document["ties"]["chain"] = []
    ranked = [r for r in results(scheme_of(document), given_units) if r.scored.score is not None]
    for result in ranked:
        better = [r for r in ranked if (r.scored.score or 0) > (result.scored.score or 0)]
        assert result.rank == len(better) + 1


@settings(max_examples=examples(60), deadline=None)
@given(
    document=schemes(adjusted=False),
    values=st.fixed_dictionaries({n: st.one_of(number, absent) for n in INDICATORS}),
)
def test_an_oracle_in_rational_numbers_agrees(document: dict[str, Any], values: dict[str, Any]) -> None:
    scored = score_unit(scheme_of(document), unit("u", None, **values), data_year=DATA_YEAR)
    expected = _oracle(document["tree"]["children"], values)
    if expected is None:
        assert scored.unrounded is None
        return
    assert scored.unrounded is not None
    # every value is rounded to 1e-15 and so is every weight that had to be shared out anew
    assert abs(Fraction(scored.unrounded) - expected) <= Fraction(100 * 6, 10**15)
    if not any(isinstance(value, Absent) for value in values.values()):
        assert Fraction(scored.unrounded) == expected  # six decimals over ten: nothing to round


def _oracle(groups: list[dict[str, Any]], values: dict[str, Any]) -> Fraction | None:
    """Weighted means by hand: missing needs half of what applies, not applicable needs something to be
    left.
    """
    parts: list[tuple[Fraction, Fraction | Absent]] = []
    for group in groups:
        inner: list[tuple[Fraction, Fraction | Absent]] = []
        for item in group["children"]:
            value = values[item["code"]]
            if not isinstance(value, Absent):
                value = min(max(Fraction(value) / 10, Fraction(0)), Fraction(1))
                value = value if item["direction"] == "benefit" else 1 - value
            inner.append((Fraction(item["weight"]), value))
        parts.append((Fraction(group["weight"]), _mean(inner)))
    total = _mean(parts)
    return None if isinstance(total, Absent) else total * 100


def _mean(parts: list[tuple[Fraction, Fraction | Absent]]) -> Fraction | Absent:
    applicable = sum(w for w, v in parts if v is not Absent.NOT_APPLICABLE)
    there = [(w, v) for w, v in parts if not isinstance(v, Absent)]
    weight = sum(w for w, _ in there)
    if applicable == 0:
        return Absent.NOT_APPLICABLE
    if weight < applicable / 2:
        return Absent.MISSING
    return sum((w * v for w, v in there), Fraction(0)) / weight


@settings(max_examples=examples(40), deadline=None)
@given(document=schemes(), data=st.data())
def test_the_weights_of_a_complete_unit_are_found_once_for_all(
    document: dict[str, Any], data: st.DataObject
) -> None:
    scheme = scheme_of(document)
    values: Values = {code: Decimal(data.draw(st.integers(0, 1000))) / 1000 for code in INDICATORS}
    assert terms_of(scheme.root, values, complete=complete_weights(scheme.root)) == terms_of(
        scheme.root, values
    )
