"""Worked examples of papers, by scheme files: weights, TOPSIS and VIKOR to their printed decimals."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme

CASES = Path(__file__).parents[3] / "cases" / "scoring" / "published_examples.json"
EXAMPLES: list[dict[str, Any]] = json.loads(CASES.read_text("utf-8"), parse_float=Decimal)
METHODS: dict[str, dict[str, Any]] = {
    "entropy": {"weights": "entropy", "aggregation": "arithmetic"},
    "std": {"weights": "standard_deviation", "aggregation": "arithmetic"},
    "critic": {"weights": "critic", "aggregation": "arithmetic"},
    "topsis": {"weights": "given", "aggregation": "topsis"},
    "vikor": {"weights": "given", "aggregation": {"method": "vikor", "v": "0.5"}},
}


def scheme_for(example: dict[str, Any]) -> dict[str, Any]:
    name = example["method"].split()[0]
    directions = example.get("directions") or [1] * len(example["matrix"][0])
    weights = example.get("weights") or [None] * len(directions)
    return {
        "schema": "county-clusters/scheme/2",
        "id": "example",
        "version": "1",
        "data": {"unit": "unit"},
        "defaults": {"normalise": {"method": "min_max" if name in ("critic", "topsis") else "none"}},
        "rounding": {"digits": 15, "mode": "half_up"},
        **({"order": "ascending"} if name == "vikor" else {}),
        "tree": {
            "code": "root",
            **METHODS[name],
            "children": [
                {"code": f"c{i}", "direction": "benefit" if d > 0 else "cost"}
                | ({"weight": str(w)} if w else {})
                for i, (d, w) in enumerate(zip(directions, weights, strict=True))
            ],
        },
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"] + ", " + example["source"])
def test_a_published_example_comes_out_to_its_printed_decimals(example: dict[str, Any]) -> None:
    scheme, problems = parse_scheme(scheme_for(example))
    assert scheme is not None, problems
    header = ["unit", *(f"c{i}" for i in range(len(example["matrix"][0])))]
    rows = [[f"u{i}", *map(str, row)] for i, row in enumerate(example["matrix"])]
    (run,) = run_scheme(scheme, read_table(scheme, header, rows).units, data_year=0)
    half = Decimal(5).scaleb(-example["decimals"] - 1)
    if "expected_weights" in example:
        assert run.nodes is not None
        found = [run.nodes.weights["root"][f"c{i}"] for i in range(len(header) - 1)]
        assert sum(found) == 1
        expected = example["expected_weights"]
    else:
        found = [unit.score for unit in run.scored if unit.score is not None]
        expected = example["expected_scores"]
    assert all(abs(a - Decimal(b)) <= half for a, b in zip(found, expected, strict=True)), (found, expected)
