"""The local issuer's metadata and keys over HTTP, on this machine only: to try discovery and rotation.

    with DiscoveryServer(LocalKeys.below(data_dir).issuer) as server:
        server.metadata_url   # for AUTH_METADATA

The files are read for each answer, so a rotated key is there at once.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from clients.local.issuer import ALGORITHM, SigningKey
from shared.settings import LOCAL_ISSUER

HOST = "127.0.0.1"
DEFAULT_PORT = 8709
#: OpenID Connect Discovery, section 4, and RFC 8414, section 3.
METADATA_PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
KEYS_PATH = "/jwks.json"
POLL_SECONDS = 0.2


class DiscoveryServer:
    """Serves while it is entered, in a thread of its own."""

    def __init__(self, key: SigningKey, *, port: int = 0) -> None:
        """Port 0 takes a free one. Raises ``OSError`` where the port is taken."""
        self._key = key
        self._server = ThreadingHTTPServer((HOST, port), self._handler())
        self._asked_to_stop = False  # a plain flag, as in the supervisor
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    @property
    def metadata_url(self) -> str:
        return self.url + METADATA_PATHS[0]

    @property
    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": LOCAL_ISSUER,
            "jwks_uri": self.url + KEYS_PATH,
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    def answer(self, path: str) -> str | None:
        """What is published at a path, as JSON."""
        if path in METADATA_PATHS:
            return json.dumps(self.metadata)
        return self._key.public_file.read_text("utf-8") if path == KEYS_PATH else None

    def watch(self) -> None:
        """Until asked to stop."""
        while not self._asked_to_stop:
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Lets `watch` return; from a signal handler, too."""
        self._asked_to_stop = True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        published = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = published.answer(self.path)
                found = (content or "{}").encode("utf-8")
                self.send_response(200 if content is not None else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(found)))
                self.end_headers()
                self.wfile.write(found)

            def log_message(self, *_: object) -> None:
                """Silent: what it serves is public, and who asks are our own services."""

        return Handler
