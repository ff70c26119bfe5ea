"""Alembic for a service: upgrade, check, and the DDL that all services share.

A service keeps its revisions in ``storage/migrations``; ``upgrade`` runs them, and the service refuses to
report ready on an old schema.
"""

import asyncio
import importlib.resources
import time
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

APPEND_ONLY_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


def alembic_config(package: str) -> Config:
    """Of the service that lives in this package, such as ``services.registry``."""
    config = Config()
    migrations = importlib.resources.files(f"{package}.storage") / "migrations"
    config.set_main_option("script_location", str(migrations))
    return config


def upgrade(package: str, database_url: str, *, revision: str = "head", wait_seconds: int = 0) -> None:
    """Brings the database to the newest schema; two at once take turns (the advisory lock in ``_upgrade``)."""

    async def run() -> None:
        engine = create_async_engine(database_url, poolclass=sa.NullPool)
        try:
            await _wait_for_database(engine, wait_seconds)
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade, package, revision)
        finally:
            await engine.dispose()

    asyncio.run(run())


async def _wait_for_database(engine: AsyncEngine, seconds: int) -> None:
    """A database that starts beside us may take a moment; the last refusal is raised."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            async with engine.connect():
                return
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, DBAPIError):
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(0.5)


class DatabaseEncodingUnfit(Exception):
    """The database cannot hold Chinese: it was not created with the encoding UTF8."""


def _upgrade(connection: Connection, package: str, revision: str) -> None:
    encoding = connection.scalar(sa.text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise DatabaseEncodingUnfit(f"the database's encoding is {encoding}; create it with ENCODING 'UTF8'")
    connection.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(815)"))
    config = alembic_config(package)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def run_migrations(context: Any, metadata: sa.MetaData) -> None:
    """What a service's ``migrations/env.py`` calls."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    context.run_migrations()


async def schema_is_current(connection: AsyncConnection, package: str) -> bool:
    head = ScriptDirectory.from_config(alembic_config(package)).get_current_head()
    current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == head


def make_append_only(op: Any, table: str) -> None:
    """Refuses UPDATE, DELETE and TRUNCATE on a table; ``refuse_change`` exists since ``create_plumbing``."""
    for name, occasion in (("append_only", "UPDATE OR DELETE"), ("append_only_truncate", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {occasion} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def create_plumbing(op: Any) -> None:
    """The common tables as of their first version: events with seals, idempotency records, revoked tokens, clock."""
    op.execute(APPEND_ONLY_FUNCTION)
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("data", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_table(
        "event_seal",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_event_seal"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_seal_event_id_event"),
        sa.UniqueConstraint("event_id", name="uq_event_seal_event_id"),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("request_hash", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=True),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("etag", sa.Text, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("holder", "key", name="pk_idempotency_record"),
    )
    op.create_table(
        "revoked_token",
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revoked_by", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name="pk_revoked_token"),
    )
    op.create_table(
        "business_clock",
        sa.Column("id", sa.SmallInteger, nullable=False, autoincrement=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_business_clock"),
        sa.CheckConstraint("id = 1", name="ck_business_clock_one_row"),
    )
    make_append_only(op, "event")
    make_append_only(op, "event_seal")


def create_division_recodes(op: Any) -> None:
    """The recodes of divisions that a service knows; none is ever changed."""
    op.create_table(
        "division_recode",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("successor_code", sa.Text, nullable=False),
        sa.Column("kept_code", sa.Text, nullable=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("path_before", sa.dialects.postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("path_after", sa.dialects.postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_division_recode"),
    )
    make_append_only(op, "division_recode")
