"""Public keys of somebody else (JWKS), from a file or an address, and signatures over document hashes."""

import asyncio
import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.documents.key_sets import KeyAddress, KeySetUnusable, fetch_key_set, strict_json, usable_keys
from shared.errors import Kind, Refusal
from shared.logging import get_logger

SIGNATURE_TYPE: Final = "county-clusters-document+jws"


class SignatureInvalid(Refusal):
    """A document's signature is not by a trusted key, or is over other bytes."""

    kind = Kind.INVALID
    code = "signature-invalid"


class KeysUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    code = "keys-unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTimes:
    """When keys at an address are fetched again, in seconds.

    After an attempt nothing is fetched for ``back_off``, which doubles with each failure up to ``refresh``. Keys that
    could not be refreshed for ``too_old`` are no longer trusted: a key that was withdrawn must not live for ever.
    """

    refresh: float = 60.0
    back_off: float = 5.0
    timeout: float = 5.0
    too_old: float = 86_400.0


class KeySource:
    """Keys that may rotate: of a file, read again when it changes, or of an address, refreshed in the background.

    Once keys are known, nobody waits for the address: they are served while one refresh runs beside the requests,
    when they are old or when somebody asks for a key that is not known (:meth:`wanted`).
    """

    def __init__(
        self,
        location: str,
        *,
        metadata_of: str | None = None,
        https_only: bool = False,
        times: KeyTimes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``metadata_of``: the location is the metadata address of this issuer, and names the address of its keys."""
        self._address: KeyAddress | None = None
        if is_address(location):
            self._address = KeyAddress(url=location, metadata_of=metadata_of, https_only=https_only)
        self._path = Path(location)
        self._times = times or KeyTimes()
        self._clock = clock
        self._keys: KeySet | None = None
        self._mark: object = None  # of the file: when it was changed, its size, which file it is
        self._fetched_at = -math.inf
        self._not_before = -math.inf
        self._failures = 0
        self._refresh: asyncio.Task[None] | None = None

    async def keys(self) -> KeySet:
        """The keys as they are known. Only while none is known does this wait, for one attempt at most."""
        if self._address is None:
            return self._from_file()
        age = self._clock() - self._fetched_at
        if age >= self._times.refresh:
            self._begin_refresh(self._address)
        if age >= self._times.too_old and self._refresh is not None:
            await asyncio.shield(self._refresh)
        if self._keys is None or self._clock() - self._fetched_at >= self._times.too_old:
            raise _keys_unavailable()
        return self._keys

    def wanted(self, key_id: str) -> None:
        """Somebody named a key. If it is not known, it may be new: a refresh begins, unless one was just tried."""
        known = self._keys is not None and any(key.kid == key_id for key in self._keys)
        if self._address is not None and not known:
            self._begin_refresh(self._address)

    async def keep_fresh(self) -> None:
        """Refreshes for ever, so that a key that was withdrawn is forgotten also while nobody asks."""
        while self._address is not None:
            self._begin_refresh(self._address)
            await asyncio.sleep(self._times.refresh)

    async def close(self) -> None:
        """Ends a refresh that is still running."""
        if self._refresh is not None:
            self._refresh.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refresh

    def _begin_refresh(self, address: KeyAddress) -> None:
        if self._refresh is None and self._clock() >= self._not_before:
            self._not_before = self._clock() + self._times.back_off
            self._refresh = asyncio.create_task(self._refresh_from(address))

    async def _refresh_from(self, address: KeyAddress) -> None:
        try:
            self._keys = await fetch_key_set(address, timeout_seconds=self._times.timeout)
            self._fetched_at = self._clock()
            self._failures = 0
        except Exception as error:  # whatever the other side made our client raise: the known keys go on
            self._failures += 1
            reason = str(error) if isinstance(error, KeySetUnusable) else type(error).__name__
            get_logger().warning("keys_not_refreshed", reason=reason, failures=self._failures)
        finally:
            wait = min(self._times.back_off * 2 ** min(self._failures, 20), self._times.refresh)
            self._not_before = self._clock() + max(wait, self._times.back_off)
            self._refresh = None

    def _from_file(self) -> KeySet:
        try:
            state = self._path.stat()
            mark = (state.st_mtime_ns, state.st_size, state.st_ino)
            if self._keys is None or mark != self._mark:
                self._mark = mark
                self._keys = usable_keys(strict_json(self._path.read_bytes()))
        except (OSError, ValueError, KeySetUnusable) as error:
            if self._keys is None:
                raise _keys_unavailable() from error
            get_logger().warning("keys_not_refreshed", reason=type(error).__name__, failures=1)
        return self._keys


def is_address(location: str) -> bool:
    """Whether keys lie at an http(s) address; else the location is the path of a file."""
    return location.lower().startswith(("https://", "http://"))


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


def _signature_invalid() -> SignatureInvalid:
    return SignatureInvalid(
        "文件签名无效:不是可信密钥所签,或内容已被改动",
        "The document's signature is not by a trusted key, or the document was changed",
    )


def _keys_unavailable() -> KeysUnavailable:
    return KeysUnavailable(
        "暂时取不到验证密钥,请稍后再试", "The verification keys cannot be had at the moment; try again later"
    )
