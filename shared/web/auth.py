"""Permissions as types: a route names who may call it (``Annotated[Principal, permit(Role.COUNTY_SIGNER)]``).

A route without one stands out, and a test finds it. Who calls was found out before anything of the request was read
(``shared.web.frame.gate``); here it is only looked up.
"""

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Header, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.errors import RoleNotPermitted
from shared.web.principals import Principal, Role
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
    if on_behalf_of is not None and Role.SERVICE in principal.roles:
        principal = replace(principal, on_behalf_of=on_behalf_of)
    request.state.principal = principal  # for the audit of a refusal
    return principal


class Permit:
    """A dependency that lets only these roles pass. Tests read ``roles`` to know each route's permission."""

    #: Set on the class, so that a test can tell a permission from any other dependency.
    is_permission: ClassVar[bool] = True

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, principal: Annotated[Principal, Depends(get_principal)]) -> Principal:
        if not principal.roles & self.roles:
            needed = ", ".join(sorted(self.roles))
            raise RoleNotPermitted(
                f"您的角色不能执行此操作,需要:{needed}",
                f"Your roles do not permit this; it takes one of: {needed}",
            )
        return principal


def permission_of(dependant: Dependant) -> Permit | None:
    """The permission of a route, wherever among its dependencies it stands."""
    if isinstance(dependant.call, Permit):
        return dependant.call
    return next((found for inner in dependant.dependencies if (found := permission_of(inner))), None)


def permit(*roles: Role) -> Any:
    """The permission of a route, for use in ``Annotated[Principal, permit(...)]``."""
    return Depends(Permit(*roles))


SignedIn = Annotated[Principal, permit(*Role)]
