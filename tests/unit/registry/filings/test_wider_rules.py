"""Rules beyond one figure: registers, county, other filings, digits, thresholds."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.registry.domain.filings.checks.figures import NOTHING_AROUND, Surroundings
from services.registry.domain.filings.checks.values import check_content
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.programme.checks import AnyCheck
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from tests.support import programme

CATALOGUE = IndicatorCatalogue.model_validate(programme.document("indicators"))
YEAR = 2023


def found(
    check: dict[str, Any], figures: dict[str, str], around: Surroundings = NOTHING_AROUND
) -> list[tuple[str, int | None]]:
    """Indicator and year of what one rule finds in figures of 2023."""
    rule: Any = TypeAdapter(AnyCheck).validate_python(
        {
            "code": "tested",
            "severity": "warning",
            "waivable": True,
            "zh": "规则",
            "en": "rule",
            "label": "illustrative",
            **check,
        }
    )
    policy = Programme.model_validate(programme.document("programme")).model_copy(update={"checks": (rule,)})
    values = tuple(
        FiledValue(code, YEAR, "value", Decimal(number), "按指标目录", "reported", "x")
        for code, number in figures.items()
    )
    findings = check_content(
        Content(values, {}, ()), programme=policy, catalogue=CATALOGUE, data_year=YEAR, around=around
    )
    return [(finding.indicator, finding.data_year) for finding in findings if finding.rule == "tested"]


def around(**more: Any) -> Surroundings:
    return Surroundings(**more)


@pytest.mark.parametrize(
    ("filed", "wrong"), [("100", False), ("104", False), ("106", True), ("90", True), ("0", True)]
)
def test_a_figure_may_not_differ_from_the_registers_by_more_than_the_tolerance(
    filed: str, *, wrong: bool
) -> None:
    check = {"kind": "derived", "indicators": ["above_scale_firms"], "tolerance_percent": "5"}
    known = around(derived={("above_scale_firms", YEAR): Decimal(100)})
    assert bool(found(check, {"above_scale_firms": filed}, known)) is wrong
    assert found(check, {"above_scale_firms": filed}) == []


def test_a_cluster_cannot_exceed_its_county() -> None:
    check = {
        "kind": "within_county",
        "indicator": "operating_revenue",
        "county_field": "operating_revenue_wan",
    }
    county = around(county={("operating_revenue_wan", YEAR): Decimal(2250000)})  # 房县: 225 against 240
    assert found(check, {"operating_revenue": "2400000"}, county) == [("operating_revenue", YEAR)]
    assert found(check, {"operating_revenue": "2250000"}, county) == []


def test_a_ratio_far_from_the_rounds_median_stands_out() -> None:
    check = {"kind": "family", "numerator": "tax_paid", "denominator": "operating_revenue", "factor": "5"}
    ratios = [Decimal(n) for n in (2, 3, 2, 2, 3, 2, 1, 2, 900)]  # one wild filing does not move the median
    others = {("tax_paid", YEAR): ratios, ("operating_revenue", YEAR): [Decimal(100)] * 9}
    assert found(check, {"tax_paid": "11", "operating_revenue": "100"}, around(others=others)) == [
        ("tax_paid", YEAR)
    ]
    assert found(check, {"tax_paid": "9", "operating_revenue": "100"}, around(others=others)) == []
    few = {key: values[:5] for key, values in others.items()}
    assert found(check, {"tax_paid": "11", "operating_revenue": "100"}, around(others=few)) == []


def test_round_figures_and_one_figure_for_two_indicators_stand_out() -> None:
    check = {"kind": "digits", "at_least_values": 5, "round_percent": "60"}
    codes = ["operating_revenue", "above_scale_output", "tax_paid", "fixed_asset_investment", "employees"]
    rounded = dict(zip(codes, ["5000000", "4000000", "90000", "123456", "7123"], strict=True))
    assert found(check, rounded) == []  # 60 % is not more than 60 %
    assert len(found(check, rounded | {"employees": "7000"})) == 1
    assert found(check, rounded | {"employees": "123456"}) == [("employees", YEAR)]


@pytest.mark.parametrize(
    ("filed", "wrong"), [("999999", False), ("1000000", True), ("1020000", True), ("1020001", False)]
)
def test_a_figure_just_above_a_threshold_stands_out(filed: str, *, wrong: bool) -> None:
    check = {"kind": "heaping", "indicator": "operating_revenue", "threshold": "1000000", "band_percent": "2"}
    assert bool(found(check, {"operating_revenue": filed})) is wrong


def test_parts_may_not_exceed_their_total() -> None:
    check = {"kind": "sum_not_above", "parts": ["hitech_firms", "listed_firms"], "total": "four_above_firms"}
    assert found(check, {"hitech_firms": "8", "listed_firms": "3", "four_above_firms": "10"}) == [
        ("four_above_firms", YEAR)
    ]
    assert found(check, {"hitech_firms": "8", "listed_firms": "2", "four_above_firms": "10"}) == []
