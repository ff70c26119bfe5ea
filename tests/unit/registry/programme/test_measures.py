"""A measure names what there is, or the programme is not published."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.domain.programme.publication import ProgrammeInconsistent, check_catalogue
from tests.support import programme

DOCUMENT = programme.document("programme")


def spoiled(code: str, *, target: dict[str, Any] | None = None, **measure: Any) -> dict[str, Any]:
    found = deepcopy(DOCUMENT)
    for entry in (*found["targets"], *found["county_lines"]):
        if entry["code"] == code:
            entry.update(target or {})
            entry["measure"].update(measure)
    return found


@pytest.mark.parametrize(
    ("code", "changed", "named"),
    [
        ("hubei_brands", {"register": "trademarks"}, "there is no register trademarks"),
        ("hubei_brands", {"register": "county-years", "where": {}}, "county-years is no register of clusters"),
        ("hubei_brands", {"where": {"colour": ["red"]}}, "brands has no field colour"),
        ("hubei_brands", {"where": {"kind": ["red"]}}, "brands.kind cannot be red"),
        ("hubei_brands", {"where": {"kind": []}}, "at least 1 item"),
        ("hubei_brands", {"distinct_by": "colour"}, "brands has no field colour"),
        ("hubei_brands", {"sources": ["registers", "attested"]}, "the registers come last"),
        ("hubei_brands", {"sources": ["attested"]}, "the registers come last"),
        ("clusters_over_10_billion", {"sources": ["registers", "filings"]}, "the registers come last"),
        ("hubei_brands", {"sources": ["attested", "attested"]}, "names each source once"),
        ("hubei_brands", {"indicator": None}, "take an indicator"),
        ("platform_coverage", {"register": "parks", "where": {}}, "parks is no register of clusters"),
        ("platform_coverage", {"minimum": 0}, "greater than or equal to 1"),
        ("srdi_firms", {"qualifications": ["srdi"]}, "qualifications.kind cannot be srdi"),
        ("srdi_firms", {"qualifications": []}, "either qualifications or an own figure"),
        ("leading_firms", {"own": {"field": "profit", "threshold": {"comparison": "more_than", "value": "1"}}},
         "enterprise-years has no field profit"),
        ("leading_firms", {"own": {"field": "enterprise", "threshold": {"comparison": "more_than", "value": "1"}}},
         "enterprise-years.enterprise is not a number"),
        ("park_entry_rate", {"filled": "zone"}, "enterprises has no field zone"),
        ("investment_per_mu_growth", {"part": "spent"}, "park-years has no field spent"),
        ("investment_per_mu_growth", {"whole": "level"}, "parks.level is not a number"),
        ("leading_industry_share", {"part": "denominator"}, "county-years.denominator is not a number"),
        ("leading_industry_share", {"stated_in": "nowhere"}, "county-years has no field nowhere"),
        ("leading_industries_within_cap", {"register": "nothing"}, "there is no register nothing"),
        ("leading_industries_within_cap", {"cap": None}, "give a minimum or a cap"),
        ("vocational_school_in_each_county", {"total_of": "name"}, "talent-facts.name is not a number"),
        ("clusters_over_10_billion", {"tier": "1315"}, "names the tiers 1315, which are not declared"),
        ("clusters_over_10_billion", {"base_year": 2026}, "base_year lies before the year"),
        ("clusters_over_10_billion", {"base_year": 2005}, "at most 20 years"),
        ("clusters_over_10_billion", {"unknown": 1}, "Extra inputs are not permitted"),
        ("clusters_over_10_billion", {"label": "official"}, "an official rule names its clause"),
    ],
)  # fmt: skip
def test_a_measure_names_registers_fields_and_words_that_there_are(
    code: str, changed: dict[str, Any], named: str
) -> None:
    Programme.model_validate(spoiled(code))
    with pytest.raises(ValidationError, match=named):
        Programme.model_validate(spoiled(code, **changed))


@pytest.mark.parametrize(
    ("code", "changed", "named"),
    [
        ("hubei_brands", {"tolerance": {"label": "illustrative", "below": "1"}}, "comparison about"),
        ("listed_firms", {"tolerance": {"label": "illustrative", "below": "-1"}}, "not below zero"),
        ("park_entry_rate", {"unit": "家"}, "a measure of the kind firm_share is in %"),
        ("listed_firms", {"path": {"label": "illustrative", "steps": [{"year": 2026, "value": "1"}]}}, "ends before"),
        ("listed_firms", {"path": {"label": "illustrative", "steps": [{"year": 2025, "value": "1"},
                                                                      {"year": 2024, "value": "2"}]}}, "must rise"),
        ("listed_firms", {"code": "cluster_in_each_county"}, "codes of targets and county_lines"),
    ],
)  # fmt: skip
def test_tolerance_path_and_unit_fit_the_target(code: str, changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Programme.model_validate(spoiled(code, target=changed))


def test_a_programme_of_before_there_were_measures_can_still_be_read() -> None:
    old = {key: value for key, value in deepcopy(DOCUMENT).items() if key not in {"tiers", "county_lines"}}
    for target in old["targets"]:
        for key in ("measure", "tolerance", "path", "projection"):
            target.pop(key, None)
    found = Programme.model_validate(old)
    assert (found.tiers, found.county_lines, {target.measure for target in found.targets}) == ((), (), {None})


def test_what_is_published_is_read_as_it_was() -> None:
    published = Programme.model_validate(DOCUMENT)
    assert Programme.model_validate(published.model_dump(mode="json")) == published


def test_a_catalogue_has_every_indicator_of_a_measure_and_derives_those_from_registers() -> None:
    catalogue = IndicatorCatalogue.model_validate(programme.document("indicators"))
    check_catalogue(catalogue, Programme.model_validate(DOCUMENT))
    with pytest.raises(ProgrammeInconsistent) as refusal:
        check_catalogue(catalogue, Programme.model_validate(spoiled("listed_firms", indicator="nothing")))
    assert [(item.field, item.rule) for item in refusal.value.items] == [
        ("targets.listed_firms.measure", "indicator")
    ]
    not_derived = spoiled("clusters_over_10_billion", indicator="above_scale_output")
    with pytest.raises(ProgrammeInconsistent) as refusal:
        check_catalogue(catalogue, Programme.model_validate(not_derived))
    assert [(item.field, item.rule) for item in refusal.value.items] == [
        ("targets.clusters_over_10_billion.measure", "derived")
    ]
