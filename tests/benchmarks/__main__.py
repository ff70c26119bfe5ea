"""``python -m tests.benchmarks``: runs the comparisons and prints them; ``--keep`` writes ``docs/performance.*``."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from clients.local.postgres.embedded import EmbeddedPostgres
from tests.benchmarks import allocation, enterprise_import, ledger, scoring_engines
from tests.benchmarks.harness import Comparison, compare, machine
from tests.benchmarks.page import page
from tests.support.postgres import Server, begin_run, cloned_database, end_run, shared_folder

DOCS = Path(__file__).parents[2] / "docs"


def comparisons(server: Server, folder: Path, *, rounds: int) -> dict[str, Callable[[], Comparison]]:
    """All comparisons by name; each prepares its input only when it is asked for."""
    return (
        {
            f"enterprise-import-{rows}": lambda rows=rows: enterprise_import.comparison(
                server, folder, rows=rows, rounds=rounds
            )
            for rows in (100_000, 1_000_000)
        }
        | scoring_engines.comparisons(rounds=rounds)
        | ledger.comparisons(server, rounds=rounds)
        | allocation.comparisons(rounds=rounds)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench ARGS=...")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", help="a comparison; may be repeated")
    parser.add_argument(
        "--keep", action="store_true", help="write docs/performance.json and docs/performance.md"
    )
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    begin_run()
    try:
        server = EmbeddedPostgres(shared_folder() / "postgres").ensure_running()
        for service in ("registry", "funding"):
            with cloned_database(server, service):
                pass  # the template is built before the event loop runs
        with tempfile.TemporaryDirectory(prefix="bench-", dir=shared_folder()) as folder:
            found = asyncio.run(_run(server, options.only, rounds=options.rounds, folder=Path(folder)))
    finally:
        end_run()
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if options.keep:
        _keep(found)
    return 0


async def _run(server: Server, only: Sequence[str] | None, *, rounds: int, folder: Path) -> dict[str, Any]:
    outcomes = []
    for name, prepare in comparisons(server, folder, rounds=rounds).items():
        if not only or name in only:
            outcomes.append((await compare(prepare(), _say)).as_json())
    return {"machine": machine(await _version(server)), "comparisons": outcomes}


async def _version(server: Server) -> str:
    connection = await asyncpg.connect(server.database_url("postgres").replace("+asyncpg", ""))
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _keep(found: dict[str, Any]) -> None:
    """Figures of comparisons that were not run this time stay as they are."""
    file = DOCS / "performance.json"
    before = json.loads(file.read_text("utf-8")) if file.exists() else {"comparisons": []}
    fresh = {entry["code"]: entry for entry in found["comparisons"]}
    kept = [entry for entry in before["comparisons"] if entry["code"] not in fresh]
    merged = {
        **found,
        "comparisons": sorted([*kept, *fresh.values()], key=lambda entry: (entry["work"], entry["code"])),
    }
    file.write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (DOCS / "performance.md").write_text(page(merged), "utf-8")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
