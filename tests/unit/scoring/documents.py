"""Scheme documents and unit data for the tests of scoring."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.scoring.domain.measures import Absent, Cell, UnitData, exact_number
from services.scoring.domain.scheme import Scheme
from services.scoring.domain.scheme_document import parse_scheme

PROGRAMME = Path(__file__).parents[3] / "programmes" / "hubei-county-clusters"
DATA_YEAR = 2023


def programme_document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROGRAMME / name).read_text("utf-8"))
    return document


def leaf(code: str, weight: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": code,
        "zh": code,
        "en": code,
        "weight": weight,
        "measure": {"indicator": code},
        "direction": "benefit",
        "goalposts": {"minimum": "0", "maximum": "10"},
        **changed,
    }


SMALL: dict[str, Any] = {
    "schema": "county-clusters/scheme/1",
    "id": "small",
    "version": "1",
    "programme": "test",
    "title": {"zh": "示例", "en": "Example"},
    "label": "illustrative",
    "effective": {"from": "2024-01-01", "to": None},
    "scale": 100,
    "quantum_digits": 15,
    "missing": {"policy": "renormalise", "minimum_share": "0.5"},
    "not_applicable": {"policy": "renormalise", "minimum_share": "0"},
    "tree": {
        "code": "total",
        "zh": "总分",
        "en": "Total",
        "aggregation": "arithmetic",
        "children": [
            {
                "code": "g",
                "zh": "甲",
                "en": "G",
                "weight": "0.6",
                "aggregation": "arithmetic",
                "children": [leaf("a", "0.3"), leaf("b", "0.7")],
            },
            leaf("c", "0.4", direction="cost"),
        ],
    },
    "adjustments": [
        {
            "code": "v",
            "zh": "否决",
            "en": "Veto",
            "label": "illustrative",
            "kind": "veto",
            "when": {"fact": "accident", "in": ["true"], "if_missing": False},
            "points": "0",
        },
        {
            "code": "p",
            "zh": "扣分",
            "en": "Penalty",
            "label": "official",
            "clause": "三(五)",
            "kind": "penalty",
            "when": {"measure": {"indicator": "a"}, "less_than": "1", "if_missing": False},
            "points": "5",
        },
        {
            "code": "s",
            "zh": "加分",
            "en": "Bonus",
            "label": "illustrative",
            "kind": "bonus",
            "when": {"fact": "model", "in": ["true"], "if_missing": False},
            "points": "2.5",
        },
    ],
    "rounding": {"digits": 2, "mode": "half_up"},
    "rank_on": "rounded",
    "band_on": "rounded",
    "ties": {
        "method": "min",
        "chain": [{"node": "g", "order": "descending"}],
        "exhausted": "share",
        "at_cut": "refuse",
    },
    "grades": {
        "label": "illustrative",
        "bands": [
            {"code": "high", "zh": "高", "en": "high", "minimum": "60", "maximum": "100"},
            {"code": "low", "zh": "低", "en": "low", "minimum": "0", "maximum": "60"},
        ],
    },
    "outcomes": {
        "eligible": {
            "label": "illustrative",
            "when": {"all": [{"not": {"adjusted": ["v"]}}, {"score": {"at_least": "20"}}]},
        },
        "developing_well": {
            "label": "illustrative",
            "when": {"all": [{"outcome": "eligible"}, {"not": {"adjusted": ["p"]}}]},
        },
    },
    "proposed_status": {
        "application": [
            {"status": "designate", "label": "illustrative", "when": {"outcome": "eligible"}, "places": 2},
            {
                "status": "cultivate",
                "label": "illustrative",
                "when": {"score": {"at_least": "20"}},
                "places": 1,
            },
            {"status": "refuse", "label": "illustrative", "when": {"always": True}},
        ],
        "assessment": [
            {"status": "keep", "label": "illustrative", "when": {"grade": {"in": ["high"]}}},
            {"status": "remove", "label": "illustrative", "when": {"always": True}},
        ],
    },
    "notice": {"label": "illustrative", "days": 7, "day_kind": "calendar"},
}


def small(**changed: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SMALL), **changed}


def scheme_of(document: dict[str, Any]) -> Scheme:
    scheme, problems = parse_scheme(document)
    assert scheme is not None, problems
    return scheme


def unit(code: str, facts: Mapping[str, str] | None = None, **values: str | Absent) -> UnitData:
    cells: dict[tuple[str, int], Cell] = {
        (indicator, DATA_YEAR): value if isinstance(value, Absent) else exact_number(value)
        for indicator, value in values.items()
    }
    return UnitData(code, facts or {}, cells)
