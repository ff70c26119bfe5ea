"""What the typed clients ask for: read from their source, so that no call is forgotten."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Final

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
            yield ClientCall(
                service, _METHODS[name], _path(written), getattr(module, model.id), is_page=name == "pages"
            )


def _called(node: ast.AST) -> str | None:
    """The method by which the client itself sends, such as ``get`` in ``self.get(...)``."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name in _METHODS:
            return name
    return None


def _path(written: ast.expr) -> str:
    if isinstance(written, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in written.values)
    assert isinstance(written, ast.Constant), ast.unparse(written)
    return template(str(written.value))
