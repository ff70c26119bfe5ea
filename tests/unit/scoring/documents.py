"""Scheme documents and unit data for the tests of scoring."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.scoring.domain.engine.results import ScoredUnit
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.scheme.measures import Absent, Cell, UnitData, exact_number
from services.scoring.domain.scheme.scheme import Scheme

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
        "normalise": {"method": "goalposts", "minimum": "0", "maximum": "10"},
        **changed,
    }


SMALL: dict[str, Any] = {
    "schema": "county-clusters/scheme/2",
    "id": "small",
    "version": "1",
    "programme": "test",
    "title": {"zh": "示例", "en": "Example"},
    "label": "illustrative",
    "effective": {"from": "2024-01-01", "to": None},
    "scale": 100,
    "range": {"minimum": "0", "maximum": "100"},
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
    "facts": {"accident": ["true", "false"], "model": ["true", "false"]},
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


def score_unit(scheme: Scheme, unit: UnitData, *, data_year: int = DATA_YEAR) -> ScoredUnit:
    """One unit's score with everything that adds up to it, where no other unit has an influence."""
    return run_scheme(scheme, (unit,), data_year=data_year)[0].scored[0]


def full(**changed: Any) -> dict[str, Any]:
    """A scheme that a service can publish, with every kind of rule."""
    post = {"method": "goalposts", "minimum": 1, "maximum": 1000, "posts": "raw", "to": 100}
    document = small() | {
        "id": "full",
        "scale": 1,
        "data": {"unit": "unit", "groups": ["kind", "stage"], "denominators": ["d"]},
        "peer_group": "kind",
        "defaults": {"direction": "benefit", "impute": {"method": "group_mean", "group": "stage"}},
        "range": {"minimum": 0, "maximum": 100},
        "cohort": {"name": "2022", "frozen": dict.fromkeys(("farm", "works"), FROZEN)},
        "blend": {"data_weight": "0.9", "expert_score": "e", "if_missing": "data_only"},
        "rank_on": "unrounded",
        "tree": {
            "code": "total",
            "aggregation": "geometric",
            "weights": "relative",
            "floor": "0.5",
            "children": [
                {
                    "code": "g",
                    "weight": 2,
                    "aggregation": "arithmetic",
                    "weights_by": "stage",
                    "children": [
                        {
                            "code": "a",
                            "weight": {"1": "0.3", "2": "0.6"},
                            "transform": {"method": "log"},
                            "normalise": post,
                        },
                        {
                            "code": "b",
                            "weight": {"1": "0.7", "2": "0.4"},
                            "denominate": {"by": "d", "per": 100},
                            "outliers": {"method": "winsorise"},
                            "normalise": {"method": "normal_score", "to": 100},
                        },
                    ],
                },
                {
                    "code": "h",
                    "weight": 1,
                    "aggregation": {"method": "power", "exponent": "2.5"},
                    "weights": "entropy",
                    "normalise": {"method": "min_max", "to": 100},
                    "children": [
                        {"code": "c", "direction": "cost", "normalise": {"method": "z_score", "mean": 50}},
                        {"code": "r", "indicator": "a", "normalise": {"method": "percentile_rank", "to": 9}},
                    ],
                },
            ],
        },
        "grades": {
            "label": "illustrative",
            "subgrades": [{"code": "s", "node": "g", "bands": [{"code": "good", "minimum": 60}]}],
            "lookup": [{"s": "good", "grade": "high"}, {"grade": "low"}],
        },
        "robustness": {"draws": 600, "seed": 3, "normalisations": [{"method": "rank"}], "sobol_samples": 16,
                       "leave_one_out": True},
    }  # fmt: skip
    document["ties"]["at_cut"] = "all"
    document["adjustments"][2]["points"] = {
        "measure": {"indicator": "c"},
        "per": "0.1",
        "at_most": 3,
        "if_missing": 0,
    }
    return document | changed


FROZEN = {
    "a": {"impute.1": "12.5", "impute.2": "80"},
    "b": {"impute.1": "3", "impute.2": "4", "treat.lower": "1", "treat.upper": "900",
          "normalise.mean": "150.123456789", "normalise.deviation": "97.3"},
    "c": {"impute.1": "4", "impute.2": "5", "normalise.mean": "-4.5", "normalise.deviation": "2.1"},
    "h": {"c": "0.377777777777777", "r": "0.622222222222223", "normalise.minimum": "11", "normalise.maximum": "37.77"},
    "r": {"impute.1": "12.5", "impute.2": "80"},
}  # fmt: skip
FULL_VALUES: dict[str, dict[str, str | None]] = {
    "u1": {"a": "9.1", "b": "9", "c": "1", "d": "3.3", "e": "71"},
    "u2": {"a": "800", "b": "8.3333", "c": None, "d": "7", "e": None},
    "u3": {"a": None, "b": "8.5", "c": "5", "d": "11", "e": "55.5"},
    "u4": {"a": "77", "b": "1.25", "c": "9", "d": "0.7", "e": "90"},
}
FULL_SNAPSHOT: dict[str, Any] = {
    "indicators": [{"code": code, "zh": code, "en": code, "unit": "家"} for code in "abcde"],
    "groups": {
        unit: {"kind": kind, "stage": stage}
        for unit, kind, stage in (
            ("u1", "farm", "1"),
            ("u2", "farm", "2"),
            ("u3", "works", "2"),
            ("u4", "works", "1"),
        )
    },
}
