"""Whether every value that one JSON schema permits is one that another takes."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def differences(asked: Schema, promised: Schema, own: Schema, description: Schema) -> Iterator[str]:
    """Whether each value that ``promised`` permits is one that ``asked`` takes."""
    takes = list(_options(asked, own))
    for option in _options(promised, description):
        found = [list(_faults_of(take, option, own, description)) for take in takes]
        if all(found):
            yield from min(found, key=len)


def _faults_of(take: Schema, option: Schema, own: Schema, description: Schema) -> Iterator[str]:
    if not take:  # anything
        return
    kind = _kind(option)
    if not _is_of_kind(option, take):
        yield f" may be {kind}"
    elif "enum" in take or "const" in take:
        words, known = _words(option), _words(take)
        if words is None or known is None or not words <= known:
            yield f" may be {kind}" if words is None else f" may be one of {', '.join(sorted(words))}"
    elif kind == "array":
        for fault in differences(take.get("items", {}), option.get("items", {}), own, description):
            yield f"[]{fault}"
    elif kind == "object":
        yield from _faults_of_object(take, option, own, description)


def _faults_of_object(take: Schema, option: Schema, own: Schema, description: Schema) -> Iterator[str]:
    members, promised = take.get("properties", {}), option.get("properties", {})
    for name, member in members.items():
        if name not in promised:
            yield f".{name} is not in the answer"
        elif name in take.get("required", ()) and name not in option.get("required", ()):
            yield f".{name} may be left out"
        else:
            for fault in differences(member, promised[name], own, description):
                yield f".{name}{fault}"
    others = take.get("additionalProperties")
    if isinstance(others, Mapping):
        given = option.get("additionalProperties")
        values = [*promised.values(), *([given] if isinstance(given, Mapping) else [])]
        for value in values:
            for fault in differences(others, value, own, description):
                yield f".*{fault}"


def _options(schema: Schema, root: Schema) -> Iterator[Schema]:
    """A schema as the plain alternatives that it permits."""
    schema = resolved(schema, root)
    for name in ("anyOf", "oneOf"):
        if name in schema:
            for alternative in schema[name]:
                yield from _options(alternative, root)
            return
    yield schema


def resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _is_of_kind(option: Schema, take: Schema) -> bool:
    given, wanted = _kind(option), _kind(take)
    same = given == wanted or (given, wanted) == ("integer", "number")
    return same and take.get("format") in {None, option.get("format")}


def _kind(schema: Schema) -> str:
    return str(schema.get("type") or ("object" if "properties" in schema else "anything"))


def _words(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(word) for word in schema["enum"]} if "enum" in schema else None
