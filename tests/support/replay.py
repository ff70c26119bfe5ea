"""A release made once more from its inputs, in a process of its own with another number of threads."""

import asyncio
import os
import sys
from pathlib import Path

SCRIPT = """
import asyncio, json, sys
from pathlib import Path
from services.scoring.use_cases.releases.analyse_robustness import analyse
from services.scoring.domain.reading.stored import SchemeDocument
from services.scoring.use_cases.assessments.assess_snapshot import assess_snapshot
from shared.documents.canonical import sha256_of
from shared.contracts.snapshot import Snapshot
content = Path(sys.argv[1]).read_bytes()
stored, snapshot = SchemeDocument(content, sha256_of(content)), Snapshot.parse(Path(sys.argv[2]).read_bytes())
proposal = asyncio.run(assess_snapshot(stored, snapshot))
robustness = analyse(stored, snapshot, lambda done, total: None)
told = json.dumps([proposal.explanations, robustness], sort_keys=True)
sys.stdout.buffer.write(proposal.release.canonical() + b"\\n" + told.encode())
"""


async def replayed(folder: Path, scheme: bytes, snapshot: bytes, *, threads: int) -> tuple[bytes, bytes]:
    """The release's canonical bytes, and its explanations and robustness as JSON."""
    files = folder / "scheme.json", folder / "snapshot.json"
    for file, content in zip(files, (scheme, snapshot), strict=True):
        file.write_bytes(content)
    counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRIPT, *map(str, files)),
        env={**os.environ, **counts, "PYTHONHASHSEED": str(threads)},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    assert process.returncode == 0
    release, _, told = answer.partition(b"\n")
    return release, told
