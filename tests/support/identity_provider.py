"""An identity provider that can be made to hang, to lie and to rotate; it runs in a thread of its own."""

import asyncio
import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, OctKey, OKPKey

from shared.documents.keys import public_key_set
from shared.settings import LOCAL_ISSUER

METADATA = "/.well-known/openid-configuration"
KEYS = "/jwks.json"


def fresh_key(key_id: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": key_id})


def key_set(*keys: OKPKey) -> dict[str, Any]:
    return {"keys": [entry for key in keys for entry in public_key_set(key)["keys"]]}


class IdentityProvider:
    """Publishes ``published`` in the way of ``behaviour``; ``asked`` counts the requests."""

    def __init__(self, published: dict[str, Any]) -> None:
        self.published = published
        self.behaviour = "good"
        self.asked = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._hung_up = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata_url(self) -> str:
        return self.url + METADATA

    def hang_up(self) -> None:
        """Ends the connections on which it hangs."""
        self._loop.call_soon_threadsafe(self._hung_up.set)

    @contextmanager
    def running(self) -> Iterator["IdentityProvider"]:
        ready = threading.Event()
        thread = threading.Thread(
            target=lambda: self._loop.run_until_complete(self._serve(ready.set)), daemon=True
        )
        thread.start()
        assert ready.wait(60)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._ended.set)
            thread.join(60)
            self._loop.close()

    async def _serve(self, ready: Callable[[], None]) -> None:
        tasks: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                await self._answer(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                tasks.discard(task)
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        await self._ended.wait()
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked += 1
        if self.behaviour == "hangs":
            await self._hung_up.wait()
            return
        if self.behaviour == "drips":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        if self.behaviour == "hangs up":
            return
        status, headers, content = self._content(path)
        length = len(content)
        if self.behaviour == "endless":
            length, content = 1 << 40, b" " * (1 << 20)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}", "Connection: close", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        while self.behaviour == "endless":
            writer.write(content)
            await writer.drain()

    def _content(self, path: str) -> tuple[str, list[str], bytes]:
        told = json.dumps(self.published if path == KEYS else self._metadata()).encode()
        if self.behaviour == "an error":
            return "500 Internal Server Error", [], b"{}"
        if self.behaviour == "a redirect":
            return "302 Found", [f"Location: {self.url}/elsewhere"], b""
        if self.behaviour == "a bomb":
            return "200 OK", ["Content-Encoding: gzip"], BOMB
        return "200 OK", [], self._lie(path, told)

    def _lie(self, path: str, told: bytes) -> bytes:
        """What is told at this path; the truth where this way to answer changes nothing there."""
        if self.behaviour in JUNK:
            return JUNK[self.behaviour]
        at_keys: dict[str, Callable[[], bytes]] = {
            "names twice": lambda: told[:-1] + b', "keys": []}',
            "no keys": lambda: b'{"keys": []}',
            "a thousand keys": lambda: json.dumps({"keys": self.published["keys"] * 1000}).encode(),
            "unfit keys": lambda: UNFIT,
        }
        at_metadata = {
            "another issuer": lambda: json.dumps({**self._metadata(), "issuer": "urn:x"}).encode(),
            "keys in a file": lambda: json.dumps(
                {**self._metadata(), "jwks_uri": "file:///etc/passwd"}
            ).encode(),
        }
        return (at_keys if path == KEYS else at_metadata).get(self.behaviour, lambda: told)()

    def _metadata(self) -> dict[str, Any]:
        return {"issuer": LOCAL_ISSUER, "jwks_uri": self.url + KEYS}


JUNK = {
    "junk": b"<html>login</html>",
    "no object": b"[1, 2, 3]",
    "nested deep": b"[" * 100_000,
    "not UTF-8": b'{"keys": "\xff"}',
}
BOMB = gzip.compress(b" " * 50_000_000)

#: Ways to answer after which the keys known before stay in use.
HANGING = ("hangs", "drips", "hangs up", "an error")
LYING = (
    "a redirect", "junk", "no object", "nested deep", "not UTF-8", "names twice", "a bomb", "no keys",
    "a thousand keys", "unfit keys", "another issuer", "keys in a file", "endless",
)  # fmt: skip


def unfit_keys() -> list[Any]:
    """Keys that nobody may verify a token with."""
    ed25519 = public_key_set(fresh_key("x"))["keys"][0]
    return [
        OctKey.generate_key(256, {"kid": "test-issuer"}).as_dict(private=True),
        ECKey.generate_key("P-256", {"kid": "test-issuer"}).as_dict(private=False),
        OKPKey.generate_key("X25519", {"kid": "test-issuer"}).as_dict(private=False),
        OKPKey.generate_key("Ed448", {"kid": "test-issuer"}).as_dict(private=False),
        _weak_rsa_key(),
        {**ed25519, "use": "enc"},
        {**ed25519, "key_ops": ["sign"]},
        {**ed25519, "kid": 1},
        {**ed25519, "kid": ""},
        {**ed25519, "x": "AAAA"},
        {**ed25519, "kty": ["OKP"]},
        {"kty": "OKP", "crv": "Ed25519", "kid": "test-issuer"},
        {},
        None,
        "key",
    ]


def _weak_rsa_key() -> Any:
    """An RSA key of 1,024 bits."""
    numbers = generate_private_key(65537, 1024).public_key().public_numbers()  # noqa: S505 - weak on purpose
    modulus = base64.urlsafe_b64encode(numbers.n.to_bytes(128)).decode().rstrip("=")
    return {"kty": "RSA", "kid": "test-issuer", "n": modulus, "e": "AQAB"}


UNFIT = json.dumps({"keys": unfit_keys()}).encode()
