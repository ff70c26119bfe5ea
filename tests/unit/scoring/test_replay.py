"""A release replayed from its stored inputs: the same bytes in another process, with other threads."""

import asyncio
import json
import os
import sys
from pathlib import Path

from services.scoring.use_cases.assess_snapshot import StoredScheme, assess_snapshot
from shared.canonical import canonical_bytes, sha256_of
from tests.support.scoring import snapshot_of
from tests.unit.scoring.documents import small

REPLAY = """
import asyncio, sys
from pathlib import Path
from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.scoring_run import run_scheme
from services.scoring.domain.snapshot_reading import read_units
from services.scoring.use_cases.assess_snapshot import StoredScheme, assess_snapshot, read_scheme
from shared.canonical import sha256_of
from shared.contracts.snapshot import Snapshot
content = Path(sys.argv[1]).read_bytes()
stored, snapshot = StoredScheme(content, sha256_of(content)), Snapshot.parse(Path(sys.argv[2]).read_bytes())
release = asyncio.run(assess_snapshot(stored, snapshot)).release
scheme = read_scheme(stored)
runs = run_scheme(scheme, read_units(scheme, snapshot), data_year=snapshot.data_year)
units = robustness_of(runs, data_year=snapshot.data_year).units
sys.stdout.buffer.write(release.canonical() + repr(units).encode())
"""
VALUES: dict[str, dict[str, str | None]] = {
    "u1": {"a": "9.1", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8.3333", "c": None},
    "u3": {"a": "7", "b": "8.5", "c": "5"},
}


async def test_a_release_and_its_robustness_are_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    snapshot = snapshot_of(VALUES)
    scheme = canonical_bytes(small())
    files = [tmp_path / "scheme.json", tmp_path / "snapshot.json"]
    for file, content in zip(files, (scheme, snapshot.canonical()), strict=True):
        file.write_bytes(content)
    here = (await assess_snapshot(StoredScheme(scheme, sha256_of(scheme)), snapshot)).release.canonical()
    answers = set()
    for threads in ("1", "2", "7"):
        counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", REPLAY, *map(str, files)),
            env={**os.environ, **counts, "PYTHONHASHSEED": threads},
            stdout=asyncio.subprocess.PIPE,
        )
        there, _ = await process.communicate()
        assert there.startswith(here)
        answers.add(there)
    assert json.loads(here)["units"][0]["score"]
    assert len(answers) == 1
