"""Every example of docs/schemes.md is run."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import (
    ImputeMethod,
    NormaliseMethod,
    OutlierMethod,
    TransformMethod,
    WeightMethod,
)
from services.scoring.domain.scheme.tree import Aggregation
from services.scoring.offline import frozen_section, score_table
from shared.documents.reading import read_document

PAGE = (Path(__file__).parents[4] / "docs" / "schemes.md").read_text("utf-8")
BLOCKS = re.findall(r"```(example|scheme|csv|result|frozen|robustness)\n(.*?)```", PAGE, flags=re.S)
NODE_KEYS = ("aggregation", "floor", "missing", "transform", "normalise")
EXAMPLES = [read_document(text, name="example").content for kind, text in BLOCKS if kind == "example"]
STEP_EXAMPLES = [example for example in EXAMPLES if "steps" in example]
NODE_EXAMPLES = [example for example in EXAMPLES if "aggregation" in example]


def whole_schemes() -> list[dict[str, str]]:
    """Each `scheme` block with the blocks that belong to it, up to the next one."""
    found: list[dict[str, str]] = []
    for kind, text in BLOCKS:
        if kind == "scheme":
            found.append({})
        if kind != "example":
            found[-1][kind] = text
    return found


WHOLE = whole_schemes()


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
    tree |= {key: example[key] for key in NODE_KEYS if key in example}
    row = ["u", "g", *(str(value) for _, value in example["children"])]
    run = run_of({"tree": tree}, ["unit", "g", *(child["code"] for child in children)], [row])
    assert run.nodes is not None
    value = run.nodes.columns["root"][0]
    assert (isinstance(value, Absent) and example["expect"] == "none") or value == Decimal(example["expect"])


def parsed(text: str) -> Scheme:
    scheme, problems = parse_scheme(read_document(text, name="scheme").content)
    assert scheme is not None, problems
    return scheme


def answer_of(scheme: Scheme, blocks: dict[str, str]) -> dict[str, Any]:
    header, *rows = list(csv.reader(blocks["csv"].splitlines()))
    return score_table(
        scheme, read_table(scheme, header, rows), sha256="", robustness="robustness" in blocks, trace=True
    )


@pytest.mark.parametrize("blocks", WHOLE, ids=lambda blocks: re.findall(r"id: (.*)", blocks["scheme"])[0])
def test_a_whole_scheme_gives_what_the_page_says(blocks: dict[str, str]) -> None:
    answer = answer_of(parsed(blocks["scheme"]), blocks)
    expected = read_document(blocks["result"], name="result").content
    units = {unit["unit"]: unit for unit in answer["units"]}
    assert list(units) == list(expected)
    for code, row in expected.items():
        nodes = row.pop("nodes", {})
        assert {key: units[code][key] for key in row} == row, code
        assert {key: units[code]["nodes"][key] for key in nodes} == nodes, code


@pytest.mark.parametrize("blocks", [b for b in WHOLE if "frozen" in b])
def test_a_frozen_section_is_the_printed_one_and_gives_the_same_scores(blocks: dict[str, str]) -> None:
    content = read_document(blocks["scheme"], name="scheme").content
    scheme = parsed(blocks["scheme"])
    header, *rows = list(csv.reader(blocks["csv"].splitlines()))
    found = frozen_section(scheme, read_table(scheme, header, rows))
    assert found == read_document(blocks["frozen"], name="frozen").content
    frozen, problems = parse_scheme(content | {"cohort": {"name": "then", "frozen": found}})
    assert frozen is not None, problems
    assert answer_of(frozen, blocks)["units"] == answer_of(scheme, blocks)["units"]
    more = answer_of(frozen, blocks | {"csv": blocks["csv"] + "F,small,10,3\n"})
    assert more["units"][:-1] == [
        unit | {"rank": after["rank"]}
        for unit, after in zip(answer_of(scheme, blocks)["units"], more["units"], strict=False)
    ]
    assert more["units"][-1]["nodes"]["a"] == "100"


@pytest.mark.parametrize("blocks", [b for b in WHOLE if "robustness" in b])
def test_robustness_is_what_the_page_says(blocks: dict[str, str]) -> None:
    answer = answer_of(parsed(blocks["scheme"]), blocks)
    expected = read_document(blocks["robustness"], name="robustness").content
    for unit, row in expected.items():
        found = json.loads(json.dumps({key: answer["robustness"][unit][key] for key in row}))
        told = json.loads(re.sub(r'"([0-9]\.[0-9]+)"', r"\1", json.dumps(row)))
        assert found == told, unit
    assert set(answer["sensitivity"]["leave_one_out"]) == {"a", "b"}


def test_the_page_has_an_example_for_every_method() -> None:
    assert len(STEP_EXAMPLES) >= 20
    assert len(NODE_EXAMPLES) >= 12
    assert len(WHOLE) >= 17
    page = PAGE.lower()
    for words in (NormaliseMethod, Aggregation, ImputeMethod, OutlierMethod, TransformMethod, WeightMethod):
        for word in words:
            assert f"`{word}`" in page or f"{word}" in page, word
