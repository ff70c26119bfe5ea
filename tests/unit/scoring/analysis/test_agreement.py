"""The float engine follows the official one; where it cannot, the robustness is refused and the score stands."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.analysis.agreement import check_agreement
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme
from tests.unit.scoring.test_offline import score, with_

TREES: dict[str, dict[str, Any]] = {
    "a sum": {"aggregation": "arithmetic"},
    "a geometric mean": {"aggregation": "geometric", "floor": "0.001"},
    "nodes with a rescaling of their own": {
        "aggregation": "arithmetic",
        "normalise": {"method": "goalposts", "minimum": 0, "maximum": 1, "to": 100},
    },
}


def tree(**root: Any) -> dict[str, Any]:
    children = [{"code": "a", "weight": "0.3"}, {"code": "b", "weight": "0.7"}]
    inner = {"code": "g", "weight": "0.7", "aggregation": "arithmetic", "children": children}
    return {"code": "total", **root, "children": [inner, {"code": "c", "weight": "0.3"}]}


@pytest.mark.parametrize("kind", TREES)
@pytest.mark.parametrize("digits", range(1, 16))
def test_any_quantum_is_followed_on_ordinary_data(digits: int, kind: str) -> None:
    chance = random.Random(digits)  # noqa: S311 - test data
    rows = [[f"u{i}", *(str(chance.randrange(10001) / 100) for _ in "abc")] for i in range(60)]
    document = with_(
        quantum_digits=digits,
        defaults={"direction": "benefit", "normalise": {"method": "goalposts", "minimum": 3, "maximum": 97}},
        tree=tree(**TREES[kind]),
    )
    scheme, problems = parse_scheme(document)
    assert scheme is not None, problems
    (run,) = run_scheme(scheme, read_table(scheme, ["unit", "a", "b", "c"], rows).units, data_year=0)
    assert check_agreement(run) <= 1e-9


def test_large_figures_that_differ_little_are_followed(tmp_path: Path) -> None:
    scheme = with_(
        tree={"code": "total", "aggregation": "arithmetic", "children": [{"code": "a", "weight": "1"}]},
        defaults={"direction": "benefit", "normalise": {"method": "z_score"}},
        scale=1,
        rounding={"digits": 4, "mode": "half_up"},
    )
    data = "unit,a\nx,1000000000000.1\ny,1000000000000.2\nz,1000000000000.4\n"
    done = score(tmp_path, scheme, data, "--json", "--robustness")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert [unit["score"] for unit in answer["units"]] == ["-0.8729", "-0.2182", "1.0911"]
    assert answer["robustness"]["z"]["p_rank"] == {"1": 1.0}


def test_where_floats_cannot_follow_the_score_stands_without_robustness(tmp_path: Path) -> None:
    """The square of a figure near 10^12 has 24 digits before the point, of which a float keeps 16."""
    scheme = with_(
        tree={"code": "total", "aggregation": "arithmetic", "children": [{"code": "a", "weight": "1"}]},
        defaults={
            "direction": "benefit",
            "transform": {"method": "linear", "offset": "-1000000000000"},
            "normalise": {"method": "z_score"},
        },
        scale=1,
        rounding={"digits": 4, "mode": "half_up"},
    )
    data = "unit,a\nx,1000000000000.00001\ny,1000000000000.00002\nz,1000000000000.00004\n"
    done = score(tmp_path, scheme, data, "--json", "--robustness")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert [unit["score"] for unit in answer["units"]] == ["-0.8729", "-0.2182", "1.0911"]
    assert answer["robustness"] is None
    assert "the score stands" in done.stderr
