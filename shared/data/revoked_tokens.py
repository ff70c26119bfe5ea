"""Access tokens that count no longer although they have not expired: by their id (``jti``), until they would expire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import utc_now
from shared.data.database import PLUMBING
from shared.data.events import append_event
from shared.data.rows import columns_of, read_all

revoked_token = sa.Table(
    "revoked_token",
    PLUMBING,
    sa.Column("token_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("revoked_by", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class RevokedToken:
    token_id: str
    reason: str
    revoked_by: str
    revoked_at: datetime
    expires_at: datetime


_REVOKED = sa.select(*columns_of(RevokedToken, revoked_token))


async def revoke_token(
    session: AsyncSession, token_id: str, *, reason: str, actor: str, longest: timedelta
) -> RevokedToken:
    """Revokes a token, or gives what was said when it was revoked before.

    No token is accepted for longer than ``longest``, so after that time it has expired and the entry goes: each
    revocation first removes those that are over, and the list stays as short as what is in force.
    """
    now = utc_now()
    await session.execute(sa.delete(revoked_token).where(revoked_token.c.expires_at <= now))
    fresh = await session.scalar(
        insert(revoked_token)
        .values(token_id=token_id, reason=reason, revoked_by=actor, revoked_at=now, expires_at=now + longest)
        .on_conflict_do_nothing()
        .returning(revoked_token.c.token_id)
    )
    if fresh is not None:
        await append_event(session, "token.revoked", subject=token_id, actor=actor)
    [known] = await read_all(session, RevokedToken, _REVOKED.where(revoked_token.c.token_id == token_id))
    return known


async def revoked_tokens(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[RevokedToken]:
    """Those in force, by their id."""
    statement = _REVOKED.where(revoked_token.c.expires_at > utc_now())
    if after is not None:
        statement = statement.where(revoked_token.c.token_id > after)
    return await read_all(session, RevokedToken, statement.order_by(revoked_token.c.token_id).limit(limit))


async def revoked_token_ids(session: AsyncSession) -> frozenset[str]:
    """The ids of all that are in force."""
    ids = await session.scalars(
        sa.select(revoked_token.c.token_id).where(revoked_token.c.expires_at > utc_now())
    )
    return frozenset(ids.all())
