"""The JSON Schema of the sections behind the tree: ties, grades, blend, cohort, robustness, examples."""

from enum import StrEnum
from typing import Any

from services.scoring.domain.reading.rules import NOTICE_DAYS_LIMIT, Order
from services.scoring.domain.scheme.sections import Over
from services.scoring.domain.scheme.ties import AtCut, Exhausted, TieMethod
from shared.calendar.working_days import DayKind
from shared.documents.strict_fields import CODE
from shared.policy.source import Label

DECIMAL = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"}]}
TEXT = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 500}, {"type": "integer"}]}
CODE_TEXT = {"anyOf": [{"type": "string", "pattern": f"^{CODE.pattern}$"}, {"type": "integer"}]}
TEXTS = {"type": "array", "items": {"type": ["string", "integer"]}}
WEIGHT = {"anyOf": [DECIMAL, {"type": "object", "additionalProperties": DECIMAL}]}


def rule_sections() -> dict[str, Any]:
    keys = {"type": "array", "items": _tie_key()}
    return {
        "ties": closed(
            {
                "method": one_of(TieMethod),
                "chain": keys,
                "exhausted": one_of(Exhausted),
                "at_cut": one_of(AtCut),
            },
            (),
        ),
        "lexicographic": keys,
        "grades": _grades(),
        "blend": closed(
            {"data_weight": DECIMAL, "expert_score": TEXT, "if_missing": {"enum": ["data_only", "refuse"]}},
            ("data_weight", "expert_score", "if_missing"),
        ),
        "cohort": closed(
            {"name": TEXT, "over": one_of(Over), "group": TEXT, "in": TEXTS, "frozen": {"type": "object"}},
            ("name",),
        ),
        "robustness": _robustness(),
        "examples": {"type": "array", "items": _example()},
        "notice": closed(
            {
                "days": {"type": "integer", "minimum": 1, "maximum": NOTICE_DAYS_LIMIT},
                "day_kind": one_of(DayKind),
                **sources(),
            },
            ("label", "days", "day_kind"),
        ),
    }


def _tie_key() -> dict[str, Any]:
    true = {"const": True}
    keys = {"node": CODE_TEXT, "measure": {"type": "object"}, "unrounded_score": true, "score": true}
    return closed({**keys, "order": one_of(Order)}, ("order",))


def _grades() -> dict[str, Any]:
    names = {"zh": TEXT, "en": TEXT}
    band = closed(
        {"code": CODE_TEXT, "minimum": DECIMAL, "maximum": DECIMAL, **names}, ("code", "minimum", "maximum")
    )
    places = {"type": "integer", "minimum": 1}
    quota = closed({"code": CODE_TEXT, "places": places, "share": DECIMAL, **names}, ("code",))
    low = closed({"code": CODE_TEXT, "minimum": DECIMAL}, ("code", "minimum"))
    subgrade = closed({"code": CODE_TEXT, "node": CODE_TEXT, "bands": _list(low)}, ("code", "node", "bands"))
    row = {"type": "object", "required": ["grade"], "properties": {"grade": CODE_TEXT}}
    lists = {"bands": band, "quotas": quota, "subgrades": subgrade, "lookup": row}
    return closed({**{name: _list(items) for name, items in lists.items()}, **sources()}, ())


def _robustness() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    methods = {
        "method": {"enum": ["uniform", "dirichlet", "fixed"]},
        "spread": DECIMAL,
        "concentration": DECIMAL,
    }
    keys = {
        "draws": count,
        "seed": count,
        "top": count,
        "weights": closed(methods, ("method",)),
        "normalisations": {"type": "array", "items": {"$ref": "#/$defs/normalise"}},
        "aggregations": {"type": "array", "items": {"enum": ["arithmetic", "geometric", "harmonic"]}},
        "leave_one_out": {"type": "boolean"},
        "sobol_samples": count,
        "stable": DECIMAL,
    }
    return closed(keys, ())


def _example() -> dict[str, Any]:
    figures = {"type": "object", "additionalProperties": {"anyOf": [DECIMAL, {"type": ["null", "string"]}]}}
    words = {"type": "object"}
    keys = {
        "name": TEXT,
        "values": figures,
        "facts": words,
        "groups": words,
        "score": DECIMAL,
        "nodes": figures,
    }
    return closed(keys, ("name", "values", "score"))


def sources() -> dict[str, Any]:
    return {"label": one_of(Label), "clause": TEXT, "basis": TEXT}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": items}


def one_of(options: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [option.value for option in options]}


def closed(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
