"""Public keys of somebody else (JWKS), from a file or an https address, and signatures over document hashes."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any, Final

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.errors import Kind, Refusal

REFRESH_SECONDS: Final = 300
RETRY_SECONDS: Final = 30
SIGNATURE_TYPE: Final = "county-clusters-document+jws"


class SignatureInvalid(Refusal):
    """A document's signature is not by a trusted key, or is over other bytes."""

    kind = Kind.INVALID
    code = "signature-invalid"


class KeysUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    code = "keys-unavailable"


class KeySource:
    """Keys that may rotate: read again when the file changes, when they are old, or when a token names a new one."""

    def __init__(self, location: str, *, timeout_seconds: float = 5.0) -> None:
        self._location = location
        self._timeout_seconds = timeout_seconds
        self._keys: KeySet | None = None
        self._mark: float = 0.0  # file: its mtime; address: when it was fetched
        self._lock = asyncio.Lock()

    async def keys(self) -> KeySet:
        if self._location.startswith(("https://", "http://")):
            return await self._from_address(max_age_seconds=REFRESH_SECONDS)
        return self._from_file()

    async def for_token(self, token: str) -> KeySet:
        """The keys, fetched anew if the token names one that is not known yet (at most once in 30 seconds)."""
        keys = await self.keys()
        if self._location.startswith("http") and _key_id(token) not in {key.kid for key in keys.keys}:
            return await self._from_address(max_age_seconds=RETRY_SECONDS)
        return keys

    def _from_file(self) -> KeySet:
        path = Path(self._location)
        try:
            mark = path.stat().st_mtime
            if self._keys is None or mark != self._mark:
                self._keys = KeySet.import_key_set(json.loads(path.read_text("utf-8")))
                self._mark = mark
        except (OSError, ValueError, JoseError) as error:
            raise _keys_unavailable() from error
        return self._keys

    async def _from_address(self, *, max_age_seconds: float) -> KeySet:
        async with self._lock:
            if self._keys is not None and time.monotonic() - self._mark < max_age_seconds:
                return self._keys
            try:
                async with httpx.AsyncClient(timeout=self._timeout_seconds) as client:
                    answer = (await client.get(self._location)).raise_for_status()
                    self._keys = KeySet.import_key_set(answer.json())
                    self._mark = time.monotonic()
            except (httpx.HTTPError, ValueError, JoseError) as error:
                if self._keys is None:
                    raise _keys_unavailable() from error
            return self._keys


def load_signing_key(path: Path) -> OKPKey:
    """A private Ed25519 key (JWK) from a file."""
    return OKPKey.import_key(json.loads(path.read_text("utf-8")))


def public_key_set(key: OKPKey) -> dict[str, Any]:
    """The JWKS to publish for a signing key."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "Ed25519", "kid": key.kid}]}


def sign_hash(document_hash: str, key: OKPKey) -> str:
    """A compact JWS over a document's hash. Ed25519 is deterministic: the same hash and key, the same signature."""
    header = {"alg": "Ed25519", "kid": key.kid, "typ": SIGNATURE_TYPE}
    return jws.serialize_compact(header, document_hash.encode("ascii"), key, algorithms=["Ed25519"])


def verify_signature(signature: str, document_hash: str, keys: KeySet) -> str:
    """Checks that a trusted key signed this hash; returns the key's id."""
    try:
        signed = jws.deserialize_compact(signature.encode("ascii"), keys, algorithms=["Ed25519"])
    except (JoseError, ValueError, UnicodeEncodeError) as error:
        raise _signature_invalid() from error
    if signed.payload != document_hash.encode("ascii") or signed.headers().get("typ") != SIGNATURE_TYPE:
        raise _signature_invalid()
    return str(signed.headers().get("kid", ""))


def _key_id(token: str) -> str | None:
    try:
        return str(jws.extract_compact(token.encode("ascii")).headers().get("kid"))
    except (JoseError, ValueError):
        return None


def _signature_invalid() -> SignatureInvalid:
    return SignatureInvalid(
        "文件签名无效:不是可信密钥所签,或内容已被改动",
        "The document's signature is not by a trusted key, or the document was changed",
    )


def _keys_unavailable() -> KeysUnavailable:
    return KeysUnavailable(
        "暂时取不到验证密钥,请稍后再试", "The verification keys cannot be had at the moment; try again later"
    )
