"""The command `clusters` as its user meets it: exit codes, clear lines, signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from clients.local.issuer import SERVICES, LocalKeys
from clients.local.postgres.binaries import choose_user
from clients.local.processes import identify, is_alive
from clients.local.suite import find_running_suite
from clients.local.supervisor import SuiteOptions

CLUSTERS = """
import functools
import clients.cli.commands.up as up
from clients.cli.main import app
up.SuiteOptions = functools.partial(up.SuiteOptions, module_prefix="fake_services")
app()
"""


def clusters(*arguments: str | Path | int) -> list[str]:
    return [sys.executable, "-c", CLUSTERS, *map(str, arguments)]


def run(*arguments: str | Path | int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(clusters(*arguments), capture_output=True, text=True, check=False)


def refused(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == 1 and "错误:" in done.stderr and "Error: " in done.stderr


def test_up_shows_where_everything_is_and_stops_on_a_signal(options: SuiteOptions) -> None:
    process = subprocess.Popen(
        clusters("up", "--data", options.data_dir, "--port", options.first_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    while not any("Ctrl-C" in line for line in lines):
        line = process.stdout.readline()
        assert line, "ended early"
        lines.append(line)
    suite = find_running_suite(options.data_dir)
    for service in suite.services:
        assert any(f"{service.url}/docs" in line for line in lines)
    second = run("up", "--data", options.data_dir, "--port", options.first_port)
    assert refused(second)
    assert suite.url("registry") in second.stderr
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 0
    assert not any(is_alive(service.process) for service in suite.services)


def test_a_signal_while_starting_stops_in_good_order(
    options: SuiteOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVICES:
        monkeypatch.delenv(f"{name.upper()}_DATABASE_URL")
    process = subprocess.Popen(
        clusters("up", "--data", options.data_dir, "--port", options.first_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    log = options.data_dir / "postgres" / "postgres.log"
    while not log.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    pid_file = options.data_dir / "postgres" / "pgdata" / "postmaster.pid"
    assert not pid_file.exists() or identify(int(pid_file.read_text().split()[0])) is None


def test_a_busy_port_is_a_clear_line(options: SuiteOptions) -> None:
    with socket.create_server(("127.0.0.1", options.first_port)):
        done = run("up", "--data", options.data_dir, "--port", options.first_port)
    assert refused(done)
    assert "Traceback" not in done.stderr
    assert str(options.first_port) in done.stderr


def test_a_missing_parent_folder_is_a_clear_line(options: SuiteOptions) -> None:
    done = run("up", "--data", options.data_dir / "missing" / "data")
    assert refused(done)
    assert "parent folder" in done.stderr


def test_a_service_that_cannot_start_is_a_clear_line_with_its_log(options: SuiteOptions, fakes: Path) -> None:
    (fakes / "scoring.serve.fails").touch()
    done = run("up", "--data", options.data_dir, "--port", options.first_port)
    assert refused(done)
    assert "planted failure" in done.stderr


def test_another_major_version_is_a_clear_line(
    options: SuiteOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVICES:
        monkeypatch.delenv(f"{name.upper()}_DATABASE_URL")
    options.data_dir.mkdir()
    options.data_dir.chmod(0o755)
    (options.data_dir / "postgres" / "pgdata").mkdir(parents=True)
    (options.data_dir / "postgres").chmod(0o755)
    (options.data_dir / "postgres" / "pgdata" / "PG_VERSION").write_text("13\n")
    os.chown(options.data_dir / "postgres" / "pgdata", choose_user().uid, -1)
    done = run("up", "--data", options.data_dir, "--port", options.first_port)
    assert refused(done)
    assert "PostgreSQL 13" in done.stderr


def test_token_prints_a_token_and_nothing_else(tmp_path: Path) -> None:
    LocalKeys.below(tmp_path).ensure()
    done = run("token", "--data", tmp_path, "--role", "auditor", "--division", "420000")
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.strip().split(".")) == 3
    assert "\n" not in done.stdout.strip()


def test_token_refuses_an_unknown_role_and_a_folder_without_keys(tmp_path: Path) -> None:
    unknown = run("token", "--data", tmp_path, "--role", "king", "--division", "420000")
    assert refused(unknown)
    assert "king" in unknown.stderr
    empty = run("token", "--data", tmp_path, "--role", "auditor", "--division", "420000")
    assert refused(empty)
    assert "clusters up" in empty.stderr


def test_issuer_publishes_what_rotate_changes_and_stops_on_a_signal(
    tmp_path: Path, options: SuiteOptions
) -> None:
    LocalKeys.below(tmp_path).ensure()
    port = options.first_port
    command = clusters("issuer", "--data", tmp_path, "--port", port)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            check_rotation(process, tmp_path, port)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            process.kill()


def check_rotation(process: subprocess.Popen[str], folder: Path, port: int) -> None:
    keys = LocalKeys.below(folder)
    assert process.stdout is not None
    name, _, address = process.stdout.readline().strip().partition("=")
    assert (name, address) == (
        "AUTH_METADATA", f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    )  # fmt: skip
    jwks_uri = httpx.get(address).json()["jwks_uri"]
    before = httpx.get(jwks_uri).json()["keys"]
    assert refused(run("issuer", "--data", folder, "--port", port))  # the port is busy
    assert run("rotate", "--data", folder).returncode == 0
    after = httpx.get(jwks_uri).json()["keys"]
    assert (len(before), len(after), after[1]) == (1, 2, before[0])
    assert after[0]["kid"] == keys.issuer.load().kid


def test_rotate_and_issuer_refuse_a_folder_without_keys(tmp_path: Path) -> None:
    assert refused(run("rotate", "--data", tmp_path))
    assert refused(run("issuer", "--data", tmp_path))


def test_down_without_anything_running_says_so(tmp_path: Path) -> None:
    done = run("down", "--data", tmp_path)
    assert done.returncode == 0
    assert "Nothing was running" in done.stderr
