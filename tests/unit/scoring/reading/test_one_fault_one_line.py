"""One fault of a scheme or a table is one line, and a long list says how long it is."""

import json
from pathlib import Path

from services.scoring.domain.reading.document import parse_scheme
from tests.unit.scoring.documents import small
from tests.unit.scoring.test_offline import score, with_


def test_an_unknown_aggregation_is_one_line() -> None:
    document = small()
    document["tree"]["aggregation"] = "max"
    _, problems = parse_scheme(document)
    assert [(problem.rule, problem.field) for problem in problems] == [
        ("choice-expected", "tree.aggregation")
    ]


def test_a_weight_in_a_sum_may_be_anything_above_zero_and_the_message_says_so() -> None:
    children = [{"code": "a", "weight": "25"}, {"code": "b", "weight": "0"}]
    scheme = with_(tree={"code": "total", "aggregation": "sum", "children": children})
    _, problems = parse_scheme(scheme)
    assert [(problem.rule, problem.field, problem.en) for problem in problems] == [
        ("weight-range", "tree.children[1].weight", "a weight is above 0")
    ]


def test_unread_columns_are_counted_where_there_are_many(tmp_path: Path) -> None:
    names = [f"n{i}" for i in range(50)]
    data = ",".join(["unit", "a", "b", *names]) + "\nx,1,2" + ",0" * 50 + "\n"
    said = score(tmp_path, with_(), data).stderr
    assert "n19" in said
    assert "n20" not in said
    assert "and 30 more" in said


def test_a_group_without_values_stops_nobody_outside_the_cohort(tmp_path: Path) -> None:
    scheme = with_(
        data={"unit": "unit", "groups": ["g"]},
        cohort={"name": "one", "group": "g", "in": ["1"]},
        defaults={
            "direction": "benefit",
            "impute": {"method": "group_mean", "group": "g"},
            "normalise": {"method": "goalposts", "minimum": 0, "maximum": 10},
        },
        missing={"policy": "renormalise"},
    )
    done = score(tmp_path, scheme, "unit,a,b,g\nx,1,2,1\ny,3,,1\nz,5,,2\n", "--json")
    assert done.exit_code == 0, done.output
    found = {unit["unit"]: unit for unit in json.loads(done.stdout)["units"]}
    assert (found["y"]["score"], found["z"]["score"], found["z"]["nodes"]["b"]) == ("25.00", "50.00", None)
