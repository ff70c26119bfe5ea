"""Who is asking, and what they may do.

Access tokens are JWTs of an OIDC issuer, verified against its JWKS; only EdDSA and RS256 are accepted and the
token must name this service as its audience. A route takes its permission as a type
(``Annotated[Principal, permit(Role.COUNTY_SIGNER)]``), so a route without one stands out, and a test finds it.
Scope is by division as a document carries it: :meth:`Principal.covers` looks at the document's division path,
never at the prefix of a code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError

from shared.documents.keys import KeySource
from shared.errors import Kind, Refusal, RoleNotPermitted

ALGORITHMS: Final = ["EdDSA", "Ed25519", "RS256"]
CLOCK_LEEWAY_SECONDS: Final = 30
MAX_TOKEN_CHARACTERS: Final = 8_192
_FOR: Final = " for "


class Role(StrEnum):
    COUNTY_PREPARER = "county_preparer"
    COUNTY_SIGNER = "county_signer"
    CITY_REVIEWER = "city_reviewer"
    SOURCE_DEPARTMENT = "source_department"
    THIRD_PARTY_EVALUATOR = "third_party_evaluator"
    EXPERT = "expert"
    PROVINCE_OFFICER = "province_officer"  # lead department: prepares and proposes
    PROVINCE_DECIDER = "province_decider"  # lead department: decides, with minutes
    FINANCE_MAKER = "finance_maker"
    FINANCE_REVIEWER = "finance_reviewer"
    CITY_FINANCE = "city_finance"
    COUNTY_FINANCE = "county_finance"
    AUDITOR = "auditor"
    PIPELINE = "pipeline"
    SERVICE = "service"  # one of the three services, for itself or for a named person
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service with the roles, the division and the unit that the issuer vouches for."""

    subject: str
    name: str
    roles: frozenset[Role]
    division: str
    unit: str
    department: str | None = None
    on_behalf_of: str | None = None
    token_id: str = field(default="", compare=False)

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    def covers(self, division_path: Sequence[str]) -> bool:
        """Whether a thing of this division path (province, city, county) lies in the principal's division."""
        return self.division in division_path

    @property
    def actor(self) -> str:
        """How the principal is named in events: by its subject, with the person it acts for."""
        return f"{self.subject}{_FOR}{self.on_behalf_of}" if self.on_behalf_of else self.subject

    @property
    def person(self) -> str:
        """Who decides: the person that a service acts for is the same one who comes without it."""
        return person_of(self.actor)


def person_of(actor: str) -> str:
    """The person behind a kept :attr:`Principal.actor`, to tell makers and checkers apart."""
    return actor.rpartition(_FOR)[2]


class NotAuthenticated(Refusal):
    kind = Kind.UNAUTHENTICATED
    code = "not-authenticated"


class TokenVerifier:
    """Turns a bearer token into a :class:`Principal`, or refuses it without saying more than it must."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySource) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def verify(self, token: str) -> Principal:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise _not_authenticated()
        try:
            decoded = jwt.decode(token, await self._keys.for_token(token), algorithms=ALGORITHMS)
            self._claims.validate(decoded.claims)
            return _principal(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _not_authenticated() from error


def _principal(claims: Mapping[str, Any]) -> Principal:
    known = {role.value for role in Role}
    roles = claims["roles"]
    if not isinstance(roles, list):
        raise TypeError("roles is not a list")
    department = claims.get("department")
    return Principal(
        subject=str(claims["sub"]),
        name=str(claims.get("name", "")),
        roles=frozenset(Role(role) for role in roles if role in known),
        division=str(claims.get("division", "")),
        unit=str(claims.get("unit", "")),
        department=None if department is None else str(department),
        token_id=str(claims.get("jti", "")),
    )


def _not_authenticated() -> NotAuthenticated:
    return NotAuthenticated(
        "请登录:缺少访问令牌,或令牌无效、已过期、不是发给本服务的",
        "Please sign in: the access token is missing, invalid, expired or made for another service",
    )


_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="access_token",
    bearerFormat="JWT",
    description="Access token of the province's identity provider; its audience names this service.",
)


async def get_principal(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    on_behalf_of: Annotated[
        str | None, Header(max_length=200, description="The person for whom a service account calls.")
    ] = None,
) -> Principal:
    if credentials is None:
        raise _not_authenticated()
    verifier: TokenVerifier = request.app.state.verifier
    principal = await verifier.verify(credentials.credentials)
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


def permit(*roles: Role) -> Any:
    """The permission of a route, for use in ``Annotated[Principal, permit(...)]``."""
    return Depends(Permit(*roles))


SignedIn = Annotated[Principal, permit(*Role)]
