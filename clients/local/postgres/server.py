"""A running embedded PostgreSQL as its clients see it: addresses, roles, databases.

All of it is plain SQL through `psql`, so that it needs neither an event loop nor a driver.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from clients.local.errors import DataFolderUnusable, PostgresRefusedStatement
from clients.local.postgres.binaries import Binaries, clean_environment

ADMIN = "postgres"
DATABASES = ("registry", "scoring", "funding", "pipeline")
PORT = 5432  # names the socket file only; no network port is opened
_STATEMENT_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Server:
    """Found or started; `started_here` tells which. Who started it stops it."""

    binaries: Binaries
    socket_dir: Path
    secrets_dir: Path
    pid: int
    started_here: bool

    def database_url(self, database: str, *, role: str | None = None) -> str:
        """`postgresql+asyncpg://...` for SQLAlchemy, as the role that owns that service's database."""
        role = role or database
        password = read_password(self.secrets_dir, role)
        return f"postgresql+asyncpg://{role}:{password}@/{quote(database)}?host={quote(str(self.socket_dir))}"

    def admin_url(self, database: str = ADMIN) -> str:
        """The superuser's `postgresql+asyncpg://...`, for tests and administration."""
        return self.database_url(database, role=ADMIN)

    def admin_dsn(self, database: str = ADMIN) -> str:
        """The superuser's `postgresql://...`, as asyncpg and libpq take it."""
        return self.admin_url(database).replace("postgresql+asyncpg://", "postgresql://", 1)

    def execute(self, sql: str, *, database: str = ADMIN, role: str = ADMIN) -> str:
        """Run a psql script, each statement in its own transaction; return its unaligned output."""
        environment = {**clean_environment(), "PGPASSWORD": read_password(self.secrets_dir, role)}
        done = subprocess.run(
            [
                *(self.binaries.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *("-h", str(self.socket_dir), "-p", str(PORT), "-U", role, "-d", database, "-f", "-"),
            ],
            input=sql,  # by the pipe: passwords must not appear among the arguments of a process
            capture_output=True,
            text=True,
            check=False,
            timeout=_STATEMENT_TIMEOUT_SECONDS,
            env=environment,
        )
        if done.returncode != 0:
            raise PostgresRefusedStatement(
                f"PostgreSQL 拒绝了管理命令:{done.stderr.strip()}",
                f"PostgreSQL refused an administrative command: {done.stderr.strip()}",
            )
        return done.stdout.strip()

    def create_role(self, name: str) -> None:
        """A login role with a scram password in a file of mode 0600; an existing one keeps its objects."""
        password = ensure_password(self.secrets_dir, name)
        self.execute(
            f"SELECT 'CREATE ROLE {_identifier(name)} LOGIN' "
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec\n"
            f"ALTER ROLE {_identifier(name)} PASSWORD '{password}';\n"
        )

    def create_database(self, name: str, *, owner: str, template: str | None = None) -> None:
        """Create it, or clone it from a template that nobody is connected to; closed to other roles."""
        source = f" TEMPLATE {_identifier(template)}" if template else ""
        self.execute(
            f"CREATE DATABASE {_identifier(name)} OWNER {_identifier(owner)}{source};\n"
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {_identifier(name)} FROM PUBLIC;\n"
        )

    def drop_database(self, name: str) -> None:
        """Drop it where it exists, ending its connections."""
        self.execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE);")

    def has_database(self, name: str) -> bool:
        listed = self.execute("SELECT datname FROM pg_database")
        return name in listed.splitlines()

    def is_provisioned(self, services: Iterable[str] = DATABASES) -> bool:
        """Whether each service has its role, its password file and its own database."""
        names = set(services)
        owned = self.execute(
            "SELECT d.datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba "
            "WHERE d.datname = r.rolname"
        )
        files = all(password_file(self.secrets_dir, name).exists() for name in names)
        return files and names <= set(owned.splitlines())

    def provision(self, services: Iterable[str] = DATABASES) -> None:
        """One role and one database for each service; nobody else may connect. Idempotent, resumable."""
        self.execute(f"REVOKE CONNECT ON DATABASE {ADMIN}, template1 FROM PUBLIC;")
        for name in services:
            self.create_role(name)
            if not self.has_database(name):
                self.create_database(name, owner=name)
            self.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {_identifier(name)} FROM PUBLIC;")


def password_file(secrets_dir: Path, role: str) -> Path:
    return secrets_dir / f"postgres-{_identifier(role)}.password"


def read_password(secrets_dir: Path, role: str) -> str:
    path = password_file(secrets_dir, role)
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise DataFolderUnusable(
            f"无法读取数据库口令文件 {path}:{error.strerror}。",
            f"Cannot read the database password file {path}: {error.strerror}.",
        ) from error


def ensure_password(secrets_dir: Path, role: str) -> str:
    """The role's password, made once. The file is complete or absent, never half written."""
    path = password_file(secrets_dir, role)
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return read_password(secrets_dir, role)


def _identifier(name: str) -> str:
    """Names here are ours; a strange one is a mistake of the caller, not something to quote."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(f"not a plain database or role name: {name!r}")
    return name
