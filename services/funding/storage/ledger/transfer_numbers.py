"""Numbers of transfers in the order in which they became visible, so that a reader who goes on after the last one
misses none, however late a transaction commits.

A transfer's id is made when it is posted, and its transaction may commit after a later one's: a reader who pages by
ids would never come back for it. Posting itself takes no number, since it would have to wait for the commit of whoever
took one before. Whoever reads the list numbers what is committed by then, under a lock that readers alone take.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.tables.ledger import transfer, transfer_number
from shared.text.identifiers import first_id_at, moment_of

_LOCK: Final = 0x7A45
_AT_ONCE: Final = 20_000
#: No transaction lasts this long (statements and idle transactions are ended far earlier): what was posted earlier than
#: this before the transfer that was numbered last is numbered, and the search need not look at the whole table.
_LATEST_COMMIT: Final = timedelta(hours=1)


async def number_transfers(session: AsyncSession) -> None:
    """Numbers all that is committed and has no number, in the order of ids; who asks next waits for this transaction's
    end, which holds no other lock."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    while await _number_some(session) == _AT_ONCE:
        pass


async def _number_some(session: AsyncSession) -> int:
    last = (
        await session.execute(
            sa.select(transfer_number.c.number, transfer_number.c.transfer_id)
            .order_by(transfer_number.c.number.desc())
            .limit(1)
        )
    ).one_or_none()
    highest = 0 if last is None else last.number
    oldest = UUID(int=0) if last is None else first_id_at(moment_of(last.transfer_id) - _LATEST_COMMIT)
    waiting = (
        sa.select(transfer.c.id)
        .where(
            transfer.c.id >= oldest,
            ~sa.exists().where(transfer_number.c.transfer_id == transfer.c.id),
        )
        .order_by(transfer.c.id)
        .limit(_AT_ONCE)
        .subquery()
    )
    numbered = sa.select(highest + sa.func.row_number().over(order_by=waiting.c.id), waiting.c.id)
    done = await (await session.connection()).execute(
        insert(transfer_number).from_select(["number", "transfer_id"], numbered)
    )
    return done.rowcount
