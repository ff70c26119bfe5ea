"""Looks into a service's routes: which permission each has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.auth import Permit, Role


@dataclass(frozen=True)
class Operation:
    """One operation with the roles that may call it; ``roles`` is None where a route has no permission."""

    method: str
    path: str
    roles: frozenset[Role] | None

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
                yield Operation(method, str(context.path), _roles(route.dependant))


def _roles(dependant: Dependant) -> frozenset[Role] | None:
    if isinstance(dependant.call, Permit):
        return dependant.call.roles
    for inner in dependant.dependencies:
        found = _roles(inner)
        if found is not None:
            return found
    return None
