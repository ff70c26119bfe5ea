"""The ASEM index from its raw data file by a scheme file: every stage as COINr published it."""

import csv
import json
import statistics
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.analysis.drawing import folded
from services.scoring.domain.analysis.float_tree import plan_of
from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import Node, leaves_of, nodes_of
from services.scoring.offline import load_scheme, load_table, score_table
from shared.documents.reading import read_document

CASE = Path(__file__).parents[3] / "cases" / "scoring" / "asem"
TOLERANCE = 1e-12
STAGES = {
    "denominated": "coin_Denominated",
    "imputed": "coin_Imputed",
    "treated": "coin_Treated",
    "normalised": "coin_Normalised",
    "aggregated": "coin_Aggregated",
}
NODES = {
    "Index",
    "Conn",
    "Sust",
    "Physical",
    "ConEcFin",
    "Political",
    "Instit",
    "P2P",
    "Environ",
    "Social",
    "SusEcFin",
}
NORMALISATIONS = {
    "zscore": {"method": "z_score"},
    "rank": {"method": "rank"},
    "prank": {"method": "percentile_rank"},
    "borda": {"method": "borda"},
    "dist2max": {"method": "distance_to_max"},
    "scaled": {"method": "scaled", "minimum": "0", "maximum": "100", "from": "0", "to": "100"},
}


def published(name: str) -> dict[str, dict[str, float | None]]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["uCode"]: {
                code: None if value == "NA" else float(value)
                for code, value in row.items()
                if code not in ("uCode", "uName") and not code.endswith("_group")
            }
            for row in csv.DictReader(file)
        }


def compare(
    found: dict[str, dict[str, str | None]], expected: dict[str, dict[str, float | None]], codes: set[str]
) -> int:
    """How many values were compared; each within the tolerance, missing where missing."""
    number = 0
    for unit, row in expected.items():
        for code in row.keys() & codes:
            value, text = row[code], found[unit][code]
            assert (value is None) == (text is None), (unit, code)
            if value is not None and text is not None:
                assert abs(float(text) - value) <= TOLERANCE * max(1.0, abs(value)), (unit, code, text, value)
            number += 1
    return number


def document() -> Any:
    return read_document((CASE / "scheme.yaml").read_text("utf-8"), name="scheme.yaml").content


def scored(changed: Any) -> dict[str, Any]:
    scheme, problems = parse_scheme(changed)
    assert scheme is not None, problems
    return score_table(scheme, load_table(scheme, CASE / "ASEM_iData.csv"), sha256="", trace=True)


@cache
def nominal() -> tuple[Scheme, dict[str, Any]]:
    scheme, sha256 = load_scheme(CASE / "scheme.yaml")
    table = load_table(scheme, CASE / "ASEM_iData.csv")
    return scheme, score_table(scheme, table, sha256=sha256, trace=True)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_the_published_one(stage: str) -> None:
    _, answer = nominal()
    codes = {code for row in answer["stages"][stage].values() for code in row}
    least = 51 * (60 if stage == "aggregated" else 49)
    assert compare(answer["stages"][stage], published(STAGES[stage]), codes) == least


def test_the_ranks_are_the_published_ones_at_the_top_and_in_every_node() -> None:
    _, answer = nominal()
    ranks = published("published_ranks")
    assert {unit["unit"]: unit["rank"] for unit in answer["units"]} == {
        u: row["Index"] for u, row in ranks.items()
    }
    for node in NODES - {"Index"}:
        values = {unit["unit"]: float(unit["nodes"][node]) for unit in answer["units"]}
        mine = {unit: 1 + sum(other > value for other in values.values()) for unit, value in values.items()}
        assert mine == {unit: row[node] for unit, row in ranks.items()}, node


def test_units_come_in_the_order_of_the_data_file() -> None:
    _, answer = nominal()
    with (CASE / "ASEM_iData.csv").open(encoding="utf-8") as file:
        assert [unit["unit"] for unit in answer["units"]] == [row["uCode"] for row in csv.DictReader(file)]
    assert json.loads(json.dumps(answer))["scheme_sha256"].startswith("sha256:")


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_every_alternative_normalisation_is_the_published_one(name: str) -> None:
    changed = document()
    changed["defaults"]["normalise"] = NORMALISATIONS[name]
    if name == "scaled":  # COINr's posts are of minus x where less is better, ours are plain figures
        for leaf in costs_of(changed):
            leaf["normalise"] = NORMALISATIONS[name] | {"minimum": "-100", "maximum": "0"}
    answer = scored(changed)["stages"]["normalised"]
    codes = {code for row in answer.values() for code in row}
    assert compare(answer, published(f"norm_n_{name}"), codes) == 51 * 49


def costs_of(changed: dict[str, Any]) -> list[dict[str, Any]]:
    """The leaves where less is better."""
    pillars = [child for sub in changed["tree"]["children"] for child in sub["children"]]
    leaves = [leaf for pillar in pillars for leaf in pillar["children"]]
    return [leaf for leaf in leaves if leaf.get("direction") == "cost"]


def test_a_fraction_of_the_maximum_is_the_published_one_where_more_is_better() -> None:
    """COINr divides minus x by the maximum of minus x where less is better, which turns the order round."""
    changed = document()
    changed["defaults"]["normalise"] = {"method": "fraction_of_max"}
    costs = costs_of(changed)
    with pytest.raises(StepNotPossible, match="must be above 0"):
        scored(changed)  # a cost of nothing divides nothing
    for leaf in costs:
        leaf["normalise"] = {"method": "rank"}
    answer = scored(changed)["stages"]["normalised"]
    codes = {code for row in answer.values() for code in row} - {leaf["code"] for leaf in costs}
    assert compare(answer, published("norm_n_fracmax"), codes) == 51 * (49 - len(costs))
    assert 0 < len(costs) < 25


@pytest.mark.parametrize(("mean", "name"), [("geometric", "gmean"), ("harmonic", "hmean")])
def test_geometric_and_harmonic_means_after_rescaling_are_the_published_ones(mean: str, name: str) -> None:
    changed = document()
    changed["defaults"]["normalise"] = {"method": "min_max", "from": 1, "to": 100}

    def change(node: dict[str, Any]) -> None:
        if "children" in node:
            node |= {"aggregation": mean, "floor": "0.001"}
            for child in node["children"]:
                change(child)

    change(changed["tree"])
    answer = scored(changed)["stages"]["aggregated"]
    assert compare(answer, published(f"agg_a_{name}_1_100"), NODES) == 51 * 11


def test_copeland_over_the_pillars_of_connectivity_is_the_published_one() -> None:
    changed = document()
    changed["tree"]["children"][0] |= {"aggregation": "copeland"}
    answer = scored(changed)["stages"]["aggregated"]
    expected = published("copeland_conn_pillars")
    assert {u: float(row["Conn"] or 0) for u, row in answer.items()} == {
        u: row["a_copeland.x."] for u, row in expected.items()
    }


def rows(name: str) -> list[dict[str, str]]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def runs_of(changed: Any) -> tuple[Run, ...]:
    scheme, problems = parse_scheme(changed)
    assert scheme is not None, problems
    return run_scheme(scheme, load_table(scheme, CASE / "ASEM_iData.csv").units, data_year=0)


def test_effective_weights_are_the_published_ones() -> None:
    (run,) = runs_of(document())
    plan = plan_of(run)
    found = dict(
        zip((leaf.code for leaf in plan.leaves), folded(plan, plan.weights, plan.leaves)[:, 0], strict=True)
    )
    expected = {row["iCode"]: float(row["EffWeight"]) for row in rows("eff_weights") if row["Level"] == "1"}
    assert found == pytest.approx(expected, rel=0, abs=1e-15)
    for row in rows("eff_weights"):
        below = [leaf.code for leaf in leaves_of(node_of(plan.scheme.root, row["iCode"]))]
        assert sum(found[code] for code in below) == pytest.approx(float(row["EffWeight"]), rel=0, abs=1e-15)


def node_of(root: Node, code: str) -> Node:
    """The node of this code; a leaf as a node of its own."""
    return next(
        (node for node in nodes_of(root) if node.code == code),
        replace(root, children=tuple(leaf for leaf in leaves_of(root) if leaf.code == code)),
    )


def test_the_correlation_of_the_index_with_its_pillars_is_the_published_one() -> None:
    _, answer = nominal()
    aggregated = answer["stages"]["aggregated"]

    def column(code: str) -> list[float]:
        return [float(row[code]) for row in aggregated.values()]

    published_rows = [row for row in rows("corr") if row["Correlation"] != "NA"]
    assert len(published_rows) == 6  # the weak ones are printed as NA
    for row in published_rows:
        found = statistics.correlation(column(row["Var1"]), column(row["Var2"]))
        assert found == pytest.approx(float(row["Correlation"]), rel=0, abs=1e-12)


def uncertain() -> Any:
    """COINr's analysis but for its fourth factor (the limit of winsorised points, with a total index of 0.05)."""
    changed = document()
    changed["defaults"]["normalise"] = {"method": "min_max", "from": 1, "to": 100}

    def change(node: dict[str, Any]) -> None:
        if "children" in node:
            node["floor"] = "0.001"
            for child in node["children"]:
                change(child)

    change(changed["tree"])
    changed["robustness"] = {
        "draws": 2000,
        "weights": {"method": "uniform", "spread": "0.25"},
        "normalisations": [{"method": "z_score", "mean": 10, "deviation": 2}],
        "aggregations": ["geometric"],
        "sobol_samples": 256,
    }
    return changed


def test_robustness_and_sobol_indices_are_the_published_ones_within_their_own_uncertainty() -> None:
    """They come from other draws: ranks within two, intervals that overlap, the same factor first."""
    runs = runs_of(uncertain())
    found = robustness_of(runs)
    nominal_ranks = {placed.scored.unit: placed.rank for placed in runs[0].placed}
    for row in rows("UA_RankStats_published"):
        unit = found.units[row["uCode"]]
        assert nominal_ranks[row["uCode"]] == int(row["Nominal"])
        for ours, theirs in (("q05", "Q5"), ("q50", "Median"), ("q95", "Q95")):
            assert abs(unit[ours] - float(row[theirs])) <= 2, row
    factors = {"Normalisation": "normalisation", "Weights": "weights", "Aggregation": "aggregation"}
    for row in rows("SA_Sensitivity_published"):
        if row["Variable"] in factors:
            indices = found.sobol[factors[row["Variable"]]]
            for short, name in (("Si", "first"), ("STi", "total")):
                assert indices[f"{name}_low"] <= float(row[f"{short}_q95"])
                assert indices[f"{name}_high"] >= float(row[f"{short}_q5"])
    assert max(found.sobol, key=lambda factor: found.sobol[factor]["total"]) == "aggregation"
