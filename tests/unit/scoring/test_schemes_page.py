"""Every example of docs/schemes.md is run."""

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.measures import Absent
from services.scoring.domain.scheme_document import parse_scheme
from services.scoring.domain.scoring_run import Run, run_scheme
from services.scoring.domain.table_reading import read_table
from services.scoring.offline import score_table
from shared.documents import read_document

PAGE = (Path(__file__).parents[3] / "docs" / "schemes.md").read_text("utf-8")
BLOCKS = re.findall(r"```(example|scheme|csv|result)\n(.*?)```", PAGE, flags=re.S)
EXAMPLES = [read_document(text, name="example").content for kind, text in BLOCKS if kind == "example"]
STEP_EXAMPLES = [example for example in EXAMPLES if "steps" in example]
NODE_EXAMPLES = [example for example in EXAMPLES if "aggregation" in example]


def run_of(document: dict[str, Any], header: list[str], rows: list[list[str]]) -> Run:
    base = {
        "schema": "county-clusters/scheme/2",
        "id": "example",
        "version": "1",
        "data": {"unit": "unit", "groups": ["g"], "missing": ["missing"]},
        "rounding": {"digits": 15, "mode": "half_up"},
    }
    scheme, problems = parse_scheme(base | document)
    assert scheme is not None, problems
    return run_scheme(scheme, read_table(scheme, header, rows).units, data_year=0)[0]


@pytest.mark.parametrize("example", STEP_EXAMPLES, ids=str)
def test_a_step_gives_what_the_page_says(example: dict[str, Any]) -> None:
    leaf = {"code": "x", "weight": 1, "direction": example.get("direction", "benefit"), **example["steps"]}
    tree = {"code": "root", "aggregation": "arithmetic", "children": [leaf]}
    groups = example.get("groups") or ["g"] * len(example["values"])
    rows = [[f"u{i}", g, str(v)] for i, (v, g) in enumerate(zip(example["values"], groups, strict=True))]
    run = run_of({"tree": tree}, ["unit", "g", "x"], rows)
    assert run.table.stages["normalised"]["x"] == [Decimal(text) for text in example["expect"]]


@pytest.mark.parametrize("example", NODE_EXAMPLES, ids=str)
def test_a_node_gives_what_the_page_says(example: dict[str, Any]) -> None:
    children = [
        {"code": f"c{i}", "weight": weight, "direction": "benefit", "normalise": {"method": "none"}}
        for i, (weight, _) in enumerate(example["children"])
    ]
    tree = {"code": "root", "weights": "relative", "children": children}
    tree |= {key: example[key] for key in ("aggregation", "floor", "missing") if key in example}
    row = ["u", "g", *(str(value) for _, value in example["children"])]
    run = run_of({"tree": tree}, ["unit", "g", *(child["code"] for child in children)], [row])
    assert run.nodes is not None
    value = run.nodes.columns["root"][0]
    assert (isinstance(value, Absent) and example["expect"] == "none") or value == Decimal(example["expect"])


def test_the_first_scheme_gives_what_the_page_says() -> None:
    texts: dict[str, str] = {kind: text for kind, text in BLOCKS if kind != "example"}
    scheme, problems = parse_scheme(read_document(texts["scheme"], name="scheme").content)
    assert scheme is not None, problems
    header, *rows = list(csv.reader(texts["csv"].splitlines()))
    answer = score_table(scheme, read_table(scheme, header, rows), sha256="", robustness=True)
    expected = read_document(texts["result"], name="result").content
    found = {unit["unit"]: {key: unit[key] for key in ("score", "rank", "grade")} for unit in answer["units"]}
    assert found == expected
    assert set(answer["robustness"]["A"]) == {"p_rank", "p_top_k", "p_grade", "q05", "q50", "q95", "fragile"}


def test_the_page_has_an_example_for_every_method() -> None:
    assert len(STEP_EXAMPLES) >= 20
    assert len(NODE_EXAMPLES) >= 8
