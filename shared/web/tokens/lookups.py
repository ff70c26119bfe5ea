"""What is looked up on each request, without asking the database each time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.database import Database

#: What changed is seen after this time at the latest, by every process of the service.
SEEN_WITHIN_SECONDS: Final = 1.0

Value = TypeVar("Value")


class Lookup(Generic[Value]):
    """A value as the database held it at most a second ago; all requests of a moment share one reading.

    Nobody is let in by an older one: where the database is away, the request fails as it would fail anyhow.
    """

    def __init__(self, database: Database, read: Callable[[AsyncSession], Awaitable[Value]]) -> None:
        self._database = database
        self._read = read
        self._value: Value | None = None
        self._read_at = float("-inf")
        self._reading: asyncio.Task[Value] | None = None

    async def get(self) -> Value:
        value = self._value
        if value is None or time.monotonic() - self._read_at >= SEEN_WITHIN_SECONDS:
            if self._reading is None:
                self._reading = asyncio.create_task(self._refresh())
            value = await asyncio.shield(self._reading)
        return value

    def changed(self) -> None:
        """This process has just changed it: the next request sees that."""
        self._read_at = float("-inf")

    async def _refresh(self) -> Value:
        began = time.monotonic()
        try:
            async with self._database.transaction() as session:
                value = await self._read(session)
            self._value, self._read_at = value, began
            return value
        finally:
            self._reading = None
