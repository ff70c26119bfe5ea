"""Access tokens: signed JWTs (RFC 9068) of one issuer, verified by its published keys.

Accepted is only this: three parts in canonical base64url; a header of type ``at+jwt`` with the algorithm ``EdDSA``,
``Ed25519`` or ``RS256``, and the id of a key that the issuer publishes; claims as :mod:`shared.web.tokens.claims` reads
them. An identity token (``typ: JWT``) is no access token, and no token says by which key it is to be verified.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jws import JWSRegistry

from shared.documents.key_sets import MAX_KEY_ID_CHARACTERS, strict_json
from shared.documents.keys import KeySource
from shared.errors import Kind, Refusal
from shared.web.principals import Principal
from shared.web.tokens.claims import ClaimRules, principal_of

#: Each accepted `alg` with the algorithm that it means here. RFC 9864 names the curve; older issuers write "EdDSA", and
#: no key of another curve is taken over from an issuer.
ALGORITHMS: Final = {"EdDSA": "Ed25519", "Ed25519": "Ed25519", "RS256": "RS256"}
#: RFC 9068, section 2.1, and RFC 7515, section 4.1.9: a media type, with or without what stands before the slash.
TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
MAX_TOKEN_CHARACTERS: Final = 8_192
#: Header parameters that bring a key, that change what is signed, or that ask for what we do not know.
REFUSED_PARAMETERS: Final = frozenset({"crit", "b64", "zip", "enc", "cty", "jwk", "jku", "x5u", "x5c"})


class NotAuthenticated(Refusal):
    kind = Kind.UNAUTHENTICATED
    code = "not-authenticated"


class TokenVerifier:
    """Turns an access token into a :class:`Principal`, or refuses it without saying more than it must."""

    def __init__(
        self, *, issuer: str, audience: str, keys: KeySource, max_lifetime_seconds: int = 43_200
    ) -> None:
        self.keys = keys
        self._rules = ClaimRules(issuer=issuer, audience=audience, max_lifetime_seconds=max_lifetime_seconds)

    async def verify(self, token: str) -> Principal:
        """Raises :class:`NotAuthenticated`; :class:`KeysUnavailable` only while no key of the issuer is known."""
        try:
            signed, signature = _parts(token)
            name, key_id = _checked(strict_json(_decoded(signed.partition(".")[0])))
            algorithm = JWSRegistry.algorithms[name]
            key = _key(await self.keys.keys(), key_id, algorithm.key_type)
            if key is None:
                self.keys.wanted(key_id)
                raise not_authenticated()
            if not algorithm.verify(signed.encode("ascii"), _decoded(signature), key):
                raise not_authenticated()
            return principal_of(strict_json(_decoded(signed.partition(".")[2])), self._rules)
        except (JoseError, ValueError, TypeError) as error:
            raise not_authenticated() from error


def _parts(token: str) -> tuple[str, str]:
    """What was signed, header and claims, and its signature; the claims are read only after that is verified."""
    if len(token) > MAX_TOKEN_CHARACTERS or token.count(".") != 2:
        raise ValueError("not three parts")
    signed, _, signature = token.rpartition(".")
    return signed, signature


def _decoded(part: str) -> bytes:
    """Base64url without padding, in its one canonical form: no two texts are the same token."""
    try:
        content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(content).decode("ascii").rstrip("=") != part:
        raise ValueError("not canonical base64url")
    return content


def _checked(header: Any) -> tuple[str, str]:
    """Algorithm and key id of an acceptable header."""
    if not isinstance(header, Mapping) or REFUSED_PARAMETERS & header.keys():
        raise ValueError("header")
    algorithm, kind, key_id = header.get("alg"), header.get("typ"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise ValueError("algorithm")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        raise ValueError("type")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID_CHARACTERS:
        raise ValueError("key id")
    return ALGORITHMS[algorithm], key_id


def _key(keys: KeySet, key_id: str, key_type: str) -> Key | None:
    return next((key for key in keys if key.kid == key_id and key.key_type == key_type), None)


def not_authenticated() -> NotAuthenticated:
    return NotAuthenticated(
        "请登录:缺少访问令牌,或令牌无效、已过期、已撤销、不是发给本服务的",
        "Please sign in: the access token is missing, invalid, expired, revoked or made for another service",
    )
