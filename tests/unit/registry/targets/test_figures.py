"""Figures of lines from sums, what is expected of them, and where they lead to."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.measures import CountyClusters, CountyEntries, Measure, TargetMeasure
from services.registry.domain.programme.targets import Target
from services.registry.domain.targets.figures import Point, Sums, nothing, points_of
from services.registry.domain.targets.judgement import Goal, judge
from services.registry.domain.targets.lines import Line, line_of, lines_of
from services.registry.domain.targets.projection import project
from services.registry.domain.targets.reasons import NO_FIGURES
from services.registry.domain.targets.units import Unit, shown_to
from shared.errors import NotFound
from tests.support import programme
from tests.unit.registry.filings.examples import PROGRAMME

WORDS = {"label": "illustrative", "definition": {"zh": "口径", "en": "definition"}}


def measure(kind: str, **more: Any) -> Measure:
    found: Measure = TypeAdapter(TargetMeasure).validate_python({"kind": kind, **WORDS, **more})
    return found


TOTAL = measure("firms", qualifications=["listed"])
SHARE = measure("firm_share", filled="park")
GROWTH = measure("park_ratio_growth", part="investment_wan", whole="area_mu", base_year=2023)
COUNT = measure("designations")


def sums(year: int, **more: Any) -> Sums:
    numbers: dict[str, Any] = {
        name: Decimal(own) if name in {"total", "part", "whole"} else own for name, own in more.items()
    }
    return replace(nothing(year), **numbers)


def figure(of: Measure, own: Sums, *others: Sums, looked_at: int = 1) -> tuple[Decimal | None, str | None]:
    found = {entry.year: entry for entry in (own, *others)}
    [point] = points_of(of, found, [own.year], population={own.year: looked_at})
    return point.value, None if point.reason is None else point.reason.code


def test_a_figure_without_population_units_or_denominator_is_none_and_never_zero() -> None:
    assert figure(TOTAL, sums(2025), looked_at=0) == (None, "no-clusters")
    assert figure(TOTAL, sums(2025, unknown=3)) == (None, "no-figures")
    assert figure(TOTAL, sums(2025, not_counted=2)) == (Decimal(0), None)
    assert figure(TOTAL, sums(2025, counted=2, total="9")) == (Decimal(9), None)
    assert figure(SHARE, sums(2025)) == (None, "no-figures")
    assert figure(SHARE, sums(2025, counted=1, part="1", whole="0")) == (None, "no-denominator")
    assert figure(SHARE, sums(2025, counted=1, part="2", whole="3")) == (Decimal("66.666667"), None)
    assert figure(COUNT, sums(2025), looked_at=0) == (Decimal(0), None)
    assert figure(TOTAL, sums(2025, counted=1, total="1e18")) == (None, "too-large")


def test_growth_is_the_average_of_the_years_since_the_base() -> None:
    base = sums(2023, counted=1, part="300000", whole="1000")
    assert figure(GROWTH, sums(2025, counted=1, part="363000", whole="1000"), base) == (Decimal(10), None)
    assert figure(GROWTH, sums(2024, counted=1, part="363000", whole="1100"), base) == (Decimal(10), None)
    assert figure(GROWTH, sums(2024, counted=1, part="0", whole="1100"), base) == (Decimal(-100), None)
    assert figure(GROWTH, base) == (None, "is-base-year")
    now = sums(2025, counted=1, part="1", whole="1")
    assert figure(GROWTH, now) == (None, "no-base")
    assert figure(GROWTH, now, sums(2023, counted=1, part="0", whole="1")) == (None, "no-base")
    assert figure(GROWTH, sums(2025), base) == (None, "no-denominator")


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.decimals(-50, 80, places=2), st.integers(1, 12))
def test_the_same_growth_every_year_is_the_average(part: int, whole: int, rate: Decimal, years: int) -> None:
    grown = Decimal(part)
    for _ in range(years):
        grown *= 1 + rate / 100
    now = Sums(2023 + years, 1, 0, 0, Decimal(0), grown, Decimal(whole))
    value, _ = figure(GROWTH, now, sums(2023, part=str(part), whole=str(whole)))
    assert value is not None
    assert abs(value - rate) <= Decimal("0.000001")


@pytest.mark.parametrize(
    ("comparison", "value", "place"),
    [
        ("more_than", "10", "below"), ("more_than", "10.01", "within"),  # 超
        ("at_least", "9.99", "below"), ("at_least", "10", "within"), ("at_least", "99", "within"),  # 以上
        ("equals", "9", "below"), ("equals", "10", "within"), ("equals", "11", "above"),
        ("at_most", "10", "within"), ("at_most", "11", "above"),
        ("about", "7.9", "below"), ("about", "8", "within"), ("about", "13", "within"), ("about", "13.1", "above"),
    ],
)  # fmt: skip
def test_a_comparison_says_on_which_side_a_figure_lies(comparison: Any, value: str, place: str) -> None:
    goal = Goal(comparison, Decimal(10), below=Decimal(2), above=Decimal(3))
    found = judge(goal, Decimal(value), Decimal(10), why_none=None, comparable=True)
    assert (found.place, found.fulfilled, found.reason) == (place, place == "within", None)


def test_what_cannot_be_compared_says_why() -> None:
    goal = Goal("about", Decimal(10))
    for found, code in (
        (judge(goal, Decimal(10), Decimal(10), why_none=None, comparable=True), "no-tolerance"),
        (judge(goal, Decimal(10), None, why_none=None, comparable=True), "no-step"),
        (judge(goal, None, Decimal(10), why_none=NO_FIGURES, comparable=True), "no-figures"),
        (judge(goal, Decimal(10), Decimal(10), why_none=None, comparable=False), "of-the-whole-programme"),
    ):
        assert found.fulfilled is None
        assert found.reason is not None
        assert found.reason.code == code
    upwards = Goal("about", Decimal(10), below=Decimal(1))
    assert judge(upwards, Decimal(99), Decimal(10), why_none=None, comparable=True).fulfilled


def line(code: str, year: int = 2025) -> Line:
    return line_of(PROGRAMME, code, year)


def way(**values: str | None) -> list[Point]:
    return [
        Point(int(year[1:]), None if value is None else Decimal(value), None, nothing(int(year[1:])))
        for year, value in values.items()
    ]


def test_a_projection_is_a_straight_line_from_the_first_known_year() -> None:
    found = project(line("listed_firms"), way(y2024="10", y2025="13"))
    assert (found.value, found.from_year, found.to_year, found.year) == (Decimal(16), 2024, 2025, 2026)
    assert project(line("listed_firms"), way(y2023="4", y2024=None, y2025="9")).value == Decimal("11.5")
    assert project(line("listed_firms"), way(y2024="10", y2025="2")).value == 0  # an amount is not below zero
    assert project(line("platform_coverage"), way(y2024="80", y2025="95")).value == 100
    late = project(line("listed_firms"), way(y2024="10", y2026="14"))
    assert late.value == 14


def test_a_growth_goes_on_as_it_is() -> None:
    found = project(line("investment_per_mu_growth"), way(y2023=None, y2024="8", y2025="9.5"))
    assert (found.method, found.value, found.from_year, found.to_year) == (
        "constant",
        Decimal("9.5"),
        2023,
        2025,
    )


def test_without_two_years_there_is_no_projection() -> None:
    for code, points, reason in (
        ("listed_firms", way(y2024=None, y2025="3"), "too-few-years"),
        ("investment_per_mu_growth", way(y2023=None, y2024=None), "too-few-years"),
        ("leading_industries_within_cap", way(y2025="100"), "every-year"),
    ):
        found = project(line(code), points)
        assert found.value is None
        assert found.reason is not None
        assert found.reason.code == reason


def test_the_way_begins_in_the_base_year_and_has_its_steps() -> None:
    own = line("listed_firms")
    assert [own.years(year) for year in (2023, 2024, 2025, 2028)] == [
        [2023], [2024], [2024, 2025], [2024, 2025, 2026, 2028],
    ]  # fmt: skip
    assert [own.expected(year) for year in (2023, 2024, 2025, 2026, 2027)] == [None, 12, 16, 20, 20]
    assert line("leading_industries_within_cap").years(2025) == [2025]


def test_27_has_18_targets_the_two_caps_and_what_each_county_has() -> None:
    found = lines_of(PROGRAMME, 2026)
    assert len([entry for entry in found if entry.kind == "target"]) == 18
    assert all(entry.measure is not None for entry in found)
    caps = {entry.measure.cap for entry in found if isinstance(entry.measure, CountyEntries | CountyClusters)}
    assert caps == {"leading_industries", "clusters_in_focus", None}
    with pytest.raises(NotFound):
        line("nothing")


def changed(**more: Any) -> Programme:
    return Programme.model_validate(programme.document("programme") | more)


def test_nested_tiers_count_those_above_and_exclusive_ones_do_not() -> None:
    assert [line_of(PROGRAMME, f"clusters_over_{n}_billion", 2025).next_tier for n in (10, 30, 50, 100)] == [
        None
    ] * 4
    tiers = [{"code": "1314", "counting": "exclusive", "label": "illustrative"}]
    exclusive = changed(tiers=tiers)
    assert [line_of(exclusive, f"clusters_over_{n}_billion", 2025).next_tier for n in (10, 30, 50, 100)] == [
        3_000_000, 5_000_000, 10_000_000, None,
    ]  # fmt: skip


def test_of_a_target_for_several_years_the_next_one_is_shown() -> None:
    targets = programme.document("programme")["targets"]
    first = {key: value for key, value in targets[0].items() if key not in {"path", "measure"}}
    several = changed(
        targets=[{**first, "year": year, "value": str(year)} for year in (2026, 2024)], tiers=[]
    )
    assert [line_of(several, first["code"], year).year for year in (2023, 2024, 2025, 2026, 2030)] == [
        2024, 2024, 2026, 2026, 2026,
    ]  # fmt: skip


def test_what_another_division_keeps_is_shown_by_its_code_only() -> None:
    unit = Unit(
        "firm", "9142", "某公司", "429006", ["421303-01"], Decimal(7), "counted", "registers", "P1", None
    )
    assert shown_to(unit, {"429006"}) == unit
    hidden = shown_to(unit, {"421303"})
    assert (hidden.code, hidden.name, hidden.value, hidden.reference) == ("9142", None, None, None)


def test_a_target_without_a_measure_is_one() -> None:
    bare = Target.model_validate(
        {"code": "t", "zh": "目标", "en": "t", "year": 2026, "comparison": "equals", "value": "1", "unit": "个",
         "label": "illustrative"}
    )  # fmt: skip
    assert (bare.measure, bare.tier) == (None, None)
