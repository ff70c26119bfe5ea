"""`clusters allocate` on files: its output, and what bad rules, bad tables and bad budgets get."""

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner, Result

from clients.cli.main import make_app
from shared.documents.canonical import canonical_bytes, sha256_of

RULES: dict[str, Any] = {
    "schema": "county-clusters/incentive/2",
    "reward": {
        "cut": {"top": 2, "ties": "all", "label": "official", "clause": "27号 三(五)"},
        "amounts": {"method": "proportional", "to": "score"},
    },
}
TABLE = "unit,rank,score\nb,2,40\na,1,60\nc,3,10\n"


def allocate(
    tmp_path: Path, rules: object = RULES, table: str | bytes = TABLE, budget: str = "1000", *options: str
) -> Result:
    text = rules if isinstance(rules, str) else yaml.safe_dump(rules, allow_unicode=True, sort_keys=False)
    (tmp_path / "r.yaml").write_text(text, "utf-8")
    (tmp_path / "t.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    files = ["--rules", str(tmp_path / "r.yaml"), "--ranking", str(tmp_path / "t.csv")]
    return CliRunner().invoke(make_app(), ["allocate", *files, "--budget-fen", budget, *options])


def allocate_in(
    tmp_path: Path, budget: str, unit: str, rules: object = RULES, table: str = TABLE, *options: str
) -> Result:
    """With the budget in the unit that amounts are shown in."""
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True, sort_keys=False), "utf-8")
    (tmp_path / "t.csv").write_text(table, "utf-8")
    files = ["--rules", str(tmp_path / "r.yaml"), "--ranking", str(tmp_path / "t.csv")]
    return CliRunner().invoke(
        make_app(), ["allocate", *files, f"--budget={budget}", "--unit", unit, *options]
    )


def reward(**parts: Any) -> dict[str, Any]:
    return {"schema": "county-clusters/incentive/2", "reward": {**RULES["reward"], **parts}}


def failed(done: Result) -> str:
    assert done.exit_code != 0
    assert done.stdout == ""
    return done.stderr


def test_the_answer_has_the_documented_form(tmp_path: Path) -> None:
    done = allocate(tmp_path, RULES, TABLE, "1000", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert list(answer) == ["rules_sha256", "units", "remainder_fen", "found"]
    assert answer["found"] == {"amounts.level_fen": "10"}
    assert answer["rules_sha256"] == sha256_of(canonical_bytes(RULES))
    assert [(u["unit"], u["amount_fen"]) for u in answer["units"]] == [("b", 400), ("a", 600), ("c", 0)]
    assert answer["remainder_fen"] == 0
    for unit in answer["units"]:
        assert set(unit) == {"unit", "amount_fen", "steps"}
        for step in unit["steps"]:
            assert set(step) == {"step", "rule", "amount_fen"}
            assert isinstance(step["amount_fen"], int)
        assert unit["steps"][-1]["amount_fen"] == unit["amount_fen"]
    assert "27号 三(五)" in answer["units"][2]["steps"][-1]["rule"]


def test_people_can_read_it_too(tmp_path: Path) -> None:
    done = allocate(tmp_path, RULES, TABLE, "300000000")
    assert "180 万元" in done.stdout
    assert "余款 / left over: 0 万元" in done.stdout


def test_people_choose_the_unit(tmp_path: Path) -> None:
    """A budget of 300 万元 is 180 and 120; in yuan 1,800,000 and 1,200,000; 5 seats are 3 and 2."""
    shown = {
        unit: allocate_in(tmp_path, budget, unit).stdout
        for unit, budget in (("万元", "300"), ("yuan", "3000000"), ("seats", "5"))
    }
    assert "180 万元" in shown["万元"]
    assert "1,800,000 元" in shown["yuan"]
    assert "3 席 seats" in shown["seats"]
    assert "余款 / left over: 0 席 seats" in shown["seats"]
    assert "0.45 万元" in allocate_in(tmp_path, "0.75", "万元").stdout


def test_messages_are_in_the_unit_that_was_chosen(tmp_path: Path) -> None:
    rules = reward(floors=[{"code": "least", "amount": 6}])
    told = failed(allocate_in(tmp_path, "10", "seats", rules))
    assert "The floors (or bases) add up to 12 席 seats, more than the 10 席 seats" in told
    assert "万元" not in told


@pytest.mark.parametrize("budget", ["0", "-1", "1e3", "1,000", "0.0000001", "9007199254.740992", "", "abc"])
def test_a_budget_in_wan_is_above_zero_and_a_whole_number_of_fen(tmp_path: Path, budget: str) -> None:
    told = failed(allocate_in(tmp_path, budget, "万元"))
    assert "--budget" in told
    assert "9,007,199,254.740991 万元" in told


def test_one_budget_and_a_known_unit_are_expected(tmp_path: Path) -> None:
    assert "--budget or --budget-fen" in failed(allocate(tmp_path, RULES, TABLE, "100", "--budget", "1"))
    assert "万元、元、分、seats" in failed(allocate_in(tmp_path, "1", "亿元"))


def test_the_tables_say_who_gets_what_and_that_a_floor_decided(tmp_path: Path) -> None:
    """60 and 40 of 100 with a floor of 45 万元: 55 and 45."""
    rules = reward(floors=[{"code": "least", "amount": 45_000_000}])
    table = "unit,rank,score\n=b,2,40\na,1,60\nc,3,10\n"
    out = tmp_path / "out"
    done = allocate_in(tmp_path, "100", "万元", rules, table, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert re.search(r"2 +45 万元 +proportional +=b +按保底 / at its floor", done.stdout)
    assert (out / "amounts.csv").read_text("utf-8-sig").splitlines() == [
        "unit,rank,amount (万元),by,原因,why",
        "'=b,2,45,proportional,按保底,at its floor",
        'a,1,55,proportional,"其他单位按保底,可按权数分配的减少",less: others are at their floors',
        "c,3,0,,未入围,behind the cut",
    ]
    steps = (out / "steps.csv").read_text("utf-8-sig").splitlines()
    assert "'=b,limits,reward.floors.least; illustrative,45,按保底,at its floor" in steps
    assert (out / "sums.csv").read_text("utf-8-sig").splitlines()[1:] == [
        "budget (万元),100",
        "reserve (万元),0",
        "awarded (万元),100",
        "left (万元),0",
        "amounts.level_fen,1000000",
        "limits.level_fen,916666.666666667",
    ]


def test_a_workbook_has_every_table_and_a_csv_the_amounts(tmp_path: Path) -> None:
    for name in ("r.xlsx", "r.csv"):
        done = allocate(
            tmp_path, RULES, TABLE, "1000", "--unit", "分", "--json", "--out", str(tmp_path / name)
        )
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["units"][0]["amount_fen"] == 400
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["amounts", "steps", "sums"]
    rows = [[cell.value for cell in row] for row in book["amounts"].iter_rows()]
    assert rows[0] == ["unit", "rank", "amount (分)", "by", "原因", "why"]
    assert [row[:3] for row in rows[1:]] == [["b", 2, 400], ["a", 1, 600], ["c", 3, 0]]
    assert (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()[1] == "b,2,400,proportional,,"


def test_the_programmes_own_rules_are_taken(tmp_path: Path) -> None:
    rules = Path(__file__).parents[3] / "programmes" / "hubei-county-clusters" / "incentive.yaml"
    columns = "status,eligible,developing_well,revenue,rd_intensity"
    rows = "".join(f"u{n:02d},{n},designated,yes,yes,{100 - n},1\n" for n in range(1, 20))
    done = allocate(
        tmp_path, rules.read_text("utf-8"), f"unit,rank,{columns}\n{rows}", "8000000000", "--json"
    )
    assert done.exit_code == 0, done.output
    amounts = [unit["amount_fen"] // 1_000_000 for unit in json.loads(done.stdout)["units"]]
    assert amounts == [1000] * 3 + [700] * 5 + [500] * 3 + [0] * 8


@pytest.mark.parametrize(
    "budget", ["0", "-1", "9223372036854775808", "9007199254740992", "1.5", "1e3", "", "１"]
)
def test_a_budget_is_a_positive_whole_number_of_fen(tmp_path: Path, budget: str) -> None:
    assert "--budget-fen" in failed(allocate(tmp_path, RULES, TABLE, budget, "--json"))


BAD_TABLES = {
    "column-missing": "unit,rank\na,1\n",
    "unit-code": "unit,rank,score\na,1,60\na,2,40\n",
    "unit-code-empty": "unit,rank,score\n,1,60\n",
    "row-length": "unit,rank,score\na,1\n",
    "number-expected": "unit,rank,score\na,1,=A1*2\n",
    "number-expected-nan": "unit,rank,score\na,1,NaN\n",
    "number-expected-comma": 'unit,rank,score\na,1,"1,000"\n',
    "number-expected-huge": "unit,rank,score\na,1,1e30\n",
    "rank-expected": "unit,rank,score\na,first,60\n",
    "rank-expected-zero": "unit,rank,score\na,0,60\n",
    "column-twice": "unit,rank,score,score\na,1,60,60\n",
    "no-units": "unit,rank,score\n",
    "number-expected-row": "unit,rank,score\n\na,1,60\n\nb,2,x\n",
    "flag-expected-row": "unit,rank,score,eligible\n\na,1,60,perhaps\n",
}
WORDS = {
    "column-missing": "score", "unit-code": "a", "unit-code-empty": "row 2", "row-length": "2 cells, not 3",
    "number-expected": "=A1*2", "number-expected-nan": "NaN", "number-expected-comma": "1,000",
    "number-expected-huge": "1e30", "rank-expected": "first", "rank-expected-zero": "0",
    "column-twice": "score", "no-units": "units",
    "number-expected-row": "row 5", "flag-expected-row": "row 3",
}  # fmt: skip


@pytest.mark.parametrize("rule", BAD_TABLES)
def test_a_bad_table_is_named_by_row_and_column(tmp_path: Path, rule: str) -> None:
    told = failed(allocate(tmp_path, RULES, BAD_TABLES[rule], "1000", "--json"))
    assert "row " in told
    assert WORDS[rule] in told
    assert "[ranking-invalid]" in told
    assert re.search(rf"\[{'-'.join(rule.split('-')[:2])}\]", told)


@pytest.mark.parametrize("table", ["unit,rank,score\na,1,60\nb,3,40\n", "unit,rank,score\na,2,60\n"])
def test_ranks_with_gaps_are_refused(tmp_path: Path, table: str) -> None:
    told = failed(allocate(tmp_path, RULES, table, "1000", "--json"))
    assert "[ranks-are-not-competition-ranks]" in told


def test_a_budget_below_the_floors_is_explained(tmp_path: Path) -> None:
    rules = reward(floors=[{"code": "least", "amount": 600}])
    told = failed(allocate(tmp_path, rules, TABLE, "1000", "--json"))
    assert "[floors-exceed-pool]" in told
    assert "0.0012 万元" in told


def test_what_is_no_text_or_no_csv_is_refused(tmp_path: Path) -> None:
    assert "UTF-8" in failed(allocate(tmp_path, RULES, b"\xff\xfe", "1000"))
    assert "CSV" in failed(allocate(tmp_path, RULES, 'unit,rank,score\n"a,1,60\n', "1000"))
    failed(allocate(tmp_path, RULES, "", "1000"))


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    table = TABLE.replace("\n", "\r\n").encode("utf-8-sig")
    assert json.loads(allocate(tmp_path, RULES, table, "1000", "--json").stdout)["remainder_fen"] == 0


MISTAKES: dict[str, dict[str, Any]] = {
    "reward.cut.ties": reward(cut={"top": 2}),
    "reward.amounts.method": reward(amounts={"method": "lottery"}),
    "reward.amounts.to": reward(amounts={"method": "proportional", "to": {"square": "score"}}),
    "reward.amounts.factors": reward(
        amounts={"method": "factors", "factors": [{"of": "a", "weight": "0.5"}, {"of": "b", "weight": "0.4"}]}
    ),
    "reward.tie_keys": reward(cut={"top": 2, "ties": "by_keys"}),
    "reward.strata": reward(cut={"top": {"a": 1}, "ties": "all"}),
    "reward.rounding.method": reward(
        rounding={"method": "jefferson"}, group_caps=[{"code": "c", "by": "county", "amount": 5}]
    ),
    "reward.exhaustion": reward(exhaustion={"policy": "skip"}),
    "reward.caps[0].colour": reward(caps=[{"code": "c", "amount": 5, "colour": "red"}]),
    "reward.floors": reward(floors=[{"code": "c", "amount": 5}, {"code": "c", "amount": 6}]),
    "reward.admin_reserve.take": reward(admin_reserve={"percent": 1, "fixed_fen": 5}),
    "reward.group_caps[0]": reward(group_caps=[{"code": "c", "by": "county"}]),
    "reward.eligibility.tests[0]": reward(eligibility={"tests": [{"code": "x", "of": "score"}]}),
    "reward.strata.pools": reward(strata={"pools": {"a": 50, "b": 40}}),
    "reward.removal.backfill": reward(removal={"backfill": "no"}),
}


@pytest.mark.parametrize("path", MISTAKES)
def test_a_mistake_in_the_rules_is_named_by_line_and_path(tmp_path: Path, path: str) -> None:
    told = failed(allocate(tmp_path, MISTAKES[path], TABLE, "1000", "--json"))
    assert "r.yaml:" in told
    assert path.replace(".colour", "") in told


def test_the_line_and_the_clause_are_those_of_the_rule(tmp_path: Path) -> None:
    text = """schema: county-clusters/incentive/2
reward:
  cut:
    top: 0
    ties: all
    label: official
    clause: 27号 三(五)
  amounts: {method: equal}
"""
    told = failed(allocate(tmp_path, text, TABLE, "1000"))
    assert "r.yaml:4 reward.cut.top" in told
    assert "(clause: 27号 三(五))" in told


def test_a_binary_fraction_in_json_is_text_and_stays_exact(tmp_path: Path) -> None:
    rules = '{"schema": "county-clusters/incentive/2", "reward": {"amounts": {"method": "proportional", "to": 0.1}}}'
    done = allocate(tmp_path, rules, "unit\na\nb\n", "10", "--json")
    assert [unit["amount_fen"] for unit in json.loads(done.stdout)["units"]] == [5, 5]


def test_a_worked_example_that_fails_stops_the_allocation(tmp_path: Path) -> None:
    example = {
        "name": "two",
        "budget_fen": 100,
        "units": [{"unit": "x", "rank": 1, "score": "3"}, {"unit": "y", "rank": 2, "score": "1"}],
        "expect": {"x": 70, "y": 30},
    }
    told = failed(allocate(tmp_path, RULES | {"examples": [example]}, TABLE, "1000", "--json"))
    assert "two" in told
    assert "expected 70, found 75" in told
    held = RULES | {"examples": [example | {"expect": {"x": 75, "y": 25}, "remainder_fen": 0}]}
    assert allocate(tmp_path, held, TABLE, "1000", "--json").exit_code == 0
    refused = RULES | {"examples": [{k: v for k, v in example.items() if k != "expect"} | {"refused": "x"}]}
    assert "expected the refusal x" in failed(allocate(tmp_path, refused, TABLE, "1000"))
    bad = RULES | {"examples": [example | {"units": [{"unit": "x", "rank": 1}]}]}
    assert "examples[0]" in failed(allocate(tmp_path, bad, TABLE, "1000"))


def test_columns_that_nothing_reads_are_named_and_do_no_harm(tmp_path: Path) -> None:
    done = allocate(tmp_path, RULES, "unit,rank,score,colour\na,1,60,red\n", "1000", "--json")
    assert "colour" in done.stderr
    assert json.loads(done.stdout)["units"][0]["amount_fen"] == 1000


def test_words_may_be_in_any_script_and_a_plain_no_is_no_removal(tmp_path: Path) -> None:
    rules = {
        "schema": "county-clusters/incentive/2",
        "reward": {
            "strata": {"column": "类别"},
            "ranking": {"within": "strata"},
            "cut": {"top": {"一类": 1, "二类": 2}, "ties": "all"},
            "amounts": {"method": "proportional", "to": "营业收入"},
        },
    }
    table = (
        "unit,rank,类别,营业收入,removed\n甲,1,一类,60,no\n乙,2,一类,50,否\n丙,1,二类,30,0\n丁,2,二类,10,是\n"
    )
    answer = json.loads(allocate(tmp_path, rules, table, "1000", "--json").stdout)
    assert [unit["amount_fen"] for unit in answer["units"]] == [600, 0, 300, 0]
    assert answer["remainder_fen"] == 100


@pytest.mark.parametrize("word", ["无", "-", "N/A", "举报属实", "no?", "２"])
@pytest.mark.parametrize("column", ["removed", "eligible", "mature"])
def test_a_yes_or_no_column_has_a_closed_list_of_words(tmp_path: Path, column: str, word: str) -> None:
    rules = {
        **RULES,
        "reward": RULES["reward"] | {"eligibility": {"vetoes": ["mature"]}},
    }
    held = {"removed": "", "eligible": "yes", "mature": ""} | {column: word}
    table = f"unit,rank,score,{','.join(held)}\na,1,60,{','.join(held.values())}\n"
    told = failed(allocate(tmp_path, rules, table, "1000", "--json"))
    assert "flag-expected" in told
    assert column in told
    assert word in told


@pytest.mark.parametrize(
    ("word", "paid"),
    [(word, 0) for word in ("yes", "Y", "ＴＲＵＥ", "1", "是", "是\u200b")]
    + [(word, 1000) for word in ("no", "N", "False", "０", "否", "\u3000", "")],
)
def test_both_answers_are_read_as_people_see_them(tmp_path: Path, word: str, paid: int) -> None:
    table = f"unit,rank,score,removed\na,1,60,{word}\n"
    answer = json.loads(allocate(tmp_path, RULES, table, "1000", "--json").stdout)
    assert answer["units"][0]["amount_fen"] == paid


@pytest.mark.parametrize("again", ["A1", "Ａ1", "a1\u200b", " a1"])
def test_a_unit_stands_once_however_it_is_typed(tmp_path: Path, again: str) -> None:
    table = f"unit,rank,score\na1,1,60\n{again},2,50\n"
    assert "unit-code" in failed(allocate(tmp_path, RULES, table, "1000"))


@pytest.mark.parametrize("total", ["合计", "总计", "小计", "Total"])
def test_a_row_of_totals_gets_no_money(tmp_path: Path, total: str) -> None:
    table = f"unit,rank,score\na,1,60\n{total},2,60\n"
    assert "row-of-totals" in failed(allocate(tmp_path, RULES, table, "1000"))
