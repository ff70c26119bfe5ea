"""One year of the demo, played once for all that look at it and left up for the fuzzer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clients.local.issuer import LocalIssuer, LocalKeys
from clients.local.suite import Suite, read_suite
from tests.support.demo import data_folder, finish, start


@dataclass(frozen=True)
class PlayedYear:
    """What the demo printed the first time and when it was started again; its services are up."""

    first: dict[str, Any]
    again: dict[str, Any]
    suite: Suite
    issuer: LocalIssuer


@pytest.fixture(scope="session")
def played_year() -> Iterator[PlayedYear]:
    """The scheduler keeps the tests that take this one on one worker (``tests/conftest.py``)."""
    with data_folder() as folder:
        first = finish(start(folder))
        demo = start(folder, "--json")
        assert demo.stdout is not None
        printed = ""
        while not _is_whole(printed):
            printed += demo.stdout.readline()
            assert demo.poll() is None, demo.communicate()[1]
        suite = read_suite(folder)
        assert suite is not None
        yield PlayedYear(first, json.loads(printed), suite, _issuer(folder))
        demo.terminate()
        demo.communicate(timeout=60)


def _issuer(folder: Path) -> LocalIssuer:
    return LocalIssuer(LocalKeys.below(folder).issuer)


def _is_whole(printed: str) -> bool:
    try:
        json.loads(printed)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="session")
def undisturbed(played_year: PlayedYear) -> dict[str, Any]:
    """The year 2024 of a run that nobody disturbed."""
    (year,) = played_year.first["years"]
    found: dict[str, Any] = year
    return found
