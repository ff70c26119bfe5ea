"""The JSON Schema of a scheme, for editors: made from the same enumerations that the reader uses.

It helps while writing; what only the whole scheme shows (sums, references) the reader checks.
"""

from typing import Any

from services.scoring.domain.json_schema.rules import (
    CODE_TEXT,
    DECIMAL,
    TEXT,
    TEXTS,
    WEIGHT,
    closed,
    one_of,
    rule_sections,
    sources,
)
from services.scoring.domain.reading.document import FOR_SERVICE, OPTIONAL, REQUIRED, SCHEMA
from services.scoring.domain.reading.steps import LIMIT_KEYS, NORMALISE_KEYS, STEP_KEYS, Posts
from services.scoring.domain.reading.tree_parts import OWN_STEPS
from services.scoring.domain.scheme.scheme import AdjustmentKind
from services.scoring.domain.scheme.steps import (
    ImputeMethod,
    NormaliseMethod,
    OutlierMethod,
    RoundingMode,
    TransformMethod,
    WeightMethod,
)
from services.scoring.domain.scheme.ties import Basis
from services.scoring.domain.scheme.tree import AbsencePolicy, Aggregation, Direction


def scheme_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **closed(_sections(), REQUIRED),
        "$defs": {
            "node": closed(
                {
                    "code": CODE_TEXT, "zh": TEXT, "en": TEXT, "weight": WEIGHT, "floor": DECIMAL,
                    "aggregation": {"anyOf": [one_of(Aggregation), closed(
                        {"method": one_of(Aggregation), "exponent": DECIMAL, "v": DECIMAL}, ("method",))]},
                    "weights": one_of(WeightMethod), "weights_by": TEXT, **sources(),
                    **{name: step for name, step in _steps().items() if name in OWN_STEPS},
                    "missing": {"$ref": "#/$defs/absence"}, "not_applicable": {"$ref": "#/$defs/absence"},
                    "children": {"type": "array", "minItems": 1, "items": {
                        "if": {"required": ["children"]},
                        "then": {"$ref": "#/$defs/node"}, "else": {"$ref": "#/$defs/leaf"}}},
                },
                ("code", "aggregation", "children"),
            ),
            "leaf": closed(
                {
                    "code": CODE_TEXT, "zh": TEXT, "en": TEXT, "weight": WEIGHT, "indicator": TEXT,
                    "measure": {"type": "object"}, "category": closed(
                        {"column": TEXT, "scale": {"type": "object", "additionalProperties": DECIMAL}},
                        ("column", "scale")),
                    "direction": one_of(Direction), **_steps(), **sources(),
                },
                ("code",),
            ),
            "absence": closed(
                {"policy": one_of(AbsencePolicy), "floor": DECIMAL, "minimum_share": DECIMAL,
                 "minimum_number": {"type": "integer", "minimum": 0}},
                ("policy",),
            ),
            "normalise": {"oneOf": [_normalise(method) for method in NormaliseMethod]},
        },
    }  # fmt: skip


def _sections() -> dict[str, Any]:
    known: dict[str, Any] = {
        "schema": {"const": SCHEMA},
        "id": CODE_TEXT,
        "version": CODE_TEXT,
        "programme": CODE_TEXT,
        "tree": {"$ref": "#/$defs/node"},
        "rounding": closed({"digits": {"type": "integer"}, "mode": one_of(RoundingMode)}, ("digits", "mode")),
        "data": closed(
            {
                "unit": TEXT,
                "year": TEXT,
                "data_year": {"type": "integer"},
                **dict.fromkeys(("groups", "denominators", "missing", "not_applicable"), TEXTS),
            },
            ("unit",),
        ),
        "defaults": closed({**_steps(), "direction": one_of(Direction)}, ()),
        "missing": {"$ref": "#/$defs/absence"},
        "not_applicable": {"$ref": "#/$defs/absence"},
        "scale": {"type": "integer", "minimum": 1, "maximum": 1000},
        "quantum_digits": {"type": "integer", "minimum": 1, "maximum": 15},
        "range": closed({"minimum": DECIMAL, "maximum": DECIMAL}, ("minimum", "maximum")),
        "rank_on": one_of(Basis),
        "band_on": one_of(Basis),
        "order": {"enum": ["descending", "ascending"]},
        "adjustments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "kind", "when", "points"],
                "properties": {
                    "kind": one_of(AdjustmentKind),
                    "points": {
                        "anyOf": [
                            DECIMAL,
                            closed(
                                {
                                    "measure": {"type": "object"},
                                    "per": DECIMAL,
                                    "at_most": DECIMAL,
                                    "if_missing": DECIMAL,
                                },
                                ("measure", "per", "at_most", "if_missing"),
                            ),
                        ]
                    },
                },
            },
        },
        "peer_group": TEXT,
        "document": closed({"number": TEXT, "published_on": TEXT}, ("number", "published_on")),
        "facts": {"type": "object", "additionalProperties": TEXTS},
        **rule_sections(),
        **sources(),
    }
    names = (*REQUIRED, *FOR_SERVICE, *OPTIONAL)
    return {name: known.get(name, {}) for name in names}


def _steps() -> dict[str, Any]:
    method = {"impute": ImputeMethod, "outliers": OutlierMethod, "transform": TransformMethod}
    steps: dict[str, Any] = {
        name: {"type": "object", "required": ["method"], "properties": {"method": one_of(options)}}
        for name, options in method.items()
    }
    one = steps["transform"]
    steps["transform"] = {"anyOf": [one, {"type": "array", "items": one, "maxItems": 10}]}
    steps["denominate"] = closed({"by": TEXT, "per": DECIMAL}, ("by",))
    steps["normalise"] = {"$ref": "#/$defs/normalise"}
    return {name: steps[name] for name in STEP_KEYS}


def _normalise(method: NormaliseMethod) -> dict[str, Any]:
    needed, allowed = NORMALISE_KEYS[method]
    keys = {key: _normalise_key(key) for key in (*needed, *allowed, *LIMIT_KEYS)}
    return closed({"method": {"const": method.value}, **keys}, ("method", *needed))


def _normalise_key(key: str) -> dict[str, Any]:
    if key in ("clamp", "population"):
        return {"type": "boolean"}
    if key == "posts":
        return one_of(Posts)
    if key == "steps":
        step = closed({"at_least": DECIMAL, "value": DECIMAL}, ("at_least", "value"))
        return {"type": "array", "items": step}
    return DECIMAL
