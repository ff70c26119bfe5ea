"""Properties of both engines over random schemes of version 2."""

import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.scoring.domain.analysis.agreement import TOLERANCE, check_agreement
from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.comparing.fast_scores import fast_ranks, fast_scores
from services.scoring.domain.comparing.standings import standings_in, standings_of
from services.scoring.domain.engine.exact import exact_sum
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import UnitData
from services.scoring.domain.scheme.scheme import Scheme
from shared.tables.cells import number_of
from tests.support.examples import examples

CODES = ("a", "b", "c", "d")
FIXED = {"method": "goalposts", "minimum": "0", "maximum": "100"}
METHODS: list[dict[str, Any]] = [
    FIXED,
    {"method": "min_max", "from": 1, "to": 100},
    {"method": "z_score", "mean": 10, "deviation": 2},
    {"method": "z_score", "mean": 10, "deviation": 2, "population": True, "lowest": 8, "highest": 11},
    {"method": "normal_score", "from": 1, "to": 5},
    {"method": "fraction_of_mean", "to": 100},
    {"method": "rank"},
    {"method": "percentile_rank", "from": 1, "to": 7},
    {"method": "borda"},
    {"method": "vector"},
    {"method": "efficacy", "unsatisfactory": 0, "satisfactory": 80},
    {"method": "lookup", "steps": [{"at_least": 50, "value": 2}, {"at_least": 0, "value": 1}]},
]
OWN_STEPS: list[dict[str, Any]] = [
    {},
    {"transform": {"method": "power", "exponent": "0.5", "offset": 1000}},
    {"transform": [{"method": "linear", "scale": "0.01"}], "normalise": {"method": "z_score", "mean": 50}},
    {"normalise": {"method": "min_max", "from": 1, "to": 100}},
    {"normalise": {"method": "rank"}},
    {"normalise": {"method": "fraction_of_max", "to": 100}},
]
figure = st.integers(0, 10_000).map(lambda n: str(Decimal(n).scaleb(-2)))


def scheme_of(tree: dict[str, Any], **more: Any) -> Scheme:
    document = {
        "schema": "county-clusters/scheme/2",
        "id": "p",
        "version": "1",
        "data": {"unit": "unit", "groups": ["g"]},
        "missing": {"policy": "renormalise", "minimum_number": 1},
        "rounding": {"digits": 6, "mode": "half_up"},
        "tree": {"code": "root", **tree},
        **more,
    }
    scheme, problems = parse_scheme(document)
    assert scheme is not None, problems
    return scheme


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    leaves = [
        {
            "code": code,
            "weight": draw(st.integers(1, 9)),
            "direction": draw(st.sampled_from(["benefit", "cost"])),
            "normalise": draw(st.sampled_from(METHODS)),
        }
        for code in CODES
    ]
    weights = draw(st.sampled_from(["relative", "equal"]))
    means = st.sampled_from(
        ["arithmetic", "geometric", "harmonic", "min", "sum", "product", {"method": "power", "exponent": 3}]
    )
    mean = draw(means)
    low = {"code": "low", "aggregation": mean, "weights": "relative", "children": leaves[:2], "floor": "0.5"}
    low |= draw(st.sampled_from(OWN_STEPS))
    low |= draw(
        st.sampled_from([{}, {"missing": {"policy": "exclude_unit"}}, {"missing": {"policy": "zero"}}])
    )
    if draw(st.booleans()):
        by_group = [leaf | {"weight": {"x": leaf["weight"], "y": 10 - leaf["weight"]}} for leaf in leaves[:2]]
        low |= {"weights_by": "g", "children": by_group}
    above = [low | {"weight": 2}, *leaves[2:]]
    if weights == "equal":
        above = [{key: value for key, value in child.items() if key != "weight"} for child in above]
    top = draw(st.sampled_from(["arithmetic", "geometric", "sum"]))
    return {"aggregation": top, "weights": weights, "children": above, "floor": "0.5"}


rows = st.lists(
    st.lists(st.one_of(figure, figure, figure, st.none()), min_size=4, max_size=4), min_size=4, max_size=9
)


def units_of(table: list[list[str | None]]) -> list[UnitData]:
    return [
        UnitData(
            f"u{i}",
            {},
            {
                (code, 0): value
                for code, text in zip(CODES, row, strict=True)
                if text and (value := number_of(text)) is not None
            },
            {"g": "xy"[len(row[0] or "") % 2]},
        )
        for i, row in enumerate(table)
    ]


def run_of(scheme: Scheme, units: list[UnitData]) -> Run:
    try:
        return run_scheme(scheme, units, data_year=0)[0]
    except StepNotPossible:
        assume(False)
        raise


def shown(run: Run) -> dict[str, Any]:
    ranks = {placed.scored.unit: placed.rank for placed in run.placed}
    return {u.unit: (u.score, u.unrounded, ranks.get(u.unit), dict(u.nodes)) for u in run.scored}


def shuffled(node: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    if "children" not in node:
        return node
    children = [shuffled(child, chance) for child in node["children"]]
    chance.shuffle(children)
    return node | {"children": children}


@settings(max_examples=examples(60), deadline=None)
@given(tree=trees(), table=rows, seed=st.integers(0, 999))
def test_the_order_of_units_columns_and_children_changes_no_digit(
    tree: dict[str, Any], table: list[list[str | None]], seed: int
) -> None:
    chance, units = random.Random(seed), units_of(table)  # noqa: S311
    before = shown(run_of(scheme_of(tree), units))
    chance.shuffle(units)
    assert shown(run_of(scheme_of(shuffled(tree, chance)), units)) == before


@settings(max_examples=examples(60), deadline=None)
@given(tree=trees(), table=rows)
def test_both_engines_agree_and_contributions_add_up_to_the_score(
    tree: dict[str, Any], table: list[list[str | None]]
) -> None:
    scheme = scheme_of(tree)
    run = run_of(scheme, units_of(table))
    assert check_agreement(run) <= TOLERANCE
    for unit in run.scored:
        if unit.score is not None:
            assert exact_sum(c.amount for c in unit.contributions) == unit.score


@pytest.mark.parametrize("method", ["entropy", "critic", "standard_deviation", "pca"])
@settings(max_examples=examples(15), deadline=None)
@given(
    table=st.lists(st.lists(figure, min_size=4, max_size=4), min_size=5, max_size=8), seed=st.integers(0, 99)
)
def test_computed_weights_add_up_and_do_not_depend_on_any_order(
    method: str, table: list[list[str | None]], seed: int
) -> None:
    leaves = [{"code": c, "direction": "benefit", "normalise": {"method": "min_max"}} for c in CODES]
    tree = {"aggregation": "arithmetic", "weights": method, "children": leaves}
    units, chance = units_of(table), random.Random(seed)  # noqa: S311
    run = run_of(scheme_of(tree), units)
    assert run.nodes is not None
    weights = run.nodes.weights["root"]
    assert sum(weights.values()) == 1
    chance.shuffle(units)
    again = run_of(scheme_of(shuffled(tree, chance)), units)
    assert again.nodes is not None
    assert again.nodes.weights["root"] == weights
    frozen = {"name": "then", "frozen": {"root": {c: f"{w:f}" for c, w in weights.items()}}}
    frozen["frozen"] |= {  # type: ignore[operator]
        code: {name: f"{value:f}" for name, value in held.items()}
        for code, held in run.table.parameters.items()
        if code in CODES
    }
    later = scheme_of(tree, cohort=frozen)
    everyone = {unit.unit: unit.score for unit in run_of(later, units).scored}
    assert everyone == {unit.unit: unit.score for unit in run.scored}
    assert all(everyone[unit.unit] == unit.score for unit in run_of(later, units[:2]).scored)


@settings(max_examples=examples(40), deadline=None)
@given(
    table=st.lists(st.lists(figure, min_size=4, max_size=4), min_size=2, max_size=9), where=st.integers(0, 3)
)
def test_fast_scores_are_the_official_ones_and_a_raised_benefit_never_lowers_a_score(
    table: list[list[str | None]], where: int
) -> None:
    leaves = [
        {"code": c, "direction": "benefit", "normalise": FIXED | {"maximum": m}, "weight": w}
        for c, w, m in zip(CODES, ("0.1", "0.2", "0.3", "0.4"), ("97.3", "100", "33", "0.7"), strict=True)
    ]
    scheme = scheme_of({"aggregation": "arithmetic", "children": leaves})
    run = run_of(scheme, units_of(table))
    columns = {code: [Decimal(str(row[i])) for row in table] for i, code in enumerate(CODES)}
    scores = fast_scores(scheme, columns)
    assert scores == [unit.unrounded for unit in run.scored]
    ranks = {placed.scored.unit: placed.rank for placed in run.placed}
    assert fast_ranks(scheme, scores) == [ranks[unit.unit] for unit in run.scored]
    columns[CODES[where]] = [value + 1 for value in columns[CODES[where]]]
    assert all(a <= b for a, b in zip(scores, fast_scores(scheme, columns), strict=True))


@settings(max_examples=examples(40), deadline=None)
@given(
    table=st.lists(st.lists(figure, min_size=4, max_size=4), min_size=1, max_size=9),
    gap=st.booleans(),
    chain=st.booleans(),
    rank_on=st.sampled_from(["rounded", "unrounded"]),
)
def test_standings_without_a_trace_are_those_of_the_run(
    table: list[list[str | None]], gap: bool, chain: bool, rank_on: str
) -> None:
    """Plain ones go the fast way; a gap in the data, a tie that a chain breaks, an unrounded rank the other."""
    leaves = [
        {"code": c, "direction": d, "normalise": FIXED, "weight": "0.25"}
        for c, d in zip(CODES, ("benefit", "cost", "benefit", "cost"), strict=True)
    ]
    bands = [{"code": "high", "minimum": 60, "maximum": 90}, {"code": "low", "minimum": 10, "maximum": 60}]
    scheme = scheme_of(
        {"aggregation": "arithmetic", "children": leaves},
        scale=100,
        rank_on=rank_on,
        range={"minimum": 10, "maximum": 90},
        rounding={"digits": 0, "mode": "half_up"},
        grades={"bands": bands},
        ties={"chain": [{"node": "a", "order": "descending"}]} if chain else {},
    )
    if gap:
        table = [[None, *table[0][1:]], *table[1:]]
    units = units_of(table)
    assert standings_of(scheme, units, data_year=0) == standings_in(run_scheme(scheme, units, data_year=0))


def test_numbers_beyond_64_bits_take_the_way_over_decimals_to_the_same_digits() -> None:
    leaves = [
        {
            "code": "a",
            "direction": "cost",
            "weight": 1,
            "normalise": {
                "method": "goalposts",
                "minimum": "-999999999999999.5",
                "maximum": "999999999999999.999999999999999",
            },
        }
    ]
    scheme = scheme_of({"aggregation": "arithmetic", "children": leaves})
    texts: list[list[str | None]] = [["12345678901234.123456789012345"], ["-5"], ["99999999999999999999"]]
    units = [
        UnitData(f"u{i}", {}, {("a", 0): v})
        for i, (t,) in enumerate(texts)
        if (v := number_of(str(t))) is not None
    ]
    expected = [unit.unrounded for unit in run_of(scheme, units).scored]
    assert fast_scores(scheme, {"a": [Decimal(str(t)) for (t,) in texts]}) == expected


MATRIX = np.round(np.random.Generator(np.random.PCG64(3)).uniform(1, 99, size=(12, 4)), 2)


def test_a_robustness_run_is_the_same_again_and_every_probability_adds_up() -> None:
    leaves = [
        {"code": c, "direction": "benefit", "normalise": {"method": "min_max"}, "weight": 1} for c in CODES
    ]
    rules = {
        "draws": 2_500,
        "top": 3,
        "weights": {"method": "dirichlet", "concentration": 50},
        "normalisations": [{"method": "z_score"}],
        "leave_one_out": True,
        "sobol_samples": 64,
    }
    scheme = scheme_of(
        {"aggregation": "arithmetic", "weights": "relative", "children": leaves}, robustness=rules
    )
    run = run_of(scheme, units_of([[repr(float(x)) for x in row] for row in MATRIX]))
    first, second = robustness_of([run]), robustness_of([run])
    assert first == second
    assert set(first.sobol) == {"weights", "normalisation"}
    assert set(first.leave_one_out) == set(CODES)
    for unit in first.units.values():
        assert abs(sum(unit["p_rank"].values()) - 1) < 1e-12
        assert unit["q05"] <= unit["q50"] <= unit["q95"]
    assert abs(sum(unit["p_top_k"] for unit in first.units.values()) - 3) < 1e-9
