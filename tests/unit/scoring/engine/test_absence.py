"""Nodes over units that lack something: who has a say in a normalisation, and when a node has a value at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.scoring.test_offline import score, with_

FRACTION = {"method": "fraction_of_max", "to": 10}


def units(tmp_path: Path, scheme: object, data: str) -> dict[str, dict[str, Any]]:
    done = score(tmp_path, scheme, data, "--json")
    assert done.exit_code == 0, done.output
    return {unit["unit"]: unit for unit in json.loads(done.stdout)["units"]}


def pillars(policy: str, **more: Any) -> dict[str, Any]:
    """Two pillars of one leaf each, normalised as nodes over the units."""
    children = [
        {
            "code": f"p{code}",
            "weight": "0.5",
            "aggregation": "arithmetic",
            "normalise": FRACTION,
            "children": [{"code": code, "weight": "1"}],
        }
        for code in "ab"
    ]
    return with_(
        scale=1,
        defaults={"direction": "benefit", "normalise": {"method": "none"}},
        missing={"policy": policy},
        tree={"code": "total", "aggregation": "arithmetic", "children": children},
        **more,
    )


def test_a_node_is_normalised_over_all_that_have_a_value_there(tmp_path: Path) -> None:
    found = units(tmp_path, pillars("exclude_unit"), "unit,a,b\nx,2,5\ny,4,5\nz,8,\n")
    assert {unit: held["nodes"]["pa"] for unit, held in found.items()} == {"x": "2.5", "y": "5", "z": "10"}
    assert {unit: held["score"] for unit, held in found.items()} == {"x": "6.25", "y": "7.50", "z": None}


def test_it_is_so_with_frozen_parameters_too(tmp_path: Path) -> None:
    frozen = {code: {"normalise.maximum": "8"} for code in ("pa", "pb")}
    scheme = pillars("exclude_unit", cohort={"name": "then", "frozen": frozen})
    found = units(tmp_path, scheme, "unit,a,b\nx,2,8\ny,4,8\nz,8,\n")
    assert {unit: held["nodes"]["pa"] for unit, held in found.items()} == {"x": "2.5", "y": "5", "z": "10"}


def test_robustness_follows_where_somebody_has_no_score(tmp_path: Path) -> None:
    done = score(
        tmp_path, pillars("exclude_unit"), "unit,a,b\nx,2,5\ny,4,5\nz,8,\n", "--json", "--robustness"
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["robustness"]
    assert told["y"]["p_rank"] == {"1": 1.0}
    assert "z" not in told


def nested(policy: str, data_policy: str = "renormalise", **more: Any) -> dict[str, Any]:
    group = {
        "code": "g",
        "weight": 1,
        "aggregation": "arithmetic",
        "weights": "equal",
        "missing": {"policy": policy},
        "children": [{"code": "a"}, {"code": "b"}],
    }
    root = {"code": "total", "aggregation": "arithmetic", "weights": "relative", "floor": "0.001"}
    return with_(
        scale=1,
        defaults={"direction": "benefit", "normalise": {"method": "none"}},
        missing={"policy": data_policy},
        tree=root | {"children": [group, {"code": "c", "weight": 1}]},
        **more,
    )


def test_who_is_taken_out_has_no_lifted_figure_anywhere(tmp_path: Path) -> None:
    found = units(tmp_path, nested("exclude_unit"), "unit,a,b,c\nx,10,,17\ny,1,2,3\n")
    assert found["x"]["score"] is None
    assert (found["x"]["nodes"]["g"], found["x"]["nodes"]["total"]) == (None, None)
    assert (found["x"]["nodes"]["a"], found["x"]["nodes"]["c"]) == ("10", "17")


@pytest.mark.parametrize("floor", [None, "0.001"])
@pytest.mark.parametrize(("row", "expected"), [("5,NR,NR,NR", None), ("5,6,7,NR", "6.00"), ("5,6,,NR", None)])
def test_a_minimum_number_counts_the_children_with_a_value(
    tmp_path: Path, row: str, expected: str | None, floor: str | None
) -> None:
    """NR: not applicable. Both in a tree that folds and in one that does not."""
    tree = {"code": "total", "aggregation": "arithmetic", "weights": "equal"} | (
        {"floor": floor} if floor else {}
    )
    scheme = with_(
        scale=1,
        data={"unit": "unit", "not_applicable": ["NR"]},
        defaults={"direction": "benefit", "normalise": {"method": "none"}},
        missing={"policy": "renormalise", "minimum_number": 3},
        not_applicable={"policy": "renormalise"},
        tree=tree | {"children": [{"code": code} for code in "abcd"]},
    )
    assert units(tmp_path, scheme, f"unit,a,b,c,d\nx,{row}\n")["x"]["score"] == expected


@pytest.mark.parametrize("floor", [None, "0.001"])
@pytest.mark.parametrize(
    ("policy", "expected"), [({"policy": "zero"}, "0.00"), ({"policy": "floor", "floor": 2}, "2.00")]
)
def test_what_stands_for_a_child_stands_also_where_no_child_applies(
    tmp_path: Path, policy: dict[str, Any], expected: str, floor: str | None
) -> None:
    tree = {"code": "total", "aggregation": "arithmetic"} | ({"floor": floor} if floor else {})
    scheme = with_(
        scale=1,
        data={"unit": "unit", "not_applicable": ["NR"]},
        defaults={"direction": "benefit", "normalise": {"method": "none"}},
        not_applicable=policy,
        tree=tree | {"children": [{"code": code, "weight": "0.5"} for code in "ab"]},
    )
    assert units(tmp_path, scheme, "unit,a,b\nx,NR,NR\n")["x"]["score"] == expected
