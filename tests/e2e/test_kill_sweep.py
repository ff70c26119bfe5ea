"""A hundred kills at random moments of the demo: a service, the demo itself or PostgreSQL, never asked first.

Each disturbed year is played to its end, started again as often as it takes, and must come out as the undisturbed one.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from clients.local.errors import LocalError
from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.suite import read_suite
from tests.support.demo import data_folder, finish, start

SEED = 20240527
KILLS = 100
KILLS_PER_YEAR = 6
VICTIMS = ("registry", "scoring", "funding", "pipeline", "PostgreSQL", "the demo")


@pytest.mark.long
def test_a_hundred_kills_change_nothing() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a seeded sweep
    with data_folder() as folder:
        undisturbed = finish(start(folder))
    killed: Counter[str] = Counter()
    years = 0
    started = time.monotonic()
    while killed.total() < KILLS:
        with data_folder() as folder:
            killed += _disturb(folder, chance, min(KILLS_PER_YEAR, KILLS - killed.total()))
            assert finish(start(folder)) == undisturbed, f"after {dict(killed)} in year {years}"
        years += 1
    print(
        f"{killed.total()} kills in {years} years and {time.monotonic() - started:.0f} s, seed {SEED}: {dict(killed)}; "
        "every year ended with the undisturbed result"
    )


def _disturb(folder: Path, chance: random.Random, kills: int) -> Counter[str]:
    """Plays one year, killing on the way; a killed or failed demo is started again."""
    killed: Counter[str] = Counter()
    demo = start(folder)
    while killed.total() < kills:
        time.sleep(chance.uniform(0.2, 2.5))
        victim = chance.choice(VICTIMS)
        pid = _pid_of(victim, folder, demo)
        if demo.poll() is not None:
            demo.communicate()
            if demo.returncode == 0:
                return killed  # the year is over; the rest of the kills go to the next one
            demo = start(folder)
        elif pid is not None:
            os.kill(pid, signal.SIGKILL)
            killed[victim] += 1
            if victim == "the demo":
                demo.communicate()
                demo = start(folder)
    demo.communicate(timeout=300)
    return killed


def _pid_of(victim: str, folder: Path, demo: subprocess.Popen[str]) -> int | None:
    if victim == "the demo":
        return demo.pid
    if victim == "PostgreSQL":
        try:
            server = EmbeddedPostgres(folder / "postgres").find_running()
        except LocalError:  # just being made, or recovering
            return None
        return None if server is None else server.pid
    suite = read_suite(folder)
    if suite is None:
        return None
    return next(
        (entry.process.pid for entry in suite.services if entry.name == victim and entry.is_ours), None
    )
