"""The list of revoked tokens, looked up on each request without asking the database each time."""

import asyncio
import time
from typing import Final

from shared.data.database import Database
from shared.data.revoked_tokens import revoked_token_ids

#: A revoked token is refused after this time at the latest, by every process of the service.
REVOKED_WITHIN_SECONDS: Final = 1.0


class Revocations:
    """The ids as the database held them at most a second ago; all requests of a moment share one reading.

    Nobody is let in by an older list: where the database is away, the request fails as it would fail anyhow.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def includes(self, token_id: str) -> bool:
        if time.monotonic() - self._read_at >= REVOKED_WITHIN_SECONDS:
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)
        return token_id in self._ids

    def changed(self) -> None:
        """A token was just revoked by this process: the next request sees it."""
        self._read_at = float("-inf")

    async def _read(self) -> None:
        began = time.monotonic()
        try:
            async with self._database.transaction() as session:
                self._ids = await revoked_token_ids(session)
            self._read_at = began
        finally:
            self._reading = None
