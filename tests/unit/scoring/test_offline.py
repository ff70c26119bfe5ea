"""`clusters score` on files: its output, and what bad schemes and bad data get."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from clients.cli.main import make_app
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.offline_tables import Progress

SCHEME: dict[str, Any] = {
    "schema": "county-clusters/scheme/2",
    "id": "t",
    "version": "1",
    "data": {"unit": "unit"},
    "defaults": {
        "direction": "benefit",
        "normalise": {"method": "goalposts", "minimum": "0", "maximum": "10"},
    },
    "scale": 100,
    "rounding": {"digits": 2, "mode": "half_up"},
    "tree": {
        "code": "total",
        "aggregation": "arithmetic",
        "label": "official",
        "clause": "27号 三(五)",
        "children": [{"code": "a", "weight": "0.5"}, {"code": "b", "weight": "0.5"}],
    },
}
DATA = "unit,a,b\nx,1,2\ny,3,4\n"


def dumped(scheme: object) -> str:
    plain = json.loads(json.dumps(scheme))
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)


def score(tmp_path: Path, scheme: object, data: str = DATA, *options: str) -> Result:
    text = scheme if isinstance(scheme, str) else dumped(scheme)
    (tmp_path / "s.yaml").write_text(text, "utf-8")
    (tmp_path / "d.csv").write_text(data, "utf-8")
    files = ["--scheme", str(tmp_path / "s.yaml"), "--data", str(tmp_path / "d.csv")]
    return CliRunner().invoke(make_app(), ["score", *files, *options])


def with_(**changed: Any) -> dict[str, Any]:
    return SCHEME | changed


def tree(**changed: Any) -> dict[str, Any]:
    return SCHEME | {"tree": SCHEME["tree"] | changed}


def leaves(**changed: Any) -> dict[str, Any]:
    return tree(children=[{"code": c, "weight": "0.5", **changed} for c in "ab"])


def test_the_answer_has_the_documented_form(tmp_path: Path) -> None:
    done = score(tmp_path, SCHEME, DATA, "--json", "--trace", "--robustness")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert set(answer) == {"scheme_sha256", "units", "stages", "robustness"}
    assert answer["units"] == [
        {
            "unit": "x",
            "score": "15.00",
            "rank": 2,
            "grade": None,
            "nodes": {"total": "15", "a": "10", "b": "20"},
        },
        {
            "unit": "y",
            "score": "35.00",
            "rank": 1,
            "grade": None,
            "nodes": {"total": "35", "a": "30", "b": "40"},
        },
    ]
    assert answer["stages"]["normalised"]["x"] == {"a": "0.1", "b": "0.2"}
    assert answer["stages"]["aggregated"]["y"]["total"] == "35"
    assert answer["robustness"]["y"]["p_rank"] == {"1": 1.0}


MISTAKES = {
    "weights-sum": tree(children=[{"code": "a", "weight": "0.5"}, {"code": "b", "weight": "0.4999"}]),
    "unknown-key": with_(colour="red"),
    "floor-missing": tree(aggregation="geometric"),
    "goalposts-order": leaves(normalise={"method": "goalposts", "minimum": "5", "maximum": "5"}),
    "duplicate-code": tree(children=[{"code": "a", "weight": "0.5"}] * 2),
    "decimal-string-expected": tree(
        children=[{"code": "a", "weight": "1/2"}, {"code": "b", "weight": "0.5"}]
    ),
    "factor-absent": tree(aggregation="min") | {"robustness": {"aggregations": ["arithmetic"]}},
    "unknown-group": leaves(impute={"method": "group_mean", "group": "g"}),
    "unknown-denominator": leaves(denominate={"by": "population"}),
    "key-with-method": leaves(normalise={"method": "rank", "minimum": "5"}),
    "band-overlap": with_(
        grades={
            "bands": [
                {"code": "h", "minimum": 40, "maximum": 100},
                {"code": "l", "minimum": 0, "maximum": 50},
            ]
        }
    ),
    "band-gap": with_(
        grades={
            "bands": [
                {"code": "h", "minimum": 60, "maximum": 100},
                {"code": "l", "minimum": 0, "maximum": 50},
            ]
        }
    ),
    "clause-missing": tree(clause=None),
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_wrong_scheme_is_answered_with_file_line_and_clause(tmp_path: Path, rule: str) -> None:
    assert rule in {problem.rule for problem in parse_scheme(MISTAKES[rule])[1]}
    done = score(tmp_path, MISTAKES[rule])
    assert done.exit_code == 1
    assert "s.yaml:" in done.output
    assert "Traceback" not in done.output


def test_the_line_and_the_clause_of_a_mistake_are_the_rule_s_own(tmp_path: Path) -> None:
    done = score(tmp_path, MISTAKES["weights-sum"])
    text = dumped(MISTAKES["weights-sum"])
    line = next(i for i, content in enumerate(text.splitlines(), 1) if content.strip() == "children:")
    assert f"s.yaml:{line} tree.children" in done.output
    assert "27号 三(五)" in done.output


BAD_DATA = {
    "NaN": "unit,a,b\nx,NaN,2\n",
    "inf": "unit,a,b\nx,inf,2\n",
    "-Infinity": "unit,a,b\nx,1,-Infinity\n",
    "10^30": "unit,a,b\nx,1e30,2\n",
    "an expression": "unit,a,b\nx,=1+1,2\n",
    "a missing column": "unit,a\nx,1\n",
    "a column twice": "unit,a,a,b\nx,1,1,2\n",
    "a unit twice": "unit,a,b\nx,1,2\nx,1,2\n",
    "a short row": "unit,a,b\nx,1\n",
    "a value missing without a policy": "unit,a,b\nx,1,NA\n",
    "nothing": "",
    "no unit": "unit,a,b\n",
}


@pytest.mark.parametrize("data", BAD_DATA.values(), ids=BAD_DATA)
def test_bad_data_is_refused_with_a_clear_line(tmp_path: Path, data: str) -> None:
    done = score(tmp_path, SCHEME, data)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.output.strip()


def test_steps_without_a_result_are_refused_by_name(tmp_path: Path) -> None:
    log = leaves(transform=[{"method": "log"}], normalise={"method": "min_max"})
    done = score(tmp_path, log, "unit,a,b\nx,-1,2\ny,2,3\n")
    assert done.exit_code == 1
    assert "logarithm" in done.output
    constant = leaves(normalise={"method": "z_score"})
    for data in ("unit,a,b\nx,1,2\n", "unit,a,b\nx,1,2\ny,1,2\n"):
        done = score(tmp_path, constant, data)
        assert done.exit_code == 1
        assert "same value" in done.output


def test_one_unit_and_equal_units_have_a_defined_result_under_fixed_goalposts(tmp_path: Path) -> None:
    for data in ("unit,a,b\nx,1,2\n", "unit,a,b\nx,1,2\ny,1,2\nz,1,2\n"):
        answer = json.loads(score(tmp_path, SCHEME, data, "--json").stdout)
        assert {unit["rank"] for unit in answer["units"]} == {1}


def test_ten_thousand_indicators_are_scored_and_more_are_refused(tmp_path: Path) -> None:
    def wide(count: int) -> dict[str, Any]:
        children = [{"code": f"i{n}"} for n in range(count)]
        return SCHEME | {
            "tree": {"code": "total", "aggregation": "arithmetic", "weights": "equal", "children": children}
        }

    header = ",".join(["unit", *(f"i{n}" for n in range(10_000))])
    data = f"{header}\nx{',5' * 10_000}\n"
    answer = json.loads(score(tmp_path, json.dumps(wide(10_000)), data, "--json").stdout)
    assert answer["units"][0]["score"] == "50.00"
    assert score(tmp_path, json.dumps(wide(10_001)), data).exit_code == 1


def test_a_tree_fifty_deep_is_refused(tmp_path: Path) -> None:
    node: dict[str, Any] = {"code": "a", "weight": "1"}
    for depth in range(50):
        node = {"code": f"n{depth}", "weight": "1", "aggregation": "arithmetic", "children": [node]}
    node.pop("weight")
    done = score(tmp_path, json.dumps(SCHEME | {"tree": node}), "unit,a\nx,1\n")
    assert done.exit_code == 1
    assert "levels deep" in done.output


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: 1\na: 2\n",
        "{",
        "a: !!python/object:os.system x\n",
        "[" * 500,
        "- 1\n",
        "just words",
        "",
    ],
)
def test_what_is_no_scheme_document_is_refused(tmp_path: Path, text: str) -> None:
    done = score(tmp_path, text)
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_worked_example_that_fails_stops_the_run(tmp_path: Path) -> None:
    example = {"name": "case", "values": {"a": "10", "b": "0"}, "score": "50.00", "nodes": {"a": "100"}}
    assert score(tmp_path, with_(examples=[example])).exit_code == 0
    done = score(tmp_path, with_(examples=[example | {"score": "51.00"}]))
    assert done.exit_code == 1
    assert "expected 51" in done.output


def test_rows_are_counted_as_the_file_has_them_empty_ones_too(tmp_path: Path) -> None:
    assert score(tmp_path, SCHEME, "unit,a,b\n\nx,1,2\n").exit_code == 0
    done = score(tmp_path, SCHEME, "unit,a,b\n\nx,1,2\n\ny,3,four\n")
    assert done.exit_code == 1
    assert "row 5, b: no number that can be computed with: four" in done.output
    assert "the data has no unit" in score(tmp_path, SCHEME, "unit,a,b\n\n").output


def test_a_fraction_in_yaml_keeps_its_digits(tmp_path: Path) -> None:
    text = json.dumps(SCHEME).replace('"0.5"', "0.5")
    quoted = json.loads(score(tmp_path, json.dumps(SCHEME), DATA, "--json").stdout)
    bare = json.loads(score(tmp_path, text, DATA, "--json").stdout)
    assert bare == quoted


def test_freezing_and_comparing_versions(tmp_path: Path) -> None:
    observed = leaves(normalise={"method": "min_max"})
    score(tmp_path, observed)
    files = ["--scheme", str(tmp_path / "s.yaml"), "--data", str(tmp_path / "d.csv")]
    frozen = json.loads(CliRunner().invoke(make_app(), ["freeze", *files]).stdout)["frozen"]
    assert frozen["a"] == {"normalise.maximum": "3", "normalise.minimum": "1"}
    more = "unit,a,b\nx,1,2\ny,3,4\nz,30,3\n"
    after = observed | {"version": "2", "cohort": {"name": "first", "frozen": frozen}}
    answer = json.loads(score(tmp_path, after, more, "--json").stdout)
    assert [unit["score"] for unit in answer["units"]] == ["0.00", "100.00", "75.00"]
    (tmp_path / "before.yaml").write_text(dumped(observed), "utf-8")
    order = [
        "--before",
        str(tmp_path / "before.yaml"),
        "--after",
        str(tmp_path / "s.yaml"),
        "--data",
        files[3],
    ]
    moved = json.loads(CliRunner().invoke(make_app(), ["scheme-diff", *order]).stdout)["moved"]
    assert {unit["unit"]: (unit["before"]["rank"], unit["after"]["rank"]) for unit in moved} == {
        "y": (2, 1),
        "z": (1, 2),
    }


def test_robustness_and_trace_are_tables_and_can_be_written(tmp_path: Path) -> None:
    done = score(tmp_path, SCHEME, DATA, "--robustness", "--trace", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    ranking, robustness, trace = done.stdout.strip("\n").split("\n\n")
    assert ranking.splitlines()[0].split() == ["1", "35.00", "y"]
    assert robustness.splitlines()[0].split() == ["unit", "p_top_k", "q05", "q50", "q95", "fragile"]
    assert robustness.splitlines()[2].split() == ["y", "1.0000", "1", "1", "1", "no"]
    assert trace.splitlines()[1].split() == ["x", "raw", "1", "2"]
    written = {path.name: path.read_text("utf-8-sig").splitlines() for path in (tmp_path / "out").iterdir()}
    assert sorted(written) == ["robustness.csv", "scores.csv", "trace.csv"]
    assert written["scores.csv"] == [
        "unit,rank,score,grade,total,a,b",
        "x,2,15.00,,15,10,20",
        "y,1,35.00,,35,30,40",
    ]
    assert len(written["trace.csv"]) == 1 + 7 * 2


def test_a_long_list_of_errors_says_how_many_more_there_are(tmp_path: Path) -> None:
    rows = "".join(f"u{i},bad,2\n" for i in range(50))
    done = score(tmp_path, SCHEME, "unit,a,b\n" + rows)
    assert done.exit_code == 1
    assert "row 21, a" in done.output
    assert "row 22, a" not in done.output
    assert "and 30 more" in done.output


def test_progress_is_told_with_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.5, 2.0])
    monkeypatch.setattr("services.scoring.offline_tables.time.monotonic", lambda: next(clock))
    progress = Progress()
    progress.tell(100, 1000)
    progress.tell(250, 1000)
    assert capsys.readouterr().err == "稳健性 250/1,000,约剩6秒 / robustness 250 of 1,000, about 6 s left\n"
