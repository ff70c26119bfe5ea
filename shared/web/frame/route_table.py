"""What the frame knows of the routes: which are open to anybody, and which methods an address has."""

from collections.abc import Sequence
from dataclasses import dataclass
from re import Pattern
from typing import Final

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, compile_path

from shared.web.auth import permission_of

#: Below this everything needs a token, but for the routes that have no permission.
GUARDED_PREFIX: Final = "/v1"


@dataclass(frozen=True, slots=True)
class _Route:
    methods: frozenset[str]
    path: Pattern[str]
    is_open: bool


class RouteTable:
    """All routes of an application. Deny by default: an address that no open route has needs a token."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = [
            _Route(
                frozenset(context.methods or ()),
                compile_path(context.path)[0],
                is_open=not isinstance(route, APIRoute) or permission_of(route.dependant) is None,
            )
            for context in iter_route_contexts(routes)
            if context.path is not None
            for route in (context.original_route,)
        ]
        self._open = [route for route in self._routes if route.is_open]

    def needs_token(self, method: str, path: str) -> bool:
        if path != GUARDED_PREFIX and not path.startswith(GUARDED_PREFIX + "/"):
            return False
        return not any(method in route.methods and route.path.match(path) for route in self._open)

    def methods_at(self, path: str) -> list[str]:
        """Every method that the address has, of all routes there (RFC 9110, section 15.5.6)."""
        return sorted(
            {method for route in self._routes if route.path.match(path) for method in route.methods}
        )
