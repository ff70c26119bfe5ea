"""Whatever a client reads, the service's committed description promises: each field, by name and type."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.http.client import View
from tests.contract.client_calls import CLIENTS, ClientCall, client_calls, template
from tests.contract.schemas import Schema, differences, resolved

ROOT = Path(__file__).parents[2]

#: Fields that are always sent as the clients read them, which their description does not promise.
LOOSE: Mapping[str, Sequence[str]] = {
    "RobustnessView": [".result may be object"],  # any object
    "AppropriationView": [".budget_approved_on may be left out", ".codes may be left out"],  # have a default
}


@pytest.mark.parametrize("service", CLIENTS)
def test_every_field_that_a_client_reads_is_promised_by_the_service(service: str) -> None:
    description = json.loads((ROOT / "services" / service / "openapi.json").read_text("utf-8"))
    calls = client_calls(service)
    assert len(calls) > 15, "the calls of the client are not found"
    wrong = {f"{call}{fault}" for call in calls for fault in faults(call, description)}
    assert (
        wrong - {f"{call}{fault}" for call in calls for fault in LOOSE.get(call.model.__name__, ())} == set()
    )


@pytest.mark.parametrize("service", CLIENTS)
def test_every_model_of_a_client_is_read_from_some_answer(service: str) -> None:
    calls = client_calls(service)
    reached = {name for call in calls for name in _model_names(call.model)}
    modules = {cls.__module__ for cls in CLIENTS[service].__mro__} - {"shared.http.client"}
    declared = {
        view.__name__
        for view in _views(View)
        if view.__module__ in modules and view.__name__.endswith("View") and not view.__subclasses__()
    }
    assert declared <= reached


PROMISED: Schema = {
    "components": {"schemas": {"Kind": {"enum": ["a", "b"], "type": "string"}}},
    "properties": {
        "code": {"type": "string"},
        "number": {"type": "integer"},
        "day": {"type": "string", "format": "date"},
        "kind": {"$ref": "#/components/schemas/Kind"},
        "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "rows": {"type": "array", "items": {"properties": {"a": {"type": "string"}}, "required": ["a"]}},
        "optional": {"type": "string"},
    },
    "required": ["code", "number", "day", "kind", "maybe", "rows"],
}


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        ({"code": {"type": "string"}}, None),
        ({"number": {"type": "number"}}, None),
        ({"kind": {"type": "string"}}, None),
        ({"kind": {"enum": ["a", "b", "c"], "type": "string"}}, None),
        ({"maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, None),
        ({"rows": {"type": "array", "items": {}}}, None),
        ({"cod": {"type": "string"}}, ".cod is not in the answer"),
        ({"code": {"type": "integer"}}, ".code may be string"),
        ({"number": {"type": "string"}}, ".number may be integer"),
        ({"code": {"type": "string", "format": "date"}}, ".code may be string"),
        ({"kind": {"enum": ["a"], "type": "string"}}, ".kind may be one of a, b"),
        ({"maybe": {"type": "string"}}, ".maybe may be null"),
        ({"optional": {"type": "string"}}, ".optional may be left out"),
        (
            {
                "rows": {
                    "type": "array",
                    "items": {"properties": {"b": {"type": "string"}}, "required": ["b"]},
                }
            },
            ".rows[].b is not in the answer",
        ),
    ],
)
def test_a_difference_is_found(read: dict[str, Any], fault: str | None) -> None:
    asked = {"properties": read, "required": list(read)}
    assert list(differences(asked, PROMISED, asked, PROMISED)) == ([] if fault is None else [fault])


def faults(call: ClientCall, description: Schema) -> Iterator[str]:
    """Fields of the client's model that the operation's answer need not have, or not of that type."""
    operations = {template(path): operation for path, operation in description["paths"].items()}
    operation = operations.get(call.path, {}).get(call.method)
    if operation is None:
        yield ": there is no such operation"
        return
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    promised = resolved(answers[0]["content"]["application/json"]["schema"], description)
    if call.is_page:
        promised = promised["properties"]["items"]["items"]
    asked = call.model.model_json_schema(mode="validation")
    yield from differences(asked, promised, asked, description)


def _views(view: type[View]) -> Iterator[type[View]]:
    for child in view.__subclasses__():
        yield child
        yield from _views(child)


def _model_names(model: type[View]) -> set[str]:
    return {model.__name__, *model.model_json_schema().get("$defs", {})}
