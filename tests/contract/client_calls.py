"""What the typed clients ask for: read from their source, so that no call is forgotten."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import ModuleType
from typing import Final, Literal, get_args, get_origin

from shared.http.client import ServiceClient, View
from shared.http.funding import FundingClient
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient

CLIENTS: Final[Mapping[str, type[ServiceClient]]] = {
    "registry": RegistryClient,
    "scoring": ScoringClient,
    "funding": FundingClient,
}
_METHODS: Final = {
    "get": "get",
    "pages": "get",
    "post": "post",
    "post_bytes": "post",
    "put": "put",
    "put_bytes": "put",
}


@dataclass(frozen=True, slots=True)
class ClientCall:
    """A call of a client; ``path`` has `{}` for each part that varies; ``is_page``: its items are read one by one."""

    service: str
    method: str
    path: str
    model: type[View]
    is_page: bool

    def __str__(self) -> str:
        return f"{self.service}: {self.method} {self.path} -> {self.model.__name__}"


def client_calls(service: str) -> list[ClientCall]:
    """Every call by which a client of the service reads an answer into a model."""
    modules = {cls.__module__ for cls in CLIENTS[service].__mro__ if issubclass(cls, ServiceClient)}
    return [call for name in sorted(modules) for call in _calls_of(service, importlib.import_module(name))]


def template(path: str) -> str:
    """A path without the names of the parts that vary."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _calls_of(service: str, module: ModuleType) -> Iterator[ClientCall]:
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        paths = {
            target.id: statement.value
            for statement in ast.walk(function)
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            name = _called(call)
            if name is None or not isinstance(call, ast.Call):
                continue
            model = call.args[1]
            assert isinstance(model, ast.Name), ast.unparse(call)
            path = call.args[0]
            written = paths[path.id] if isinstance(path, ast.Name) else path
            for known in _paths(written, _words(function, module)):
                yield ClientCall(
                    service, _METHODS[name], known, getattr(module, model.id), is_page=name == "pages"
                )


def _called(node: ast.AST) -> str | None:
    """The method by which the client itself sends, such as ``get`` in ``self.get(...)``."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name in _METHODS:
            return name
    return None


def _words(function: ast.AsyncFunctionDef, module: ModuleType) -> dict[str, tuple[str, ...]]:
    """What an argument may be that is one of a few words, such as a kind of filing."""
    named = {
        argument.arg: getattr(module, argument.annotation.id, None)
        for argument in function.args.args
        if isinstance(argument.annotation, ast.Name)
    }
    return {name: get_args(words) for name, words in named.items() if get_origin(words) is Literal}


def _paths(written: ast.expr, words: Mapping[str, tuple[str, ...]]) -> list[str]:
    if isinstance(written, ast.JoinedStr):
        parts = [_part(part, words) for part in written.values]
        return ["".join(chosen) for chosen in product(*parts)]
    assert isinstance(written, ast.Constant), ast.unparse(written)
    return [template(str(written.value))]


def _part(part: ast.expr, words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """As it is written, or each word that may stand there."""
    if isinstance(part, ast.Constant):
        return (str(part.value),)
    named = part.value if isinstance(part, ast.FormattedValue) else part
    return words.get(named.id, ("{}",)) if isinstance(named, ast.Name) else ("{}",)
