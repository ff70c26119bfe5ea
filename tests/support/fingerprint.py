"""A fingerprint of what a service holds, but for the audit of refusals: equal ones mean that nothing changed."""

import hashlib

import sqlalchemy as sa

from tests.support.services import RunningService

#: A refusal is recorded on purpose, and events and transfers are numbered after they happened.
_AUDIT = ("event", "event_seal", "transfer_number")


async def fingerprint(service: RunningService) -> str:
    """A hash over all rows of all tables, in an order of their own; events count where they are no refusals."""
    digest = hashlib.sha256()
    async with service.database.transaction() as session:
        tables = await session.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        )
        for table in tables.all():
            rest = "WHERE kind <> 'command.refused'" if table == "event" else ""
            if table in _AUDIT and not rest:
                continue
            rows = await session.scalars(sa.text(f'SELECT t::text FROM "{table}" t {rest} ORDER BY 1'))
            digest.update(f"{table}:{rows.all()}".encode())
    return digest.hexdigest()
