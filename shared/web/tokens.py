"""Access tokens: JWTs of an OIDC issuer, verified against its JWKS.

Only EdDSA and RS256 are accepted, and the token must name this service as its audience.
"""

from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError

from shared.documents.keys import KeySource
from shared.errors import Kind, Refusal
from shared.web.principals import Principal, Role

ALGORITHMS: Final = ["EdDSA", "Ed25519", "RS256"]
CLOCK_LEEWAY_SECONDS: Final = 30
MAX_TOKEN_CHARACTERS: Final = 8_192


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
            raise not_authenticated()
        try:
            decoded = jwt.decode(token, await self._keys.for_token(token), algorithms=ALGORITHMS)
            self._claims.validate(decoded.claims)
            return _principal(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise not_authenticated() from error


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


def not_authenticated() -> NotAuthenticated:
    return NotAuthenticated(
        "请登录:缺少访问令牌,或令牌无效、已过期、不是发给本服务的",
        "Please sign in: the access token is missing, invalid, expired or made for another service",
    )
