"""Two spellings of one word are one word: of tokens, facts, groups, categories, units and headings."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.inputs.words import is_total
from services.scoring.domain.scheme.words import word_key
from tests.unit.scoring.test_offline import score, with_

VETO = {
    "code": "v",
    "kind": "veto",
    "points": 0,
    "when": {"fact": "accident", "in": ["yes"], "if_missing": False},
}
ASKED = with_(facts={"accident": ["yes", "no"]}, adjustments=[VETO])


def units(tmp_path: Path, scheme: object, data: str) -> dict[str, dict[str, Any]]:
    done = score(tmp_path, scheme, data, "--json")
    assert done.exit_code == 0, done.output
    return {unit["unit"]: unit for unit in json.loads(done.stdout)["units"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [("0", "0.0"), ("-999", "-999.0"), ("1", "1.00"), ("1", "\uff11"), ("p", "P"), ("Yes", "\uff39\uff25\uff33"),
     ("a b", " a\u00a0b "), ("\u00e9", "e\u0301"), ("武汉", "武\u200b汉")],
)  # fmt: skip
def test_these_are_one_word(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


@pytest.mark.parametrize(("one", "other"), [("1234¹", "12341"), ("1", "01a"), ("a b", "ab"), ("汉", "漢")])
def test_these_are_two_words(one: str, other: str) -> None:
    assert word_key(one) != word_key(other)


@pytest.mark.parametrize("word", ["yes", "Yes", "YES", " yes ", "\uff59\uff45\uff53"])
def test_a_veto_on_yes_lets_no_spelling_of_yes_pass(tmp_path: Path, word: str) -> None:
    assert units(tmp_path, ASKED, f"unit,a,b,accident\nx,9,9,{word}\n")["x"]["score"] == "0.00"


def test_a_word_that_a_fact_does_not_have_is_an_error_with_its_row(tmp_path: Path) -> None:
    done = score(tmp_path, ASKED, "unit,a,b,accident\nx,9,9,no\ny,9,9,y\n")
    assert done.exit_code == 1
    assert "row 3, accident: no such word: y; there is yes, no" in done.output


def test_a_fact_that_a_condition_asks_for_declares_its_words(tmp_path: Path) -> None:
    assert "facts must list the words of accident" in score(tmp_path, with_(adjustments=[VETO])).output
    other = VETO | {"when": {"fact": "accident", "in": ["Yes"], "if_missing": False}}
    done = score(tmp_path, with_(facts={"accident": ["yes", "no"]}, adjustments=[other]))
    assert "accident has no word 'Yes', only: yes, no" in done.output


@pytest.mark.parametrize("token", ["-999", "-999.0", " -999.00", "\uff0d999"])
def test_a_missing_token_is_a_number_where_it_looks_like_one(tmp_path: Path, token: str) -> None:
    scheme = with_(data={"unit": "unit", "missing": ["-999"]}, missing={"policy": "zero"})
    assert units(tmp_path, scheme, f"unit,a,b\nx,{token},4\n")["x"]["score"] == "20.00"


def test_groups_that_differ_in_spelling_only_are_one_group(tmp_path: Path) -> None:
    scheme = with_(
        data={"unit": "unit", "groups": ["g"]},
        peer_group="g",
        defaults={"direction": "benefit", "normalise": {"method": "min_max"}},
    )
    found = units(tmp_path, scheme, "unit,a,b,g\nx,1,1,p\ny,3,3,P\nz,5,5, p \n")
    assert {unit: held["rank"] for unit, held in found.items()} == {"x": 3, "y": 2, "z": 1}
    found = units(tmp_path, scheme, "unit,a,b,g\nx,1,1,1\ny,3,3,1.0\n")
    assert {unit: held["rank"] for unit, held in found.items()} == {"x": 2, "y": 1}


def test_a_category_is_found_in_any_spelling(tmp_path: Path) -> None:
    leaf = {"code": "c", "weight": "1", "category": {"column": "quality", "scale": {"high": 10, "low": 0}}}
    scheme = with_(tree={"code": "total", "aggregation": "arithmetic", "children": [leaf]})
    found = units(tmp_path, scheme, "unit,quality\nx,HIGH\ny,low\n")
    assert (found["x"]["score"], found["y"]["score"]) == ("100.00", "0.00")


@pytest.mark.parametrize("again", ["ab", "AB", "\uff41b", "ab\u00a0", "a\u200bb"])
def test_a_unit_in_another_spelling_is_the_same_unit_and_both_rows_are_named(
    tmp_path: Path, again: str
) -> None:
    done = score(tmp_path, with_(), f"unit,a,b\nAB,1,2\nc,1,2\n{again},3,4\n")
    assert done.exit_code == 1
    assert "is the same unit as AB in row 2" in done.output
    assert "row 4, unit" in done.output


@pytest.mark.parametrize("name", ["合计", "总计", "小计", "Total", "TOTAL:", "合 计", "\uff34otal"])
def test_a_row_of_totals_is_refused(tmp_path: Path, name: str) -> None:
    assert is_total(name)
    done = score(tmp_path, with_(), f"unit,a,b\nx,1,2\n{name},1,2\n")
    assert done.exit_code == 1
    assert "row 3, unit" in done.output
    assert "row of totals" in done.output


def test_headings_are_found_in_any_width(tmp_path: Path) -> None:
    assert units(tmp_path, with_(), "unit,\uff41,b\u00a0\nx,1,2\n")["x"]["score"] == "15.00"


def test_a_stray_quote_makes_no_unit_vanish(tmp_path: Path) -> None:
    done = score(tmp_path, with_(), 'unit,a,b\n"x,1,2\ny,3,4\n')
    assert done.exit_code == 1
    assert "not valid CSV" in done.output


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    scheme = with_(
        tree={"code": "total", "aggregation": "sum", "children": [{"code": "a"}]},
        defaults={"direction": "benefit", "normalise": {"method": "none"}},
        scale=1,
    )
    assert units(tmp_path, scheme, "unit,a\nx,-0.001\ny,1\n")["x"]["score"] == "0.00"
