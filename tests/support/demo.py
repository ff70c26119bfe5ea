"""The demo as a user runs it: as a process of its own, on a folder that is gone afterwards."""

import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.supervisor import stop_suite
from tests.support.postgres import shared_folder

CLUSTERS = Path(sys.executable).with_name("clusters")
SEED = 7
_DATABASE_VARIABLES = {f"{name}_DATABASE_URL" for name in ("REGISTRY", "SCORING", "FUNDING", "PIPELINE")}


def free_port() -> int:
    """The first of four neighbouring free ports."""
    while True:
        port = random.randrange(20_000, 60_000)  # noqa: S311 - not for security
        try:
            for place in range(4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + place))
        except OSError:
            continue
        return port


def start(folder: Path, *arguments: str, seed: int = SEED, years: int = 1) -> subprocess.Popen[str]:
    """Without further arguments the demo plays its first year once and prints its JSON object."""
    command = [str(CLUSTERS), "demo", *(arguments or ("--once", "--json"))]
    options = ["--years", str(years), "--seed", str(seed), "--data", str(folder), "--port", str(free_port())]
    environment = {name: value for name, value in os.environ.items() if name not in _DATABASE_VARIABLES}
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    result: dict[str, Any] = json.loads(out)
    return result


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with its processes."""
    folder = shared_folder() / f"demo-{os.getpid()}-{random.randrange(10**9)}"  # noqa: S311 - not for security
    try:
        yield folder
    finally:
        if folder.exists():
            stop_suite(folder, say=lambda _zh, _en: None)
            EmbeddedPostgres(folder / "postgres").destroy()
