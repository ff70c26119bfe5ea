"""A command on a table loads what it uses and nothing that serves, stores or starts."""

import subprocess
import sys
from pathlib import Path

from tests.unit.scoring.test_offline import DATA, SCHEME, dumped

RUN = """
import sys
from clients.cli.main import make_app
try:
    make_app()(["score", "--scheme", sys.argv[1], "--data", sys.argv[2]])
except SystemExit as end:
    assert not end.code, end.code
heavy = {"numpy", "scipy", "fastapi", "sqlalchemy", "httpx", "uvicorn", "structlog", "openpyxl"}
print(sorted(heavy & sys.modules.keys()), file=sys.stderr)
"""


def test_scoring_a_table_loads_no_server_and_no_numpy(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(dumped(SCHEME), "utf-8")
    (tmp_path / "d.csv").write_text(DATA, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "s.yaml"), str(tmp_path / "d.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 2
    assert done.stderr == "[]\n"
