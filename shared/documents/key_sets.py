"""Key sets (JWKS, RFC 7517) of somebody else: which keys of it are used, and how it is fetched from an address.

Nothing of the other side is trusted: an answer is bounded in time and size, redirects are not followed, and only
public keys that can verify what this product accepts are taken over.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OKPKey, RSAKey

MAX_ANSWER_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 100
MAX_KEY_ID_CHARACTERS: Final = 200
RSA_BITS: Final = range(2048, 8192 + 1)
#: What is taken over of a key: what is public in it. An issuer that publishes more than that made a mistake.
_PUBLIC: Final = {"OKP": ("kty", "crv", "x"), "RSA": ("kty", "n", "e")}


class KeySetUnusable(Exception):
    """What was fetched is no key set, holds no usable key, or could not be had in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAddress:
    """Where a key set is fetched: at ``url``, or where the metadata at ``url`` says (``metadata_of`` is its issuer).

    ``https_only`` also binds the address that the metadata names.
    """

    url: str
    metadata_of: str | None = None
    https_only: bool = False


async def fetch_key_set(address: KeyAddress, *, timeout_seconds: float) -> KeySet:
    """The key set at an address, within this time altogether; raises :class:`KeySetUnusable`."""
    try:
        async with asyncio.timeout(timeout_seconds), _client(timeout_seconds) as client:
            url = address.url
            if address.metadata_of is not None:
                url = _jwks_uri(await _object(client, url), address)
            return usable_keys(await _object(client, url))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError) as error:
        raise KeySetUnusable(type(error).__name__) from error


def usable_keys(published: Any) -> KeySet:
    """The Ed25519 keys and the RSA keys of 2,048 bits or more that are for signatures.

    Others are passed over, as RFC 7517 (section 5) wants; where none is left, this is no key set for us. A key
    without an id is known by its thumbprint (RFC 7638).
    """
    entries = published.get("keys") if isinstance(published, Mapping) else None
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise KeySetUnusable("no list of keys")
    keys = [key for entry in entries if (key := _usable_key(entry)) is not None]
    if not keys:
        raise KeySetUnusable("no usable key")
    return KeySet(list(keys))


def _usable_key(entry: Any) -> OKPKey | RSAKey | None:
    if not isinstance(entry, Mapping) or not _may_verify(entry):
        return None
    members = _PUBLIC.get(str(entry.get("kty")), ())
    public = {member: entry[member] for member in (*members, "kid") if member in entry}
    fitting = all(isinstance(value, str) for value in public.values())
    if not members or not fitting or not 0 < len(public.get("kid", "?")) <= MAX_KEY_ID_CHARACTERS:
        return None
    try:
        return _imported(public)
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError):
        return None


def _may_verify(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    return entry.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def _imported(public: dict[str, Any]) -> OKPKey | RSAKey | None:
    if public["kty"] == "OKP":
        return OKPKey.import_key(public) if public["crv"] == "Ed25519" else None
    key = RSAKey.import_key(public)
    return key if key.raw_value.key_size in RSA_BITS else None


def _jwks_uri(metadata: Mapping[str, Any], address: KeyAddress) -> str:
    """RFC 8414, section 3.3, and OpenID Connect Discovery, section 4.3: the metadata names the issuer we asked for."""
    if metadata.get("issuer") != address.metadata_of:
        raise KeySetUnusable("metadata of another issuer")
    url = metadata.get("jwks_uri")
    allowed = {"https"} if address.https_only else {"https", "http"}
    if not isinstance(url, str) or urlsplit(url).scheme not in allowed:
        raise KeySetUnusable("no usable jwks_uri")
    return url


def _client(timeout_seconds: float) -> httpx.AsyncClient:
    # Nothing compressed: then an answer cannot grow after its size was checked.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    return httpx.AsyncClient(
        timeout=timeout_seconds, headers=headers, verify=_trusted_authorities(), follow_redirects=False
    )


@cache
def _trusted_authorities() -> SSLContext:
    """Read once: reading them takes longer than a request may."""
    return httpx.create_ssl_context()


async def _object(client: httpx.AsyncClient, url: str) -> Mapping[str, Any]:
    content = bytearray()
    async with client.stream("GET", url) as answer:
        if (
            answer.status_code != httpx.codes.OK
            or answer.headers.get("content-encoding", "identity") != "identity"
        ):
            raise KeySetUnusable(f"status {answer.status_code}")
        async for part in answer.aiter_raw():
            content += part
            if len(content) > MAX_ANSWER_BYTES:
                raise KeySetUnusable("too large")
    found = strict_json(bytes(content))
    if not isinstance(found, Mapping):
        raise KeySetUnusable("no object")
    return found


def strict_json(content: bytes) -> Any:
    """JSON in UTF-8 in which no name comes twice and every number is finite; raises ``ValueError`` for all else."""
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
