"""A panel: normalised over all years, or by a base year, and ranked within each year; both engines alike."""

from typing import Any

import pytest

from services.scoring.domain.analysis.agreement import check_agreement
from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import lacking_for_service, parse_scheme
from services.scoring.domain.refusals import DataDoesNotFitScheme
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.offline import frozen_section

HEADER = ["county", "year", "a", "b"]
#: A is behind B in 2021 and before it in 2022.
ROWS = [
    ["A", "2021", "10", "8"],
    ["B", "2021", "20", "4"],
    ["A", "2022", "50", "2"],
    ["B", "2022", "30", "6"],
]
ALL_YEARS = {"name": "all years", "over": "all_groups"}
BASE_YEAR = {"name": "2021", "over": "all_groups", "group": "year", "in": ["2021"]}
HALVES = [{"code": "a", "weight": "0.5"}, {"code": "b", "weight": "0.5", "direction": "cost"}]
TREE = {"code": "total", "aggregation": "arithmetic", "children": HALVES}


def document(**more: Any) -> dict[str, Any]:
    return {
        "schema": "county-clusters/scheme/2",
        "id": "panel",
        "version": 1,
        "data": {"unit": "county", "year": "year"},
        "peer_group": "year",
        "defaults": {"direction": "benefit", "normalise": {"method": "min_max", "to": 100, "clamp": False}},
        "rounding": {"digits": 2, "mode": "half_up"},
        "tree": TREE,
        **more,
    }


def scheme_of(**more: Any) -> Scheme:
    scheme, problems = parse_scheme(document(**more))
    assert scheme is not None, problems
    return scheme


def runs_of(scheme: Scheme, rows: list[list[str]] = ROWS, header: list[str] = HEADER) -> tuple[Run, ...]:
    runs = run_scheme(scheme, read_table(scheme, header, rows).units, data_year=scheme.data.data_year)
    for run in runs:
        check_agreement(run)
    return runs


def told(runs: tuple[Run, ...]) -> dict[str, tuple[str, int]]:
    return {p.scored.unit: (str(p.scored.score), p.rank) for run in runs for p in run.placed}


def rules_of(**more: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.rule) for problem in parse_scheme(document(**more))[1]]


def test_years_are_normalised_together_and_ranked_apart() -> None:
    """a from 10 to 50, b from 8 down to 2, over both years: B falls from 45.83 to 41.67, and from the first place."""
    assert told(runs_of(scheme_of(cohort=ALL_YEARS))) == {
        "A 2021": ("0.00", 2),
        "B 2021": ("45.83", 1),
        "A 2022": ("100.00", 1),
        "B 2022": ("41.67", 2),
    }


def test_without_a_cohort_each_year_is_normalised_by_itself() -> None:
    """So that no score can be compared with that of another year."""
    assert told(runs_of(scheme_of())) == {
        "A 2021": ("0.00", 2),
        "B 2021": ("100.00", 1),
        "A 2022": ("100.00", 1),
        "B 2022": ("0.00", 2),
    }


def test_a_base_year_gives_the_parameters_of_every_year() -> None:
    """a from 10 to 20, b from 8 down to 4: A of 2022 has 400 and 150, B has 200 and 50."""
    assert told(runs_of(scheme_of(cohort=BASE_YEAR))) == {
        "A 2021": ("0.00", 2),
        "B 2021": ("100.00", 1),
        "A 2022": ("275.00", 1),
        "B 2022": ("125.00", 2),
    }


@pytest.mark.parametrize("cohort", [ALL_YEARS, BASE_YEAR], ids=["all years", "base year"])
def test_parameters_of_all_groups_are_frozen_once_and_hold_for_a_year_alone(cohort: dict[str, Any]) -> None:
    scheme = scheme_of(cohort=cohort)
    frozen = frozen_section(scheme, read_table(scheme, HEADER, ROWS))
    highest, lowest = ("50", "-2") if cohort is ALL_YEARS else ("20", "-4")
    assert frozen == {
        "a": {"normalise.minimum": "10", "normalise.maximum": highest},
        "b": {"normalise.minimum": "-8", "normalise.maximum": lowest},
    }
    held = scheme_of(cohort={"name": "then", "over": "all_groups", "frozen": frozen})
    assert told(runs_of(held)) == told(runs_of(scheme))
    of_2022 = {unit: row for unit, row in told(runs_of(scheme)).items() if unit.endswith("2022")}
    assert told(runs_of(held, ROWS[2:])) == of_2022


def test_growth_and_last_year_look_at_the_year_before_each_row() -> None:
    """A grows by 400 %, B by 50 %; in 2021 there is no growth. Half of b, which for A in 2022 is the 8 of 2021."""
    growth = {"code": "g", "weight": "0.5", "measure": {"growth": "a"}, "normalise": {"method": "none"}}
    carried = {
        "code": "b",
        "weight": "0.5",
        "impute": {"method": "last_year"},
        "normalise": {"method": "none"},
    }
    tree = {"code": "total", "aggregation": "arithmetic", "children": [growth, carried]}
    rows = [*ROWS[:2], ["A", "2022", "50", ""], ROWS[3]]
    scheme = scheme_of(tree=tree, missing={"policy": "zero"}, cohort=ALL_YEARS)
    assert told(runs_of(scheme, rows)) == {
        "A 2021": ("4.00", 1),
        "B 2021": ("2.00", 2),
        "A 2022": ("6.00", 1),
        "B 2022": ("3.25", 2),
    }


def test_a_node_is_normalised_and_weighed_over_all_years_too() -> None:
    """Its values 0, 45.8333, 100 and 41.6667 to the best of both years: 0.4583 of it, not 1, for the first of 2021."""
    tree = {"code": "root", "aggregation": "arithmetic", "children": [
        {**TREE, "weight": "1", "normalise": {"method": "fraction_of_max"}}]}  # fmt: skip
    assert told(runs_of(scheme_of(tree=tree, cohort=ALL_YEARS))) == {
        "A 2021": ("0.00", 2),
        "B 2021": ("0.46", 1),
        "A 2022": ("1.00", 1),
        "B 2022": ("0.42", 2),
    }
    weighed = TREE | {"weights": "entropy", "children": [{"code": "a"}, {"code": "b", "direction": "cost"}]}
    runs = runs_of(scheme_of(tree=weighed, cohort=ALL_YEARS))
    assert runs[0].nodes is not None
    assert runs[1].nodes is not None
    assert runs[0].nodes.weights == runs[1].nodes.weights


@pytest.mark.parametrize("aggregation", ["topsis", {"method": "vikor", "v": "0.5"}, "copeland"])
def test_methods_that_compare_units_compare_those_of_all_groups(aggregation: Any) -> None:
    """As one ranking of all rows would order those of one year; A of 2022 is the best, A of 2021 the last."""
    tree = TREE | {"aggregation": aggregation}
    order = {"order": "ascending"} if isinstance(aggregation, dict) else {}
    runs = runs_of(scheme_of(tree=tree, cohort=ALL_YEARS, **order))
    assert {unit: rank for unit, (_, rank) in told(runs).items()} == {
        "A 2021": 2,
        "B 2021": 1,
        "A 2022": 1,
        "B 2022": 2,
    }
    alone = parse_scheme(document(tree=tree, data={"unit": "id"}, **order) | {"peer_group": None})[0]
    assert alone is not None
    rows = [[f"{row[0]} {row[1]}", *row[2:]] for row in ROWS]
    together = told(runs_of(alone, rows, ["id", "a", "b"]))
    assert {unit: score for unit, (score, _) in told(runs).items()} == {
        unit: score for unit, (score, _) in together.items()
    }


def test_robustness_ranks_each_year_by_the_parameters_of_all() -> None:
    """Frozen or not, the draws are the same; an alternative takes its parameters from the same units."""
    rows = [[unit, year, str(7 * i % 31 + 3), str(5 * i % 17 + 2)]
            for i, (unit, year) in enumerate((u, y) for u in "ABCDE" for y in ("2021", "2022"))]  # fmt: skip
    rules: dict[str, Any] = {"draws": 300, "seed": 2}
    scheme = scheme_of(cohort=ALL_YEARS, robustness=rules)
    frozen = frozen_section(scheme, read_table(scheme, HEADER, rows))
    held = scheme_of(cohort=ALL_YEARS | {"frozen": frozen}, robustness=rules)
    found = robustness_of(runs_of(scheme, rows)).units
    assert found == robustness_of(runs_of(held, rows)).units
    assert all(max(int(rank) for rank in unit["p_rank"]) <= 5 for unit in found.values())
    for method in ("rank", "z_score"):
        two = rules | {"weights": {"method": "fixed"}, "normalisations": [{"method": method}]}
        drawn = robustness_of(runs_of(scheme_of(cohort=ALL_YEARS, robustness=two), rows)).units
        other = document()["defaults"] | {"normalise": {"method": method}}
        plain = told(runs_of(scheme_of(cohort=ALL_YEARS), rows))
        instead = told(runs_of(scheme_of(cohort=ALL_YEARS, defaults=other), rows))
        for unit, row in drawn.items():
            assert set(row["p_rank"]) == {str(plain[unit][1]), str(instead[unit][1])}, (method, unit)


def test_a_cohort_beside_peer_groups_says_whose_it_is() -> None:
    """Without `over` nothing is guessed; of a cohort that is one of the groups nothing would be left in the others."""
    picked = {"name": "x", "group": "year", "in": ["2021"]}
    assert rules_of(cohort=picked) == [("cohort.over", "over-missing")]
    assert rules_of(cohort=picked | {"over": "own_group"}) == [("cohort.over", "cohort-is-a-peer-group")]
    assert rules_of(cohort={"name": "x", "over": "own_group"}) == []
    assert rules_of(cohort=ALL_YEARS, data={"unit": "county"}, peer_group=None) == [
        ("cohort.over", "over-without-peers")
    ]


def test_of_its_own_group_a_cohort_counts_who_is_in_both() -> None:
    """Large and small towns, each by those of the east: of the large ones 10 to 30, of the small ones 1 to 3."""
    scheme = scheme_of(
        data={"unit": "town", "groups": ["kind", "side"]},
        peer_group="kind",
        cohort={"name": "east", "over": "own_group", "group": "side", "in": ["east"]},
        tree={"code": "total", "aggregation": "arithmetic", "children": [{"code": "a", "weight": "1"}]},
    )
    header = ["town", "kind", "side", "a"]
    rows = [
        ["A", "large", "east", "10"], ["B", "large", "east", "30"], ["C", "large", "west", "40"],
        ["D", "small", "east", "1"], ["E", "small", "east", "3"], ["F", "small", "west", "0"],
    ]  # fmt: skip
    assert {unit: score for unit, (score, _) in told(runs_of(scheme, rows, header)).items()} == {
        "A": "0.00", "B": "100.00", "C": "150.00", "D": "0.00", "E": "100.00", "F": "-50.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"defaults": {"direction": "benefit", "normalise": {"method": "percentile_rank"}}}, "tree.a"),
        ({"tree": TREE | {"aggregation": "topsis"}}, "tree.total"),
        ({"robustness": {"normalisations": [{"method": "borda"}]}}, "robustness.normalisations[0]"),
    ],
)
def test_a_rank_has_no_base_year(changed: dict[str, Any], path: str) -> None:
    found = rules_of(cohort=BASE_YEAR, **changed)
    assert (path, "no-base-for-ranks") in found
    assert {rule for _, rule in found} == {"no-base-for-ranks"}
    assert rules_of(cohort=ALL_YEARS, **changed) == []


def test_all_years_are_scored_only_where_the_year_is_the_peer_group() -> None:
    assert rules_of(peer_group=None) == [("peer_group", "panel-by-year")]
    assert rules_of(data={"unit": "county", "data_year": 2021}, peer_group=None) == [
        ("data", "year-with-data-year")
    ]


def test_a_county_twice_in_one_year_names_both_rows() -> None:
    scheme = scheme_of()
    with pytest.raises(DataDoesNotFitScheme) as refused:
        read_table(scheme, HEADER, [*ROWS, ["a", "2021", "1", "1"]])
    assert [(item.row, item.en) for item in refused.value.items] == [
        (6, "row 6, county: a is the same unit as A in row 2")
    ]


def test_a_service_scores_one_year_and_says_what_to_do_with_a_panel() -> None:
    (item,) = [item for item in lacking_for_service(document()) if item.rule != "missing-key"]
    assert (item.field, item.rule) == ("data.year", "panel-in-a-service")
    one_year = document(data={"unit": "county", "year": "year", "data_year": 2021})
    assert {item.rule for item in lacking_for_service(one_year)} == {"missing-key"}
