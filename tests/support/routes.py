"""Looks into a service's routes: which permission each has, and what it depends on."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.web.auth import permission_of
from shared.web.principals import Role, Scope
from shared.web.request_shape import body_type


@dataclass(frozen=True)
class Operation:
    """One operation with the roles that may call it, and of which divisions' things it speaks; null where a route has
    no permission."""

    method: str
    path: str
    roles: frozenset[Role] | None
    scope: Scope | None = None
    body_type: str | None = None  # the content type of its body

    @property
    def example_path(self) -> str:
        """The path with something well formed for each parameter."""
        return re.sub(r"\{(\w+)\}", lambda match: _EXAMPLES.get(match[1], "421303-01"), self.path)


_EXAMPLES = {"sha256": "sha256:" + "0" * 64, "number": "1", "place": "1"}


def operations(app: FastAPI) -> Iterator[Operation]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                permit = permission_of(route.dependant)
                yield Operation(
                    method,
                    str(context.path),
                    None if permit is None else permit.roles,
                    None if permit is None else permit.scope,
                    body_type(route),
                )


def ignores_who_asks(app: FastAPI) -> set[Scope]:
    """The scopes of operations that do nothing with their principal but check its roles."""
    found: set[Scope] = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (permit := permission_of(route.dependant)) is not None:
            who = {inner.name for inner in route.dependant.dependencies if permission_of(inner) is not None}
            body = ast.parse(textwrap.dedent(inspect.getsource(route.endpoint)))
            used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
            if not who & used:
                found.add(permit.scope)
    return found


def waits_for_a_thread(app: FastAPI) -> set[str]:
    """Handlers and dependencies that are plain functions: FastAPI sends each call of one to a pool of threads."""
    found: set[str] = set()
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            found.update(_plain(context.original_route.dependant))
    return found


def _plain(dependant: Dependant) -> Iterator[str]:
    call = dependant.call
    ways = (call, getattr(call, "__call__", None))  # noqa: B004 - its code is asked, not whether it can be called
    if not any(inspect.iscoroutinefunction(way) or inspect.isasyncgenfunction(way) for way in ways):
        yield f"{getattr(call, '__module__', '')}.{getattr(call, '__qualname__', call)}"
    for inner in dependant.dependencies:
        yield from _plain(inner)
