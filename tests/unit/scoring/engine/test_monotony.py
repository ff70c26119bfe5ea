"""A unit that is at least as good in every indicator never ranks worse: officially, and in every draw.

Every normalisation with every aggregation, indicators of both directions, drawn weights, and every alternative that a
robustness section may draw. Left out, since they are not monotone by their nature: lookups (their steps may fall),
adjustments and denominators (they look at something else than the indicator), measures of growth and ratios, weights
by group, weights by principal components (a loading may be negative, which is a warning), the aggregation `ratio`,
transforms that fall, lexicographic ranks and tie chains (they may prefer the smaller), units of different peer groups
(nothing compares them), and incomplete data (a policy may lift who lacks something). `vector` and `share` divide by a
norm that is the same for all.
"""

import random
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.analysis.drawing import chunks_of, drawn_weights
from services.scoring.domain.analysis.float_tree import plan_of
from services.scoring.domain.analysis.sensitivity import ranks_under
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.reading.step_checks import ALTERNATIVES, MEANS
from services.scoring.domain.scheme.steps import NormaliseMethod
from services.scoring.domain.scheme.tree import Aggregation
from tests.support.examples import examples

KEYS: dict[str, dict[str, Any]] = {
    "goalposts": {"minimum": 10, "maximum": 80},
    "scaled": {"minimum": 10, "maximum": 80},
    "efficacy": {"unsatisfactory": 20, "satisfactory": 70},
    "distance_to_reference": {"reference": 50},
    "ratio_to_reference": {"reference": 50},
}
METHODS = sorted(method.value for method in NormaliseMethod if method is not NormaliseMethod.LOOKUP)
AGGREGATIONS = sorted(a.value for a in Aggregation if a is not Aggregation.RATIO)
TRANSFORMS: list[Any] = [
    None,
    {"method": "log"},
    {"method": "power", "exponent": "0.5"},
    {"method": "linear", "scale": 3},
]
OUTLIERS: list[Any] = [
    None,
    None,
    {"method": "winsorise"},
    {"method": "percentile", "lower": "0.05", "upper": "0.95"},
    {"method": "clip", "lower": 10, "upper": 90},
]
#: What a node does with its own value.
RESCALED: list[Any] = [
    None,
    None,
    *({"method": name} for name in ("min_max", "z_score", "rank", "percentile_rank")),
]
#: Those that have a result where a floor makes all equal.
OF_ANY = ({"method": "rank"}, {"method": "percentile_rank"})
INDICATORS, UNITS = "abcd", 14


def scheme_of(
    method: str, aggregation: str, chance: random.Random, *, alternatives: dict[str, Any] | None = None
) -> Any:
    transform = chance.choice(TRANSFORMS) if method not in KEYS else None
    outliers, rescaled = chance.choice(OUTLIERS), chance.choice(RESCALED)
    weights = ["0.1", "0.2", "0.3", "0.4"]
    leaves = [
        {
            "code": code,
            "weight": weight,
            "direction": chance.choice(["benefit", "cost"]),
            "normalise": {"method": method, **KEYS.get(method, {})},
            **({"transform": transform} if transform else {}),
            **({"outliers": outliers} if outliers else {}),
        }
        for code, weight in zip(INDICATORS, weights, strict=True)
    ]
    how: Any = (
        {"method": "power", "exponent": chance.choice(["-1", "0.5", "2"])}
        if aggregation == "power"
        else aggregation
    )
    needs_floor = aggregation in ("geometric", "harmonic", "power", "product") or bool(alternatives)
    floor = {"floor": "0.01"} if needs_floor else {}
    group = {"code": "g", "weight": "1", "aggregation": how, **floor, "children": leaves}
    if rescaled is not None and not alternatives and not (floor and rescaled not in OF_ANY):
        group["normalise"] = rescaled
    scheme, problems = parse_scheme(
        {
            "schema": "county-clusters/scheme/2",
            "id": "s",
            "version": "1",
            "tree": {"code": "t", "aggregation": "arithmetic", "children": [group]}
            | (floor if alternatives else {}),
            "rounding": {"digits": chance.choice([1, 4, 9]), "mode": "half_up"},
            "rank_on": chance.choice(["rounded", "unrounded"]),
            "quantum_digits": chance.choice([6, 15]),
            "robustness": {"draws": 60, "seed": 1} | (alternatives or {}),
        }
    )
    assert scheme is not None, problems
    return scheme


def better(figures: list[int], scheme: Any, chance: random.Random) -> list[int]:
    """At least as good in every indicator."""
    leaves = scheme.root.children[0].children
    steps = [chance.choice([0, 0, 1, 5]) * (1 if leaf.direction == "benefit" else -1) for leaf in leaves]
    return [max(2, figure + step) for figure, step in zip(figures, steps, strict=True)]


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize("method", METHODS)
def test_who_is_at_least_as_good_in_everything_never_ranks_worse(method: str, aggregation: str) -> None:
    chance = random.Random(f"{method} {aggregation}")  # noqa: S311 - test data
    for _ in range(examples(2)):
        scheme = scheme_of(method, aggregation, chance)
        rows = [[chance.randrange(6, 95) for _ in INDICATORS] for _ in range(UNITS)]
        rows += [better(row, scheme, chance) for row in rows]
        table = [[f"u{i}", *map(str, row)] for i, row in enumerate(rows)]
        (run,) = run_scheme(scheme, read_table(scheme, ["unit", *INDICATORS], table).units, data_year=0)
        official = {placed.scored.unit: placed.rank for placed in run.placed}
        plan = plan_of(run)
        drawn = drawn_weights(plan, scheme.robustness, np.random.Generator(np.random.PCG64(3)), 60)
        ranks = ranks_under(plan, plan.columns, drawn, draws=60)
        for place in range(UNITS):
            assert official[f"u{UNITS + place}"] <= official[f"u{place}"], (rows[place], rows[UNITS + place])
            assert (ranks[:, UNITS + place] <= ranks[:, place]).all(), (rows[place], rows[UNITS + place])


@pytest.mark.parametrize("aggregation", sorted(MEANS))
@pytest.mark.parametrize("alternative", sorted(ALTERNATIVES))
def test_nor_in_a_draw_of_another_normalisation_or_another_mean(alternative: str, aggregation: str) -> None:
    """Every alternative that a robustness section may name, with each of the three means drawn in the place of the
    scheme's own.
    """
    chance = random.Random(f"{alternative} {aggregation}")  # noqa: S311 - test data
    rules = {
        "normalisations": [{"method": alternative}],
        "aggregations": [mean.value for mean in sorted(MEANS)],
    }
    drawn = set()
    for _ in range(examples(1)):
        scheme = scheme_of(chance.choice(METHODS), aggregation, chance, alternatives=rules)
        rows = [[chance.randrange(6, 95) for _ in INDICATORS] for _ in range(UNITS)]
        rows += [better(row, scheme, chance) for row in rows]
        table = [[f"u{i}", *map(str, row)] for i, row in enumerate(rows)]
        (run,) = run_scheme(scheme, read_table(scheme, ["unit", *INDICATORS], table).units, data_year=0)
        plan = plan_of(run)
        for chunk in chunks_of(plan, scheme.robustness):
            drawn.add(chunk.choice)
            columns = plan.columns_under(chunk.choice.normalisation)
            ranks = ranks_under(
                plan, columns, chunk.weights, draws=chunk.draws, aggregation=chunk.choice.aggregation
            )
            for place in range(UNITS):
                worse = rows[place], rows[UNITS + place], chunk.choice
                assert (ranks[:, UNITS + place] <= ranks[:, place]).all(), worse
    assert (
        len(drawn) == 8
    )  # the scheme's own and the other normalisation, each with the own mean and three others
