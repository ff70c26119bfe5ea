"""The ASEM index from its raw data file by a scheme file: every stage as COINr published it."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme import Scheme
from services.scoring.domain.scheme_document import parse_scheme
from services.scoring.offline import load_scheme, load_table, score_table
from shared.documents import read_document

CASE = Path(__file__).parents[2] / "cases" / "scoring" / "asem"
TOLERANCE = 1e-12
STAGES = {
    "denominated": "coin_Denominated",
    "imputed": "coin_Imputed",
    "treated": "coin_Treated",
    "normalised": "coin_Normalised",
    "aggregated": "coin_Aggregated",
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
    for node in ("Conn", "Sust", "Physical", "Environ", "SusEcFin", "P2P"):
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
    answer = scored(changed)["stages"]["normalised"]
    codes = {code for row in answer.values() for code in row}
    assert compare(answer, published(f"norm_n_{name}"), codes) == 51 * 49


def test_a_fraction_of_the_maximum_is_the_published_one_and_refused_where_the_maximum_is_zero() -> None:
    changed = document()
    changed["defaults"]["normalise"] = {"method": "fraction_of_max"}
    with pytest.raises(StepNotPossible, match="the maximum is 0"):
        scored(changed)
    undefined = {"CostImpEx", "Tariff", "Poverty"}
    for pillar in (child for sub in changed["tree"]["children"] for child in sub["children"]):
        for leaf in pillar["children"]:
            if leaf["code"] in undefined:
                leaf["normalise"] = {"method": "rank"}
    answer = scored(changed)["stages"]["normalised"]
    codes = {code for row in answer.values() for code in row} - undefined
    assert compare(answer, published("norm_n_fracmax"), codes) == 51 * 46


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
    nodes = {
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
    assert compare(answer, published(f"agg_a_{name}_1_100"), nodes) == 51 * 11


def test_copeland_over_the_pillars_of_connectivity_is_the_published_one() -> None:
    changed = document()
    changed["tree"]["children"][0] |= {"aggregation": "copeland"}
    answer = scored(changed)["stages"]["aggregated"]
    expected = published("copeland_conn_pillars")
    assert {u: float(row["Conn"] or 0) for u, row in answer.items()} == {
        u: row["a_copeland.x."] for u, row in expected.items()
    }
