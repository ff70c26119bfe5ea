"""Names as headings have them, and messages that name the word, the row and the place in the rules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from services.funding.domain.reading.fields import COLUMN_LENGTH
from tests.unit.funding.test_offline import allocate, failed

PAGE = (Path(__file__).parents[4] / "docs" / "incentives.md").read_text("utf-8")
READING = Path(__file__).parents[4] / "services" / "funding" / "domain" / "reading"


def by(amounts: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"schema": "county-clusters/incentive/2", "reward": {"amounts": amounts, **parts}}


def amounts_of(done: Result) -> list[int]:
    assert done.exit_code == 0, done.output
    return [unit["amount_fen"] for unit in json.loads(done.stdout)["units"]]


@pytest.mark.parametrize(
    "heading",
    ["人均GDP(元)", "人均GDP\uff08元\uff09", "2023年人口", "R&D经费", "GDP, current", "R:D", "营业收入/万元"],
)
def test_usual_headings_are_names_of_columns(tmp_path: Path, heading: str) -> None:
    rules = by({"method": "proportional", "to": heading})
    assert amounts_of(allocate(tmp_path, rules, f'unit,"{heading}"\na,1\nb,3\n', "100", "--json")) == [25, 75]


def test_a_heading_is_found_whatever_its_width(tmp_path: Path) -> None:
    rules = by({"method": "proportional", "to": "人均GDP(元)"})
    table = "unit,人均\uff27\uff24\uff30\uff08元\uff09\na,1\nb,3\n"
    assert amounts_of(allocate(tmp_path, rules, table, "100", "--json")) == [25, 75]


def test_a_heading_like_a_number_is_named_as_a_column(tmp_path: Path) -> None:
    table = "unit,2023\na,1\nb,3\n"
    assert amounts_of(
        allocate(tmp_path, by({"method": "proportional", "to": 2023}), table, "100", "--json")
    ) == [50, 50]
    for name in ("2023", 2023):
        rules = by({"method": "proportional", "to": {"column": name}})
        assert amounts_of(allocate(tmp_path, rules, table, "100", "--json")) == [25, 75]


@pytest.mark.parametrize("name", ["50%", "1,000", "1e5", "-", "", " ", "x" * 101, "a\tb", "12.5.1"])
def test_what_is_no_name_is_told_with_the_limits_of_names(tmp_path: Path, name: str) -> None:
    told = failed(allocate(tmp_path, by({"method": "proportional", "to": name}), "unit,x\na,1\n", "100"))
    assert "reward.amounts.to" in told
    assert f"1 to {COLUMN_LENGTH} characters" in told
    assert f"1至{COLUMN_LENGTH}个字符" in told
    assert str(COLUMN_LENGTH) in PAGE


MESSAGES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "an unknown word": (
        by({"method": "amount", "of": {"match": "kind", "values": {"A": 1, "B": 2}}}),
        "unit,kind\na,A\nb,丙类\n",
        "[no-row-for-value]",
        "row 3, b: kind is '丙类'; the rules have A, B (reward.amounts.of.match)",
    ),
    "a value below the steps": (
        by(
            {
                "method": "amount",
                "of": {"product": [2, {"lookup": "size", "steps": [{"at_least": 5, "value": 1}]}]},
            }
        ),
        "unit,size\na,5\nb,4.5\n",
        "[no-row-for-value]",
        "row 3, b: 4.5 is below the lowest step 5 (reward.amounts.of.product[1].lookup)",
    ),
    "a division by zero": (
        by({"method": "amount", "of": {"quotient": [12, "size"]}}),
        "unit,size\na,5\nb,0\n",
        "[division-by-zero]",
        "row 3, b: 12 cannot be divided by 0 (reward.amounts.of.quotient)",
    ),
    "which factor is zero": (
        by(
            {
                "method": "factors",
                "factors": [{"of": "gdp", "weight": "0.5"}, {"of": "area", "weight": "0.5"}],
            }
        ),
        "unit,gdp,area\na,1,0\nb,2,0\n",
        "[total-is-zero]",
        "of 2 unit(s) the total of area is 0: there are no shares of it (reward.amounts.factors[1].of)",
    ),
    "the sum of weights": (
        by(
            {
                "method": "factors",
                "factors": [{"of": "gdp", "weight": "0.5"}, {"of": "area", "weight": "0.4"}],
            }
        ),
        "unit,gdp,area\na,1,1\n",
        "[weights-sum]",
        "they are 0.5, 0.4 and add up to 0.9",
    ),
    "the sum of percents": (
        by({"method": "equal"}, strata={"column": "side", "pools": {"east": 50, "west": "40.5"}}),
        "unit,side\na,east\n",
        "[percents-sum]",
        "they are east 50, west 40.5 and add up to 90.5",
    ),
    "an amount below zero": (
        by({"method": "amount", "of": {"difference": [5, "size"]}}),
        "unit,size\na,1\nb,7\n",
        "[amount-below-zero]",
        "row 3, b: -2 (reward.amounts.of)",
    ),
    "a base below zero": (
        by({"method": "proportional", "to": "size", "base": {"difference": [5, "size"]}}),
        "unit,size\na,1\nb,7\n",
        "[amount-below-zero]",
        "row 3, b: -2 (reward.amounts.base)",
    ),
    "a weight below zero": (
        by({"method": "proportional", "to": {"difference": [5, "size"]}}),
        "unit,size\na,1\nb,7\n",
        "[nothing-to-share-by]",
        "row 3, b: -2 (reward.amounts)",
    ),
    "no weight at all": (
        by({"method": "proportional", "to": "size"}),
        "unit,size\na,0\nb,0\n",
        "[nothing-to-share-by]",
        "reward.amounts: the weight of each of the 2 unit(s) is 0",
    ),
    "a word of no stratum": (
        by({"method": "equal"}, strata={"column": "side", "sets": {"east": ["E"], "west": ["W"]}}),
        "unit,side\na,E\nb,N\n",
        "[stratum]",
        "row 3, b: side is 'N'",
    ),
}


@pytest.mark.parametrize("fault", MESSAGES)
def test_a_message_names_the_word_the_row_and_the_place(tmp_path: Path, fault: str) -> None:
    rules, table, rule, message = MESSAGES[fault]
    told = failed(allocate(tmp_path, rules, table, "100"))
    assert rule in told
    assert message in told
    for line in told.splitlines()[2:]:
        zh, _, en = line.partition(" / ")
        assert set(re.findall(r"[0-9.]+[0-9]", zh)) >= set(re.findall(r"[0-9.]+[0-9]", en))


def test_combinations_that_are_refused_are_on_the_page() -> None:
    """Every rule that the whole set of rules breaks, and not a key alone, is named there."""
    text = "".join((READING / name).read_text("utf-8") for name in ("checks.py", "amounts.py", "reward.py"))
    together = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)) - set(
        re.findall(r'"([a-z-]+-expected)"', text)
    )
    assert {"group-caps-with-pools", "divisor-with-group-caps", "next-rank-with-caps"} <= together
    missing = sorted(rule for rule in together if f"`{rule}`" not in PAGE)
    assert missing == []
    assert re.search(r"anchor", PAGE, flags=re.IGNORECASE)
