"""Each draw is ranked by the ranking's own rule: rounding, equals, lexicographic keys, the tie-break chain."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.analysis.draw_ranks import DrawRanks
from services.scoring.domain.analysis.float_tree import finished, plan_of, tree_values
from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.analysis.sensitivity import nominal_ranks, ranks_under
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme
from tests.unit.scoring.test_offline import with_

Rows = Sequence[tuple[str, str, str]]


def run_of(rows: Rows, **changed: Any) -> Run:
    document = with_(robustness={"draws": 300, "seed": 5}, **changed)
    scheme, problems = parse_scheme(document)
    assert scheme is not None, problems
    return run_scheme(scheme, read_table(scheme, ["unit", "a", "b"], rows).units, data_year=0)[0]


def chances(run: Run) -> dict[str, dict[str, float]]:
    """How often each unit took each rank."""
    return {unit: told["p_rank"] for unit, told in robustness_of([run]).units.items()}


def test_units_that_are_the_same_share_the_better_rank_in_every_draw() -> None:
    found = chances(run_of([("x", "5", "5"), ("y", "5", "5"), ("z", "1", "1")]))
    assert found == {"x": {"1": 1.0}, "y": {"1": 1.0}, "z": {"3": 1.0}}


@pytest.mark.parametrize(("method", "ranks"), [("min", "113"), ("max", "223"), ("dense", "112")])
def test_equals_rank_by_the_scheme_s_method(method: str, ranks: str) -> None:
    found = chances(run_of([("x", "5", "5"), ("y", "5", "5"), ("z", "1", "1")], ties={"method": method}))
    assert [found[unit] for unit in "xyz"] == [{rank: 1.0} for rank in ranks]


def test_scores_that_are_equal_after_rounding_are_equals() -> None:
    rows = [("x", "5.001", "5.001"), ("y", "5.002", "5.002"), ("z", "1", "1")]
    rounded = chances(run_of(rows, rounding={"digits": 0, "mode": "half_up"}))
    assert rounded["x"] == rounded["y"] == {"1": 1.0}
    exact = chances(run_of(rows, rounding={"digits": 0, "mode": "half_up"}, rank_on="unrounded"))
    assert (exact["x"], exact["y"]) == ({"2": 1.0}, {"1": 1.0})


def test_a_lexicographic_first_stays_first() -> None:
    rows = [("x", "9", "0"), ("y", "8", "9"), ("z", "8", "8")]
    found = chances(run_of(rows, lexicographic=[{"node": "a", "order": "descending"}]))
    assert found == {"x": {"1": 1.0}, "y": {"2": 1.0}, "z": {"2": 1.0}}


@pytest.mark.parametrize("key", [{"node": "b"}, {"measure": {"indicator": "b"}}, {"unrounded_score": True}])
def test_the_tie_break_chain_decides_between_equals(key: dict[str, Any]) -> None:
    rows = [("x", "5.00", "5.00"), ("y", "5.00", "5.01"), ("z", "1", "1")]
    found = chances(
        run_of(
            rows, rounding={"digits": 0, "mode": "half_up"}, ties={"chain": [{**key, "order": "descending"}]}
        )
    )
    assert found == {"x": {"2": 1.0}, "y": {"1": 1.0}, "z": {"3": 1.0}}


def test_a_chain_over_an_inner_node_takes_its_value_of_that_draw() -> None:
    inner: dict[str, Any] = {"code": "g", "weight": "1", "aggregation": "arithmetic"}
    inner["children"] = [{"code": "a", "weight": "0.5"}, {"code": "b", "weight": "0.5"}]
    root = {"code": "total", "aggregation": "arithmetic", "children": [inner]}
    rows = [("x", "5.00", "5.00"), ("y", "5.01", "5.01"), ("z", "1", "1")]
    ties = {"chain": [{"node": "g", "order": "descending"}]}
    found = chances(run_of(rows, tree=root, rounding={"digits": 0, "mode": "half_up"}, ties=ties))
    assert found == {"x": {"2": 1.0}, "y": {"1": 1.0}, "z": {"3": 1.0}}


@pytest.mark.parametrize("seed", range(12))
def test_the_nominal_weights_give_the_official_ranks(seed: int) -> None:
    """Many exact ties; every method, chain, rounding and order."""
    chance = random.Random(seed)  # noqa: S311 - test data
    rows = [(f"u{i}", str(chance.randrange(6)), str(chance.randrange(6))) for i in range(40)]
    keys: list[dict[str, Any]] = [
        {"node": "a"},
        {"node": "b"},
        {"node": "total"},
        {"measure": {"indicator": "b"}},
        {"score": True},
    ]
    chain = [{**key, "order": chance.choice(["ascending", "descending"])} for key in chance.sample(keys, 2)]
    changed: dict[str, Any] = {
        "ties": {"method": chance.choice(["min", "max", "dense"]), "chain": chain[: chance.randrange(3)]},
        "rounding": {
            "digits": chance.choice([0, 1, 6]),
            "mode": chance.choice(["half_up", "half_even", "floor"]),
        },
        "rank_on": chance.choice(["rounded", "unrounded"]),
        "order": chance.choice(["ascending", "descending"]),
    }
    if chance.random() < 0.3:
        changed["lexicographic"] = [{"node": "b", "order": "descending"}]
    run = run_of(rows, **changed)
    plan = plan_of(run)
    assert ranks_under(plan, plan.columns, plan.weights)[0].tolist() == nominal_ranks(plan).tolist()


def test_counts_and_ranks_say_the_same() -> None:
    run = run_of([(f"u{i}", str(i % 7), str(i % 5)) for i in range(30)])
    plan = plan_of(run)
    scores = np.ascontiguousarray(finished(plan, tree_values(plan, plan.columns, plan.weights)).T)
    counter = DrawRanks(plan)
    counter.add(scores, lambda code: plan.columns[code])
    ranks = DrawRanks(plan).ranks(scores, lambda code: plan.columns[code])[0]
    assert [int(np.flatnonzero(row)[0]) + 1 for row in counter.counts] == ranks.tolist()
