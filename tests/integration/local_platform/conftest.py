"""Real embedded PostgreSQL in folders of its own; every server and process is ended afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.local.embedded_postgres import EmbeddedPostgres


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that every user may enter, unlike pytest's own (mode 700)."""
    folder = Path(tempfile.mkdtemp(prefix="cc-"))
    folder.chmod(0o755)
    yield folder
    for record in [*folder.rglob("instance.json")]:
        EmbeddedPostgres(record.parent).destroy()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(open_folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(open_folder / "postgres")
