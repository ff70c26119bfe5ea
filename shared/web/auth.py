"""Permissions as types: a route names who may call it, and of which divisions' things it speaks.

A route without one stands out, and a test finds it. Who calls was found out before anything of the request was read
(``shared.web.frame.gate``); here it is only looked up.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Header, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import BaseRoute

from shared.errors import OutOfScope, RoleNotPermitted
from shared.web.principals import Principal, Role, Scope
from shared.web.state import plumbing_of
from shared.web.tokens.verifier import not_authenticated

MAX_ON_BEHALF_OF: Final = 200
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="access_token",
    bearerFormat="JWT",
    description="Access token of the province's identity provider; its audience names this service.",
)


async def get_principal(
    request: Request,
    _described: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
    on_behalf_of: Annotated[
        str | None,
        Header(max_length=MAX_ON_BEHALF_OF, description="The person for whom a service account calls."),
    ] = None,
) -> Principal:
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None:
        raise not_authenticated()
    if on_behalf_of is not None and principal.has(Role.SERVICE, Role.PIPELINE):
        principal = replace(principal, on_behalf_of=on_behalf_of)
    request.state.principal = principal  # for the audit of a refusal
    return principal


class Permit:
    """A dependency that lets only these roles pass, and for what concerns the whole installation only its division.

    ``scope``: of which divisions' things the route speaks. Beyond the installation's, the use case looks at the thing:
    what is not the principal's is not found. Tests read ``roles`` and ``scope`` to know each route's permission.
    """

    #: Set on the class, so that a test can tell a permission from any other dependency.
    is_permission: ClassVar[bool] = True

    def __init__(self, *roles: Role, scope: Scope) -> None:
        self.roles = frozenset(roles)
        self.scope = scope

    async def __call__(
        self, request: Request, principal: Annotated[Principal, Depends(get_principal)]
    ) -> Principal:
        if not principal.roles & self.roles:
            needed = ", ".join(sorted(self.roles))
            raise RoleNotPermitted(
                f"您的角色不能执行此操作,需要:{needed}",
                f"Your roles do not permit this; it takes one of: {needed}",
            )
        division = plumbing_of(request).settings.division
        if self.scope is Scope.INSTALLATION and principal.division != division:
            raise OutOfScope(division)
        return principal


def permit(*roles: Role, scope: Scope) -> Any:
    """The permission of a route, for use in ``Annotated[Principal, permit(..., scope=...)]``."""
    return Depends(Permit(*roles, scope=scope))


def permission_of(dependant: Dependant) -> Permit | None:
    """The permission of a route, wherever its dependencies have it; null where anybody may call it."""
    if isinstance(dependant.call, Permit):
        return dependant.call
    return next((found for inner in dependant.dependencies if (found := permission_of(inner))), None)


def describe_permissions(routes: Sequence[BaseRoute], description: dict[str, Any]) -> None:
    """Adds to each operation of an API description the roles that may call it, and its scope."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (permit := permission_of(route.dependant)) is not None:
            path = re.sub(r":\w+\}", "}", str(context.path))
            for method in route.methods or ():
                operation = description["paths"][path][method.lower()]
                operation["x-roles"] = sorted(permit.roles)
                operation["x-scope"] = permit.scope.value


#: For what is published; anything else names its own roles.
SignedIn = Annotated[Principal, permit(*Role, scope=Scope.PUBLISHED)]
