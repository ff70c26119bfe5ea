"""PostgreSQL for a service: one engine, and transactions that commit at their end or roll back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.errors import Kind, Refusal
from shared.settings import ServiceSettings

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Tables that every service has in its own database: events, idempotency, revoked tokens, business clock.
PLUMBING = sa.MetaData(naming_convention=NAMING_CONVENTION)


def service_metadata() -> sa.MetaData:
    """A service's own metadata, with the naming convention and a copy of the common tables."""
    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)
    for table in PLUMBING.sorted_tables:
        table.to_metadata(metadata)
    return metadata


class DatabaseUnavailable(Refusal):
    """The database does not answer; nothing was changed."""

    kind = Kind.UNAVAILABLE
    code = "database-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "数据库暂不可用,本次操作未生效,请稍后重试",
            "The database is not available at the moment; nothing was changed; try again later",
        )


class DatabaseBusy(Refusal):
    """A lock, a connection or an order of transactions was not had in time; nothing was changed."""

    kind = Kind.UNAVAILABLE
    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            "同时进行的操作较多,未能及时轮到本次操作;本次操作未生效,请稍后重试",
            "Too much is going on at once, and this request did not get its turn in time; nothing was changed; "
            "try again later",
        )


class Database:
    """A service's database. ``transaction()`` commits at its end or rolls back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @classmethod
    def connect(cls, settings: ServiceSettings, *, name: str) -> "Database":
        server_settings = {
            "application_name": name,
            "timezone": "UTC",
            "statement_timeout": str(settings.statement_timeout_seconds * 1000),
            "lock_timeout": str(settings.lock_timeout_seconds * 1000),
            "idle_in_transaction_session_timeout": str(settings.statement_timeout_seconds * 2000),
        }
        return cls(
            create_async_engine(
                settings.database_url.get_secret_value(),
                pool_size=settings.pool_size,
                max_overflow=settings.pool_size,
                pool_pre_ping=True,
                hide_parameters=True,  # an error in the log shows the statement, never what people entered
                connect_args={"server_settings": server_settings},
            )
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction. A server that cannot be reached is ``DatabaseUnavailable``, whatever the driver raised."""
        try:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except (
            OSError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
        ) as error:
            raise DatabaseUnavailable from error

    async def close(self) -> None:
        await self.engine.dispose()
