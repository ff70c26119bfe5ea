"""Stand-ins for the services' command lines, to try the supervisor on: no database, no framework.

`FAKE_FOLDER` steers them: a file `<name>.<migrate|serve>.fails` lets that command end with status 3; while there is a
file `unready`, none of them is ready.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Ready at once, if nothing is planted; shows its environment."""

    def do_GET(self) -> None:
        body = json.dumps(dict(os.environ)).encode() if self.path == "/environment" else b"{}"
        unready = self.path == "/health/ready" and (Path(os.environ["FAKE_FOLDER"]) / "unready").exists()
        self.send_response(503 if unready else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


def main(name: str) -> None:
    command = sys.argv[1]
    if (Path(os.environ["FAKE_FOLDER"]) / f"{name}.{command}.fails").exists():
        print(f"{name} {command}: planted failure")
        sys.exit(3)
    if command == "serve":
        ThreadingHTTPServer((sys.argv[3], int(sys.argv[5])), Handler).serve_forever()
