"""The demo as a user runs it: its result, again on the same folder, and after a kill in the middle."""

import os
import signal
import subprocess
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clients.demo.years import YEARS
from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.suite import read_suite
from tests.e2e.conftest import PlayedYear
from tests.support import programme
from tests.support.demo import data_folder, finish, start

#: How many change their status in a later year: two holders fall below the line, a cultivated cluster is mature; then
#: one of the two is put right, the other one removed, and who files nothing for the second time is to put that right.
CHANGES = {
    ("2025", "designated", "rectification"): 2,
    ("2025", "cultivated", "designated"): 1,
    ("2026", "rectification", "designated"): 1,
    ("2026", "rectification", "removed"): 1,
    ("2026", "designated", "rectification"): 1,
}


def test_a_second_run_on_the_same_folder_does_nothing_twice(played_year: PlayedYear) -> None:
    assert played_year.again == played_year.first


def test_the_result_is_what_is_known_of_2024(undisturbed: dict[str, Any]) -> None:
    assert (undisturbed["programme"], undisturbed["assessment_year"]) == ("hubei-county-clusters", 2024)
    assert (undisturbed["counties"], undisturbed["clusters"]) == (103, 60)
    ranking = undisturbed["ranking"]
    assert [row["rank"] for row in ranking] == list(range(1, 61))
    assert [row["outcome"] for row in ranking].count("designated") == 29
    zengdu = next(row for row in ranking if row["county_code"] == "421303")
    award = next(row for row in undisturbed["awards"] if row["cluster"] == zengdu["cluster"])
    assert (zengdu["rank"], award["rank"], award["amount_fen"], award["tier"]) == (
        5,
        5,
        700_000_000,
        "second",
    )


def test_each_status_has_its_day_and_its_release(
    played_year: PlayedYear, undisturbed: dict[str, Any]
) -> None:
    changes = played_year.first["designations"]
    assert {change["cluster"]: change["to"] for change in changes} == {
        row["cluster"]: row["outcome"] for row in undisturbed["ranking"]
    }
    assert {(change["date"], change["from"], change["release_sha256"]) for change in changes} == {
        ("2024-09-18", None, undisturbed["release"]["sha256"])
    }


def test_every_fen_is_accounted_for(undisturbed: dict[str, Any]) -> None:
    awarded = sum(row["amount_fen"] for row in undisturbed["awards"])
    assert awarded + undisturbed["unallocated_fen"] == undisturbed["pool_fen"] == 8_000_000_000
    ledger = undisturbed["ledger"]
    assert ledger["debits_fen"] == ledger["credits_fen"] > 0


def test_all_that_was_awarded_arrives_and_what_is_paid_leaves_the_rest(undisturbed: dict[str, Any]) -> None:
    """Plain arithmetic from the awards. The first pays 50 % and 25 % (of 40 % requested), the fifth 60 % and 30 %, of
    which the latter comes back, the ninth all of it. At the end of the year the eleventh gives its project up."""
    amounts = [row["amount_fen"] for row in undisturbed["awards"]]
    counties = {row["cluster"]: row["county_code"] for row in undisturbed["ranking"]}
    city_above = {
        row["code"]: row["parent_code"] for row in programme.divisions() if row["kind"] == "district"
    }
    of_districts = [row for row in undisturbed["awards"] if counties[row["cluster"]] in city_above]
    through = sum(row["amount_fen"] for row in of_districts)
    first, fifth, ninth = amounts[0], amounts[4], amounts[8]
    paid, returned = first * 75 // 100 + fifth * 90 // 100 + ninth, fifth * 30 // 100
    assert undisturbed["passing_down"] == {
        "passed_down_fen": {
            "province_to_counties": sum(amounts) - through,
            "province_to_cities": through,
            "cities_to_districts": through,
        },
        "paid_fen": paid,
        "returned_fen": returned,
        "left_fen": sum(amounts) - paid + returned,
    }
    left = sum(amounts) - paid + returned
    assert undisturbed["year_end"] == {
        "orders": 10,
        "carried_over_fen": left - amounts[10],
        "returned_fen": amounts[10],
    }
    # Appropriated, reserved, awarded; passed down, by the cities too; five payments, one return; ten at the year's end.
    cities = {city_above[counties[row["cluster"]]] for row in of_districts}
    assert "421300" in cities, "曾都 is a district of 随州"
    moved = undisturbed["pool_fen"] * 3 + sum(amounts) + through + paid + returned + left
    assert undisturbed["ledger"] == {
        "transfers": 3 + 1 + len(cities) + 5 + 1 + 10,
        "debits_fen": moved,
        "credits_fen": moved,
    }


def test_one_project_of_five_is_refused_as_a_competitive_one(undisturbed: dict[str, Any]) -> None:
    tests = {row["project_code"]: row["test"] for row in undisturbed["bond_priority"]}
    assert sorted(tests.values()) == ["passed"] * 4 + ["refused"]
    places = [row["place"] for row in undisturbed["bond_priority"] if row["test"] == "passed"]
    assert places == [1, 2, 3, 4]


@pytest.mark.long
def test_each_later_year_begins_with_what_the_year_before_has_left(undisturbed: dict[str, Any]) -> None:
    with data_folder() as folder:
        played = finish(start(folder, years=len(YEARS)))
        assert finish(start(folder, years=len(YEARS))) == played, "nothing is done twice"
        assert finish(start(folder))["years"] == [undisturbed], "the later years change nothing of the first"
    years = played["years"]
    assert years[0] == undisturbed
    assert [year["assessment_year"] for year in years] == [year.year for year in YEARS]
    for before, year in pairwise(years):
        assert year["carried_in_fen"] == before["year_end"]["carried_over_fen"] > 0
        assert sum(row["amount_fen"] for row in year["awards"]) == year["pool_fen"]
        settled = year["year_end"]
        assert settled["carried_over_fen"] + settled["returned_fen"] == year["passing_down"]["left_fen"]
        assert year["ledger"]["debits_fen"] == year["ledger"]["credits_fen"] > 0
    assert years[0]["carried_in_fen"] == 0

    days = [(change["date"], change["cluster"]) for change in played["designations"]]
    assert days == sorted(days)
    turns = Counter(
        (change["date"][:4], change["from"], change["to"])
        for change in played["designations"]
        if change["from"]
    )
    assert turns == CHANGES
    statuses: dict[str, str] = {}
    for change in played["designations"]:
        assert change["from"] == statuses.get(change["cluster"])
        statuses[change["cluster"]] = change["to"]
    assert {row["cluster"]: row["outcome"] for row in years[-1]["ranking"]}.items() <= statuses.items()


@pytest.mark.long
def test_the_same_seed_gives_the_same_object_on_another_folder(undisturbed: dict[str, Any]) -> None:
    with data_folder() as folder:
        assert finish(start(folder))["years"] == [undisturbed]


def test_another_seed_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo-seed").write_text("3\n", "utf-8")
    process = start(tmp_path / "data", seed=4)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "--seed 3" in errors
    assert not (tmp_path / "data" / "postgres").exists()  # nothing was started


@pytest.mark.long
@pytest.mark.parametrize("victim", ["the demo", "funding"])
def test_after_a_kill_amid_the_payments_each_is_made_once(undisturbed: dict[str, Any], victim: str) -> None:
    with data_folder() as folder:
        demo = start(folder)
        assert demo.stderr is not None
        while "was paid" not in demo.stderr.readline():  # the first treasury has paid, the others have not
            assert demo.poll() is None, "the demo ended without telling of the payment in part"
        pid = demo.pid if victim == "the demo" else _service(folder, victim)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        demo.communicate(timeout=300)
        assert finish(start(folder))["years"] == [undisturbed]


@pytest.mark.long
def test_after_kills_of_each_service_and_of_postgresql_the_year_ends_with_the_same_result(
    undisturbed: dict[str, Any],
) -> None:
    with data_folder() as folder:
        demo = start(folder)
        await_suite(folder, demo)
        for seconds, victim in ((1.5, "registry"), (1.0, "PostgreSQL"), (1.0, "scoring"), (0.5, "funding")):
            time.sleep(seconds)
            pid = _postmaster(folder) if victim == "PostgreSQL" else _service(folder, victim)
            if pid is not None and demo.poll() is None:
                os.kill(pid, signal.SIGKILL)
        demo.communicate(timeout=300)
        assert finish(start(folder))["years"] == [undisturbed]


@pytest.mark.long
def test_after_two_kills_of_the_demo_itself_the_year_ends_with_the_same_result(
    undisturbed: dict[str, Any],
) -> None:
    with data_folder() as folder:
        for seconds in (2.0, 4.0):
            demo = start(folder)
            await_suite(folder, demo)
            time.sleep(seconds)
            demo.kill()
            demo.communicate(timeout=300)
        assert finish(start(folder))["years"] == [undisturbed]


def await_suite(folder: Path, demo: subprocess.Popen[str]) -> None:
    """Until the first service of this demo is started."""
    while demo.poll() is None:
        suite = read_suite(folder)
        if suite is not None and suite.owner.pid == demo.pid:
            return
        time.sleep(0.05)


def _service(folder: Path, name: str) -> int | None:
    suite = read_suite(folder)
    services = suite.services if suite else ()
    return next((entry.process.pid for entry in services if entry.name == name), None)


def _postmaster(folder: Path) -> int | None:
    server = EmbeddedPostgres(folder / "postgres").find_running()
    return None if server is None else server.pid
