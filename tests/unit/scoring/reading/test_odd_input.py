"""What odd figures and odd schemes get: an error that names the rule, or the result that docs/schemes.md states."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.reading.document import parse_scheme
from tests.unit.scoring.test_offline import SCHEME, leaves, score, tree, with_

NONE = {"method": "none"}
BLEND = {"data_weight": "0.5", "expert_score": "e", "if_missing": "refuse"}


def units(tmp_path: Path, scheme: object, data: str) -> dict[str, Any]:
    done = score(tmp_path, scheme, data, "--json")
    assert done.exit_code == 0, done.output
    return {unit["unit"]: unit for unit in json.loads(done.stdout)["units"]}


def grouped(**changed: Any) -> dict[str, Any]:
    return with_(data={"unit": "unit", "groups": ["g"]}, **changed)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a value in the tree of 10^15": (leaves(normalise=NONE), "unit,a,b\nx,1e15,2\n", "rescale it first"),
    "a power beyond all digits": (
        leaves(normalise=NONE, transform={"method": "power", "exponent": 90}),
        "unit,a,b\nx,1e19,2\n",
        "too large|rescale",
    ),
    "an exponential beyond all digits": (
        leaves(normalise=NONE, transform={"method": "exp"}),
        "unit,a,b\nx,1e15,2\n",
        "too large|rescale",
    ),
    "zero under a logarithm": (
        leaves(transform={"method": "log"}),
        "unit,a,b\nx,0,2\n",
        "0 has no value under a logarithm",
    ),
    "a negative number under a root": (
        leaves(transform={"method": "power", "exponent": "0.5"}),
        "unit,a,b\nx,-4,2\n",
        "-4 has no value under this power",
    ),
    "a word that the scale lacks": (
        leaves(category={"column": "c", "scale": {"good": 1}}),
        "unit,c\nx,bad\n",
        "no such word",
    ),
    "a score in no band": (
        leaves(normalise=NONE) | {"grades": {"bands": [{"code": "all", "minimum": 0, "maximum": 100}]}},
        "unit,a,b\nx,7,2\n",
        "lies in no band",
    ),
    "no expert score": (with_(blend=BLEND), "unit,a,b,e\nx,1,2,NA\n", "x has no expert score"),
    "a unit without peers": (grouped(peer_group="g"), "unit,a,b,g\nx,1,2,NA\n", "x belongs to no peer group"),
    "a group without weights": (
        grouped()
        | {
            "tree": tree(weights_by="g", children=[{"code": c, "weight": {"p": "0.5"}} for c in "ab"])["tree"]
        },
        "unit,a,b,g\nx,1,2,q\n",
        "no weights for group 'q'",
    ),
    "a group where nobody has a value": (
        grouped(defaults=SCHEME["defaults"] | {"impute": {"method": "group_mean", "group": "g"}}),
        "unit,a,b,g\nx,1,2,p\ny,NA,2,q\n",
        "nobody in group 'q'",
    ),
    "too many gaps": (
        leaves(impute={"method": "mean", "maximum_share": "0.4"}),
        "unit,a,b\nx,1,2\ny,NA,2\n",
        "1 of 2 are missing",
    ),
    "columns that give no weights": (
        tree(weights="critic", children=[{"code": "a"}, {"code": "b"}]),
        "unit,a,b\nx,1,1\ny,2,2\nz,5,5\n",
        "give no weights by this method",
    ),
    "a ratio over nothing": (
        tree(aggregation="ratio", children=[{"code": "a"}, {"code": "b"}]),
        "unit,a,b\nx,1,0\n",
        "must be above zero",
    ),
    "points below zero": (
        with_(
            adjustments=[
                {
                    "code": "late",
                    "kind": "penalty",
                    "when": {"always": True},
                    "points": {"measure": {"indicator": "d"}, "per": 1, "at_most": 5, "if_missing": 0},
                }
            ]
        ),
        "unit,a,b,d\nx,1,2,-3\n",
        "must not be negative",
    ),
    "equals at the edge of a quota": (
        with_(grades={"quotas": [{"code": "first", "places": 1}, {"code": "rest"}]}),
        "unit,a,b\nx,1,2\ny,1,2\n",
        "do not fit the 1 places",
    ),
}


@pytest.mark.parametrize(("scheme", "data", "said"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_result_is_refused_by_name(
    tmp_path: Path, scheme: dict[str, Any], data: str, said: str
) -> None:
    done = score(tmp_path, scheme, data)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert any(part in done.output for part in said.split("|")), done.output


WRONG_SCHEMES: dict[str, dict[str, Any]] = {
    "ratio-of-two": tree(aggregation="ratio", children=[{"code": "a"}, {"code": "b"}, {"code": "c"}]),
    "weights-by-group": tree(children=[{"code": "a", "weight": {"p": 1}}, {"code": "b", "weight": "0.5"}]),
    "weights-sum": grouped()
    | {"tree": tree(weights_by="g", children=[{"code": c, "weight": {"p": "0.4"}} for c in "ab"])["tree"]},
    "key-with-method": leaves(normalise={"method": "min_max", "posts": "raw"}),
    "measured-points": with_(
        adjustments=[
            {
                "code": "v",
                "kind": "veto",
                "when": {"always": True},
                "points": {"measure": {"indicator": "d"}, "per": 1, "at_most": 5, "if_missing": 0},
            }
        ]
    ),
    "frozen-incomplete": leaves(normalise={"method": "min_max"})
    | {"cohort": {"name": "then", "frozen": {"a": {"normalise.minimum": "1"}}}},
    "unknown-node": with_(
        adjustments=[
            {
                "code": "c",
                "kind": "cap",
                "points": 1,
                "when": {"node": "z", "at_most": 1, "if_missing": False},
            }
        ]
    ),
    "unknown-grade": with_(
        grades={
            "subgrades": [{"code": "s", "node": "a", "bands": [{"code": 1, "minimum": 0}]}],
            "lookup": [{"s": [1, 2], "grade": "g"}, {"grade": "h"}],
        }
    ),
    "lookup-rest": with_(
        grades={
            "subgrades": [{"code": "s", "node": "a", "bands": [{"code": 1, "minimum": 0}]}],
            "lookup": [{"s": 1, "grade": "g"}],
        }
    ),
}


@pytest.mark.parametrize("rule", WRONG_SCHEMES)
def test_a_wrong_scheme_is_refused_by_its_rule(tmp_path: Path, rule: str) -> None:
    assert rule in {problem.rule for problem in parse_scheme(WRONG_SCHEMES[rule])[1]}
    assert "s.yaml:" in score(tmp_path, WRONG_SCHEMES[rule]).output


def test_extra_columns_are_named_and_change_nothing(tmp_path: Path) -> None:
    done = score(tmp_path, SCHEME, "unit,a,b,c\nx,1,2,hello\n", "--json")
    assert "columns not read: c" in done.stderr
    assert json.loads(done.stdout)["units"][0]["score"] == "15.00"


def test_zero_under_a_geometric_mean_counts_as_the_floor(tmp_path: Path) -> None:
    found = units(tmp_path, tree(aggregation="geometric", floor="0.01"), "unit,a,b\nx,0,10\n")
    assert found["x"]["score"] == "10.00"  # 100 * sqrt(0.01 * 1)


def test_large_figures_are_scored_to_the_last_digit(tmp_path: Path) -> None:
    children = [{"code": "a", "weight": "0.333333333333333"}, {"code": "b", "weight": "0.666666666666667"}]
    scheme = tree(children=children) | {"defaults": {"direction": "benefit", "normalise": NONE}, "scale": 1}
    found = units(tmp_path, scheme, "unit,a,b\nx,123456789012.123456789,3\ny,123456789012.123456789,3.03\n")
    assert (found["x"]["score"], found["y"]["score"]) == ("41152263006.04", "41152263006.06")


def test_names_may_be_numbers_and_columns_any_text(tmp_path: Path) -> None:
    scheme = SCHEME | {
        "version": 2024,
        "tree": {
            "code": "total",
            "aggregation": "arithmetic",
            "children": [
                {
                    "code": 1,
                    "weight": 1,
                    "measure": {"ratio": {"numerator": "产值 (亿元)", "denominator": "firms, no"}},
                }
            ],
        },
        "facts": {"有无 标准": ["有", "无"]},
        "adjustments": [
            {
                "code": "b",
                "kind": "bonus",
                "points": 1,
                "when": {"fact": "有无 标准", "in": ["有"], "if_missing": False},
            }
        ],
    }
    found = units(tmp_path, scheme, 'unit,产值 (亿元),"firms, no",有无 标准\nx,10,4,有\n')
    assert (found["x"]["score"], found["x"]["nodes"]["1"]) == ("26.00", "25")


def test_a_truth_value_of_yaml_is_no_word(tmp_path: Path) -> None:
    when = {"fact": "f", "in": [True], "if_missing": False}
    scheme = with_(adjustments=[{"code": "v", "kind": "veto", "points": 0, "when": when}])
    assert "a list of texts is expected" in score(tmp_path, scheme).output


def test_a_message_is_printed_as_it_is(tmp_path: Path) -> None:
    done = score(tmp_path, leaves(transform={"method": "log"}), "unit,a,b\nx,0,2\n")
    assert "错误:a:0不能取对数" in done.output


def test_robustness_without_its_section_uses_the_stated_defaults_and_says_so(tmp_path: Path) -> None:
    done = score(tmp_path, SCHEME, "unit,a,b\nx,1,2\n", "--json", "--robustness")
    assert "no robustness section; defaults: 10000 draws, seed 1, uniform weights within 0.25" in done.stderr
    stated = score(tmp_path, with_(robustness={"draws": 100}), "unit,a,b\nx,1,2\n", "--json", "--robustness")
    assert "robustness" not in stated.stderr


def test_a_leaf_switches_a_step_of_the_defaults_off(tmp_path: Path) -> None:
    steps = {
        "transform": {"method": "log"},
        "impute": {"method": "mean"},
        "outliers": {"method": "winsorise"},
    }
    off = {"transform": [], "impute": {"method": "none"}, "outliers": {"method": "none"}}
    children = [{"code": "a", "weight": "0.5", **off}, {"code": "b", "weight": "0.5"}]
    scheme = tree(children=children) | {"defaults": SCHEME["defaults"] | steps}
    found = units(tmp_path, scheme, "unit,a,b\nx,0,1\ny,10,1\n")
    assert [unit["nodes"]["a"] for unit in found.values()] == ["0", "100"]
    assert "has no a" in score(tmp_path, scheme, "unit,a,b\nx,NA,1\ny,10,1\n").output


def test_a_leaf_without_any_normalisation_is_an_error(tmp_path: Path) -> None:
    scheme = SCHEME | {"defaults": {"direction": "benefit"}}
    assert "neither leaf nor defaults say how to normalise" in score(tmp_path, scheme).output


def test_a_schema_that_is_no_word_and_a_year_without_rows_are_errors(tmp_path: Path) -> None:
    assert "schema" in score(tmp_path, SCHEME | {"schema": ["x"]}).output
    of_year = with_(data={"unit": "unit", "year": "y", "data_year": 2023})
    assert "no row is of the year 2023" in score(tmp_path, of_year, "unit,y,a,b\nx,2022,1,2\n").output


def test_a_constant_made_by_a_power_of_zero_is_missing_where_its_figure_is(tmp_path: Path) -> None:
    children = [{"code": "a", "transform": {"method": "power", "exponent": 0}}, {"code": "b"}]
    scheme = tree(children=children, weights="equal", missing={"policy": "renormalise"})
    found = units(tmp_path, scheme, "unit,a,b\nx,7,2\ny,NA,2\n")
    assert [row["score"] for row in found.values()] == ["15.00", "20.00"]


def test_a_floor_holds_in_an_arithmetic_node_too(tmp_path: Path) -> None:
    found = units(tmp_path, tree(floor="0.4"), "unit,a,b\nx,1,8\n")
    assert found["x"]["score"] == "60.00"  # 100 * (0.4 + 0.8) / 2
