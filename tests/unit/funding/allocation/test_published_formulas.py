"""Published allocation formulas, written as the page says, against published results or a straight calculation."""

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.reading.incentive import parse_incentive_rules
from shared.documents.reading import read_document

CASES = Path(__file__).parents[3] / "cases" / "funding"


def amounts(rules: str, table: str, budget_fen: int) -> dict[str, int]:
    document = read_document(f"schema: county-clusters/incentive/2\nreward:\n{rules}", name="rules").content
    read, problems = parse_incentive_rules(document, offline=True)
    assert read is not None, problems
    header, *rows = list(csv.reader(table.splitlines()))
    candidates, _ = read_ranking(read.reward, header, rows)
    made = allocate(read.reward, candidates, pool_fen=budget_fen)
    found = {award.candidate.unit: award.amount_fen for award in made.awards}
    assert sum(found.values()) + made.unallocated_fen == budget_fen - made.reserve_fen
    return {candidate.unit: found.get(candidate.unit, 0) for candidate in candidates}


def case(name: str) -> tuple[str, list[dict[str, str]]]:
    text = (CASES / name).read_text("utf-8")
    return text, list(csv.DictReader(io.StringIO(text)))


def by_population(method: str) -> str:
    return f"  amounts: {{method: proportional, to: population}}\n  rounding: {{method: {method}}}"


def test_the_us_house_of_2020_by_hill() -> None:
    """Census Bureau, apportionment of 26 April 2021: 435 seats, equal proportions."""
    text, rows = case("us_house_2020.csv")
    assert amounts(by_population("hill"), text, 435) == {row["unit"]: int(row["seats"]) for row in rows}


@pytest.mark.parametrize(
    ("method", "seats", "column"),
    [("jefferson", 105, "jefferson_105"), ("largest_remainder", 120, "hamilton_120")],
)
def test_the_us_house_of_1792_by_jefferson_and_as_hamilton_wanted_it(
    method: str, seats: int, column: str
) -> None:
    """Balinski and Young 1982, chapter 2: the apportionment act of 1792 and the bill that Washington vetoed."""
    text, rows = case("us_house_1790.csv")
    assert amounts(by_population(method), text, seats) == {row["unit"]: int(row[column]) for row in rows}


def test_the_cambridge_compromise_is_the_base_and_the_rest_rounded_up_under_a_cap() -> None:
    """min(96, ⌈5 + population/divisor⌉ ), the divisor such that the sum is the house (Grimmett et al. 2011)."""
    text, rows = case("us_house_2020.csv")
    rules = """  amounts: {method: proportional, to: population, base: 5}
  rounding: {method: adams}
  caps: [{code: most, amount: 60}]"""
    found = amounts(rules, text, 751)
    people = {row["unit"]: int(row["population"]) for row in rows}
    for divisor in range(500_000, 1_500_000, 50):
        seats = {unit: min(60, 5 - (-number // divisor)) for unit, number in people.items()}
        if sum(seats.values()) == 751:
            break
    assert found == seats


def test_the_coronavirus_relief_fund_raises_to_the_floor_and_shares_the_rest() -> None:
    """CARES Act, sec. 601: 139 billion dollars by population, no state less than 1.25 billion."""
    text, rows = case("us_house_2020.csv")
    pool, floor = 139_000_000_000_00, 1_250_000_000_00
    rules = f"""  amounts: {{method: proportional, to: population}}
  floors: [{{code: state_minimum, amount: {floor}}}]"""
    found = amounts(rules, text, pool)
    people = {row["unit"]: int(row["population"]) for row in rows}
    raised: set[str] = set()
    while True:
        left, rest = pool - floor * len(raised), sum(n for u, n in people.items() if u not in raised)
        below = {u for u, n in people.items() if u not in raised and Fraction(left * n, rest) < floor}
        if not below:
            break
        raised |= below
    assert len(raised) > 15
    for unit, number in people.items():
        exact = Fraction(floor) if unit in raised else Fraction(left * number, rest)
        assert abs(found[unit] - exact) < 1


TITLE_1 = """state,children,poverty,sppe,last_year
A,1000,35,10000,3500000
B,600,20,14000,2500000
C,300,12,8000,1100000
D,40,9,9000,90000
E,2000,28,11000,8000000
"""


def test_title_1_with_hold_harmless_and_a_state_minimum() -> None:
    """20 U.S.C. 6332-6333: children times 40 % of the state's expenditure, kept between 80 and 120 % of the mean."""
    rules = """  amounts:
    method: proportional
    to:
      product:
        - children
        - "0.4"
        - {bounded: sppe, at_least: {percent: 80, of: {mean: sppe}}, at_most: {percent: 120, of: {mean: sppe}}}
  floors:
    - code: hold_harmless
      amount:
        product:
          - last_year
          - lookup: poverty
            steps: [{at_least: 30, value: "0.95"}, {at_least: 15, value: "0.90"}]
            otherwise: "0.85"
    - {code: state_minimum, amount: {percent: "0.25", of: pool}}"""
    pool = 14_500_000
    found = amounts(rules, TITLE_1.replace("state,", "unit,"), pool)
    rows = list(csv.DictReader(io.StringIO(TITLE_1)))
    mean = Fraction(sum(int(row["sppe"]) for row in rows), len(rows))
    weights, floors = {}, {}
    for row in rows:
        bounded = min(max(Fraction(row["sppe"]), mean * 8 / 10), mean * 12 / 10)
        weights[row["state"]] = int(row["children"]) * bounded
        rate = Fraction(95 if int(row["poverty"]) >= 30 else 90 if int(row["poverty"]) >= 15 else 85, 100)
        floors[row["state"]] = max(int(row["last_year"]) * rate, Fraction(pool, 400))
    assert found == _iterated(weights, floors, pool)
    assert any(found[unit] == floors[unit] for unit in found)


def _iterated(weights: dict[str, Fraction], floors: dict[str, Fraction], pool: int) -> dict[str, int]:
    held: set[str] = set()
    while True:
        left = pool - sum(-(-floors[u] // 1) for u in held)
        total = sum(w for u, w in weights.items() if u not in held)
        exact = {
            u: Fraction(-(-floors[u] // 1)) if u in held else left * w / total for u, w in weights.items()
        }
        below = {u for u in weights if exact[u] < floors[u]}
        if not below:
            break
        held |= below
    whole = {u: x.__floor__() for u, x in exact.items()}
    order = sorted(exact, key=lambda u: (whole[u] - exact[u], -exact[u], u))
    for unit in order[: pool - sum(whole.values())]:
        whole[unit] += 1
    return whole


def test_equalisation_transfers_fill_a_part_of_the_gap() -> None:
    """财预〔2008〕90号: (标准财政支出 - 标准财政收入) × 转移支付系数; whoever has no gap gets nothing."""
    rules = "  amounts: {method: proportional, to: {above: revenue, of: expenditure}}"
    table = "unit,expenditure,revenue\n甲,500,300\n乙,400,350\n丙,300,320\n丁,800,300\n"
    assert amounts(rules, table, 600) == {"甲": 160, "乙": 40, "丙": 0, "丁": 400}  # coefficient 0.8


def test_factor_method_with_a_performance_coefficient_and_last_years_amount_kept() -> None:
    """因素法: 基础因素 60 %, 业务因素 30 %, 财力因素 10 %, times a coefficient; nobody below 90 % of last year."""
    rules = """  amounts:
    method: factors
    factors:
      - {of: people, weight: "0.6"}
      - {of: cases, weight: "0.3"}
      - {of: {quotient: [1, wealth]}, weight: "0.1"}
    times: performance
  floors: [{code: kept, amount: {percent: 90, of: last_year}}]
  rounding: {unit_fen: 10000}"""
    table = (
        "unit,people,cases,wealth,performance,last_year\n"
        "甲,50,200,2,1.1,30000000\n乙,30,500,4,1,40000000\n丙,20,300,1,0.9,29000000\n"
    )
    pool = 100_000_000
    found = amounts(rules, table, pool)
    rows = list(csv.DictReader(io.StringIO(table)))
    people, cases = sum(int(r["people"]) for r in rows), sum(int(r["cases"]) for r in rows)
    poor = sum(Fraction(1, int(r["wealth"])) for r in rows)
    mixed = {
        r["unit"]: Fraction(r["performance"])
        * (
            Fraction(6 * int(r["people"]), 10 * people)
            + Fraction(3 * int(r["cases"]), 10 * cases)
            + Fraction(1, 10) * Fraction(1, int(r["wealth"])) / poor
        )
        for r in rows
    }
    floors = {r["unit"]: Fraction(int(r["last_year"]) * 9, 10) / 10_000 for r in rows}
    expected = _iterated(mixed, floors, pool // 10_000)
    assert found == {unit: number * 10_000 for unit, number in expected.items()}


def test_cohesion_funds_by_gap_population_and_unemployment_under_a_cap_of_the_economy() -> None:
    """Regulation (EU) 2021/1060, annex XXVI, in its shape: prosperity, a premium, a cap and a floor."""
    rules = """  amounts:
    method: amount
    of:
      sum:
        - product:
            - {above: gdp, of: "100"}
            - population
            - lookup: gni
              steps: [{at_least: 99, value: "0.09"}, {at_least: 82, value: "0.13"}]
              otherwise: "0.28"
        - product: [50, {above: {product: ["0.07", workers]}, of: unemployed}]
  caps: [{code: economy, amount: {percent: "2.3", of: economy}}]
  floors: [{code: before, amount: {percent: 76, of: last_year}}]
  exhaustion: {policy: refuse}"""
    table = (
        "unit,gdp,population,gni,workers,unemployed,economy,last_year\n"
        "R1,60,1000,70,500,50,30000,0\nR2,90,2000,105,900,100,90000,2500\nR3,120,3000,110,1500,90,200000,800\n"
    )
    found = amounts(rules, table, 20_000)
    r1 = 40 * 1000 * Fraction(28, 100) + 50 * (50 - 35)  # 11,950, above 2.3 % of 30,000
    r2 = 10 * 2000 * Fraction(9, 100) + 50 * (100 - 63)  # 3,650, above 2.3 % of 90,000
    assert [int(r1), int(r2)] == [11_950, 3_650]
    assert found == {"R1": 690, "R2": 2_070, "R3": 608}


def test_a_participatory_budget_skips_or_stops() -> None:
    table = "unit,rank,requested\n1,1,400\n2,2,700\n3,3,300\n4,4,500\n5,5,100\n"
    rules: dict[str, dict[str, Any]] = {
        "skip": {"1": 400, "2": 0, "3": 300, "4": 0, "5": 100},
        "stop": {"1": 400, "2": 0, "3": 0, "4": 0, "5": 0},
    }
    for policy, expected in rules.items():
        text = f"  amounts: {{method: requested}}\n  exhaustion: {{policy: {policy}}}"
        assert amounts(text, table, 1000) == expected
