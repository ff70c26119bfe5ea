"""The supervisor over fake services: starts, watches, refuses, stops, and cleans up after a killed one."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clients.local import service_process
from clients.local.errors import (
    DataFolderUnusable,
    PortBusy,
    PostgresDidNotStart,
    ServiceDidNotStart,
    ServiceKeepsCrashing,
    SuiteAlreadyRunning,
    SuiteNotRunning,
)
from clients.local.issuer import SERVICES
from clients.local.postgres.server import Server
from clients.local.processes import command_of, identify, is_alive, send_signal, wait_until_gone
from clients.local.suite import RunningService, Suite, find_running_suite, own_identity, read_suite
from clients.local.supervisor import SuiteOptions, Supervisor, end_leftovers, stop_suite

PATIENCE_SECONDS = 60.0
OWNER = """
import sys
from pathlib import Path
from clients.local.supervisor import SuiteOptions, Supervisor
options = SuiteOptions(data_dir=Path(sys.argv[1]), first_port=int(sys.argv[2]), module_prefix="fake_services")
supervisor = Supervisor(options, say=lambda zh, en: None)
supervisor.start()
print("up", flush=True)
supervisor.watch()
"""


def eventually(holds: Callable[[], bool], while_doing: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "did not come about"
        while_doing()
        time.sleep(0.02)


def alive(suite: Suite) -> list[str]:
    return [service.name for service in suite.services if is_alive(service.process)]


def kill(service: RunningService) -> None:
    send_signal(service.process, signal.SIGKILL)
    assert wait_until_gone([service.process], PATIENCE_SECONDS)


def environment_of(suite: Suite, name: str) -> dict[str, str]:
    with urllib.request.urlopen(f"{suite.url(name)}/environment") as answer:  # noqa: S310
        return dict(json.load(answer))


def test_all_services_are_up_found_by_others_and_gone_after_a_stop(supervisor: Supervisor) -> None:
    suite = supervisor.start()
    assert alive(suite) == list(SERVICES)
    assert find_running_suite(supervisor.data_dir) == suite
    supervisor.stop()
    assert alive(suite) == []
    with pytest.raises(SuiteNotRunning):
        find_running_suite(supervisor.data_dir)


def test_a_service_gets_its_own_settings_and_nobody_elses(options: SuiteOptions) -> None:
    with Supervisor(
        replace(options, business_date=date(2024, 3, 1)), say=lambda _zh, _en: None
    ) as supervisor:
        suite = find_running_suite(supervisor.data_dir)
        scoring = environment_of(suite, "scoring")
        funding = environment_of(suite, "funding")
    assert scoring["SCORING_MODE"] == "trial"
    assert scoring["SCORING_BUSINESS_DATE"] == "2024-03-01"
    assert scoring["SCORING_REGISTRY_URL"] == suite.url("registry")
    assert Path(scoring["SCORING_SIGNING_KEY_FILE"]).exists()
    assert Path(funding["FUNDING_SCORING_TOKEN_FILE"]).exists()
    assert not [key for key in scoring if key.startswith(("REGISTRY_", "FUNDING_"))]
    assert "FUNDING_SIGNING_KEY_FILE" not in funding


def test_a_killed_service_is_started_again(supervisor: Supervisor) -> None:
    before = supervisor.start().services[1]
    kill(before)

    def is_back() -> bool:
        suite = read_suite(supervisor.data_dir)
        return (
            suite is not None
            and suite.services[1].process != before.process
            and len(alive(suite)) == len(SERVICES)
        )

    eventually(is_back, supervisor.tick)


def test_a_service_that_keeps_crashing_is_given_up_and_the_others_stay_up(
    options: SuiteOptions, fakes: Path
) -> None:
    said: list[tuple[str, str]] = []
    supervisor = Supervisor(options, say=lambda zh, en: said.append((zh, en)))
    try:
        suite = supervisor.start()
        (fakes / "scoring.serve.fails").touch()
        kill(suite.services[1])
        eventually(lambda: supervisor.failure is not None, supervisor.tick)
        pauses = [float(text.split("starting it again in ")[1].split(" s")[0]) for _, text in said[:-1]]
        assert pauses == [0.01, 0.02, 0.04, 0.08]
        zh, en = said[-1]
        assert "scoring 在短时间内退出了 5 次" in zh
        assert "Service scoring ended 5 times" in en
        assert "planted failure" in zh
        assert "planted failure" in en
        for _ in range(20):
            supervisor.tick()
        assert len(said) == 5
        assert alive(suite) == ["registry", "funding", "pipeline"]
        assert environment_of(suite, "registry")
    finally:
        supervisor.stop()
    assert alive(suite) == []


def test_a_watch_goes_on_after_a_service_is_given_up_and_looks_after_the_others(
    supervisor: Supervisor, fakes: Path
) -> None:
    suite = supervisor.start()
    (fakes / "scoring.serve.fails").touch()
    kill(suite.services[1])
    with ThreadPoolExecutor() as pool:
        watching = pool.submit(supervisor.watch)
        eventually(lambda: supervisor.failure is not None)
        kill(suite.services[2])

        def funding_is_back() -> bool:
            now = read_suite(supervisor.data_dir)
            return now is not None and now.services[2] != suite.services[2] and "funding" in alive(now)

        eventually(funding_is_back)
        assert not watching.done()
        supervisor.ask_to_stop()
        watching.result()
    assert isinstance(supervisor.failure, ServiceKeepsCrashing)
    assert "scoring" in supervisor.failure.en


def test_a_service_that_cannot_be_forked_is_tried_again(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = supervisor.start()
    failures = iter([True, True, False])
    spawn = service_process.ServiceProcess.start

    def start(service: service_process.ServiceProcess) -> None:
        if next(failures, False):
            raise OSError("no memory")
        spawn(service)

    monkeypatch.setattr(service_process.ServiceProcess, "start", start)
    kill(suite.services[0])

    def is_back() -> bool:
        now = read_suite(supervisor.data_dir)
        return now is not None and now.services[0] != suite.services[0] and len(alive(now)) == len(SERVICES)

    eventually(is_back, supervisor.tick)
    assert supervisor.failure is None


def test_a_postgres_that_cannot_be_recovered_ends_no_service(
    options: SuiteOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVICES:
        monkeypatch.delenv(f"{name.upper()}_DATABASE_URL")
    said: list[str] = []
    supervisor = Supervisor(options, say=lambda _zh, en: said.append(en))
    try:
        suite = supervisor.start()
        recover = supervisor.postgres.ensure_running
        failures = iter([PostgresDidNotStart("磁盘已满。", "The disk is full."), OSError("no memory")])

        def ensure_running() -> Server:
            if failure := next(failures, None):
                raise failure
            return recover()

        monkeypatch.setattr(supervisor.postgres, "ensure_running", ensure_running)
        before = kill_postgres(supervisor)

        def is_back() -> bool:
            server = supervisor.postgres.find_running()
            return server is not None and server.pid != before

        eventually(is_back, supervisor.tick)
        assert [text for text in said if "could not be recovered" in text] == [
            "PostgreSQL could not be recovered (The disk is full.); trying again in 0.01 s.",
            "PostgreSQL could not be recovered (no memory); trying again in 0.02 s.",
        ]
        assert alive(suite) == list(SERVICES)
    finally:
        supervisor.stop()


def test_pauses_grow_up_to_the_longest(options: SuiteOptions) -> None:
    supervisor = Supervisor(
        replace(options, first_backoff_seconds=0.5, longest_backoff_seconds=60), say=lambda _zh, _en: None
    )
    assert [supervisor._pause(n) for n in (0, 1, 2, 6, 7, 10_000)] == [0.5, 1, 2, 32, 60, 60]


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_service_that_cannot_start_stops_the_others(
    supervisor: Supervisor, fakes: Path, command: str
) -> None:
    (fakes / f"funding.{command}.fails").touch()
    with pytest.raises(ServiceDidNotStart, match="planted failure"):
        supervisor.start()
    assert read_suite(supervisor.data_dir) is None
    (fakes / f"funding.{command}.fails").unlink()
    assert alive(supervisor.start()) == list(SERVICES)


def test_a_busy_port_is_named_and_nothing_is_started(supervisor: Supervisor, options: SuiteOptions) -> None:
    with socket.create_server(("127.0.0.1", options.first_port + 2)), pytest.raises(PortBusy) as refused:
        supervisor.start()
    assert str(options.first_port + 2) in refused.value.zh
    assert not (supervisor.data_dir / "logs").exists()


def test_a_second_start_is_refused_and_leaves_the_first_alone(
    supervisor: Supervisor, options: SuiteOptions
) -> None:
    suite = supervisor.start()
    second = Supervisor(replace(options, first_port=options.first_port + 20_000), say=lambda _zh, _en: None)
    with pytest.raises(SuiteAlreadyRunning, match=suite.url("registry")):
        second.start()
    second.stop()
    assert alive(suite) == list(SERVICES)
    assert find_running_suite(supervisor.data_dir) == suite


def test_a_missing_parent_folder_is_refused(options: SuiteOptions) -> None:
    supervisor = Supervisor(
        replace(options, data_dir=options.data_dir / "a" / "b"), say=lambda _zh, _en: None
    )
    with pytest.raises(DataFolderUnusable, match="parent folder"):
        supervisor.start()


def test_services_end_with_a_killed_supervisor_and_the_next_start_works(
    supervisor: Supervisor, options: SuiteOptions
) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(options.data_dir), str(options.first_port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    suite = find_running_suite(options.data_dir)
    owner.kill()
    owner.communicate()
    eventually(lambda: alive(suite) == [])
    assert alive(supervisor.start()) == list(SERVICES)


def test_another_process_can_stop_the_suite(options: SuiteOptions) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(options.data_dir), str(options.first_port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    suite = find_running_suite(options.data_dir)
    assert stop_suite(options.data_dir, say=lambda _zh, _en: None)
    owner.communicate()
    eventually(lambda: alive(suite) == [])
    assert not stop_suite(options.data_dir, say=lambda _zh, _en: None)


def test_only_what_is_provably_ours_is_ended(options: SuiteOptions) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    ours, reused, stranger = (subprocess.Popen(sleeper) for _ in range(3))
    eventually(lambda: all(command_of(process.pid) == sleeper for process in (ours, reused, stranger)))

    def record(process: subprocess.Popen[bytes], *, started_ago: int, command: list[str]) -> RunningService:
        identity = identify(process.pid)
        assert identity is not None
        older = replace(identity, started_at_ticks=identity.started_at_ticks - started_ago)
        return RunningService("registry", "http://127.0.0.1:1", older, tuple(command))

    (options.data_dir / "run").mkdir(parents=True)
    Suite(
        owner=replace(own_identity(), started_at_ticks=0),
        services=(
            record(ours, started_ago=0, command=sleeper),
            record(reused, started_ago=7, command=sleeper),
            record(stranger, started_ago=0, command=["another", "command"]),
        ),
    ).write(options.data_dir)
    try:
        assert end_leftovers(options.data_dir, say=lambda _zh, _en: None)
        assert ours.wait() == -signal.SIGTERM
        assert reused.poll() is None
        assert stranger.poll() is None
    finally:
        for process in (ours, reused, stranger):
            process.kill()
            process.wait()


def test_a_killed_postgres_is_recovered_while_the_suite_is_up(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVICES:
        monkeypatch.delenv(f"{name.upper()}_DATABASE_URL")
    suite = supervisor.start()
    assert environment_of(suite, "funding")["FUNDING_DATABASE_URL"].startswith(
        "postgresql+asyncpg://funding:"
    )
    before = kill_postgres(supervisor)
    supervisor.tick()
    after = supervisor.postgres.find_running()
    assert after is not None
    assert after.pid != before
    supervisor.stop()
    assert supervisor.postgres.find_running() is None


def test_a_postgres_killed_while_the_services_start_is_recovered_and_they_become_ready(
    supervisor: Supervisor, fakes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVICES:
        monkeypatch.delenv(f"{name.upper()}_DATABASE_URL")
    monkeypatch.setattr(service_process, "_READY_SECONDS", PATIENCE_SECONDS)
    (fakes / "unready").touch()

    def kill_and_wait_for_the_next() -> None:
        eventually(lambda: read_suite(supervisor.data_dir) is not None)
        before = kill_postgres(supervisor)
        eventually(
            lambda: (server := supervisor.postgres.find_running()) is not None and server.pid != before
        )
        (fakes / "unready").unlink()

    with ThreadPoolExecutor() as pool:
        killing = pool.submit(kill_and_wait_for_the_next)
        suite = supervisor.start()
        killing.result()
    assert alive(suite) == list(SERVICES)


def kill_postgres(supervisor: Supervisor) -> int:
    """The process id of the one that is gone."""
    server = supervisor.postgres.find_running()
    assert server is not None
    process = identify(server.pid)
    assert process is not None
    send_signal(process, signal.SIGKILL)
    assert wait_until_gone([process], PATIENCE_SECONDS)
    return server.pid
