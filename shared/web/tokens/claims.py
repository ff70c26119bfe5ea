"""What an access token says (RFC 9068, section 2.2), read strictly: a claim of another type is no claim.

* ``iss`` and ``aud`` name the issuer we trust and this service; ``aud`` is a text or a list of texts.
* ``iat`` and ``exp`` are given, ``nbf`` may be: not issued or valid only in the future, not expired, and not valid for
  longer than the setting allows. Clocks may differ by half a minute.
* ``sub`` and ``jti`` are given: who it is, and by what the token can be revoked.
* ``division`` has the form of a division code. Only who has no role beyond the public's may lack it. Whether a
  division of that form exists only the registry knows; access is by the division path of each document, and one that
  does not exist is in none.
* ``roles`` is a list of texts; those that are no roles here are other applications' and count for nothing.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.text.hygiene import stored
from shared.web.principals import FOR, PROVINCIAL, Principal, Role, is_province

CLOCK_LEEWAY_SECONDS: Final = 30
MAX_CLAIM_CHARACTERS: Final = 200
MAX_ROLES: Final = 200
_LAST_SECOND: Final = 2**40
#: GB/T 2260: six digits, the first two of which name a province-level division.
DIVISION: Final = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}")
_ROLES: Final = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """What a service demands of a token."""

    issuer: str
    audience: str
    max_lifetime_seconds: int


def principal_of(claims: Any, rules: ClaimRules) -> Principal:
    """Who comes with these claims; raises ``ValueError`` or ``TypeError`` where they break a rule."""
    if not isinstance(claims, Mapping):
        raise TypeError("claims")
    _check_addressee(claims, rules)
    _check_times(claims, rules.max_lifetime_seconds)
    subject = _text(claims, "sub")
    if FOR in subject:  # a kept actor "service for person" is read from behind: nobody may be named like that
        raise ValueError("sub")
    roles = _roles(claims.get("roles"))
    division = _division(claims.get("division"), roles)
    return Principal(
        subject=subject,
        name=_words(claims, "name"),
        roles=roles if is_province(division) else roles - PROVINCIAL,
        division=division,
        unit=_words(claims, "unit"),
        department=_words(claims, "department") or None,
        token_id=_text(claims, "jti"),
    )


def _check_addressee(claims: Mapping[str, Any], rules: ClaimRules) -> None:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if claims.get("iss") != rules.issuer:
        raise ValueError("iss")
    if not isinstance(audiences, list) or not all(isinstance(name, str) for name in audiences):
        raise ValueError("aud")
    if rules.audience not in audiences:
        raise ValueError("aud")


def _check_times(claims: Mapping[str, Any], max_lifetime_seconds: int) -> None:
    now = time.time()
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if issued > now + CLOCK_LEEWAY_SECONDS:
        raise ValueError("iat")
    if expires <= now - CLOCK_LEEWAY_SECONDS or not 0 < expires - issued <= max_lifetime_seconds:
        raise ValueError("exp")
    if "nbf" in claims and _moment(claims, "nbf") > now + CLOCK_LEEWAY_SECONDS:
        raise ValueError("nbf")


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """Seconds since 1970 (NumericDate of RFC 7519)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise ValueError(name)
    return float(value)


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A short text in one line, as it is."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM_CHARACTERS or not value.isprintable():
        raise ValueError(name)
    return value


def _words(claims: Mapping[str, Any], name: str) -> str:
    """A name as it is kept: without blanks around it and without invisible characters; empty where it is not given."""
    value = claims.get(name)
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or len(value) > MAX_CLAIM_CHARACTERS:
        raise TypeError(name)
    return stored(value).text


def _roles(value: Any) -> frozenset[Role]:
    if (
        not isinstance(value, list)
        or len(value) > MAX_ROLES
        or not all(isinstance(role, str) for role in value)
    ):
        raise ValueError("roles")
    return frozenset(_ROLES[role] for role in value if role in _ROLES)


def _division(value: Any, roles: frozenset[Role]) -> str:
    if value in (None, "") and roles <= {Role.PUBLIC}:
        return ""
    if not isinstance(value, str) or DIVISION.fullmatch(value) is None:
        raise ValueError("division")
    return value
