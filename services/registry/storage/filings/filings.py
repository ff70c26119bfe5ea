"""Filings and the state that each is in."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, FilingExists, FilingKind, FilingState
from services.registry.storage.filings.contents import add_content, replace_values
from services.registry.storage.tables.filings import filing


async def add_filing(session: AsyncSession, new: Filing, content: Content) -> None:
    added = await session.scalar(
        insert(filing)
        .values(
            code=new.code,
            kind=new.kind.value,
            round_code=new.round_code,
            cluster_code=new.cluster_code,
            division_path=list(new.division_path),
            facts=dict(content.facts),
            state=new.state.value,
            version=new.version,
            content_hash=new.content_hash,
            prepared_by=new.prepared_by,
            signed_off_by=new.signed_off_by,
            signed_off_hash=new.signed_off_hash,
        )
        .on_conflict_do_nothing()
        .returning(filing.c.code)
    )
    if added is None:
        raise FilingExists(f"本轮已有 {new.code}", f"There is already {new.code} in this round")
    await add_content(session, new.code, content)


async def lock_filings(session: AsyncSession, codes: Collection[str]) -> dict[str, Filing]:
    """The filings of these codes, locked in the order of their codes until the transaction ends."""
    rows = await session.execute(
        sa.select(filing).where(filing.c.code.in_(codes)).order_by(filing.c.code).with_for_update()
    )
    return {row.code: _filing(row) for row in rows}


async def get_filing(session: AsyncSession, code: str) -> Filing | None:
    row = (await session.execute(sa.select(filing).where(filing.c.code == code))).one_or_none()
    return None if row is None else _filing(row)


async def list_filings(
    session: AsyncSession,
    *,
    kind: FilingKind,
    divisions: Collection[str],
    round_code: str | None,
    state: FilingState | None,
    after: str | None,
    limit: int,
) -> list[Filing]:
    statement = (
        sa.select(filing)
        .where(filing.c.kind == kind.value, filing.c.division_path.overlap(sorted(divisions)))
        .order_by(filing.c.code)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(filing.c.code > after)
    if round_code is not None:
        statement = statement.where(filing.c.round_code == round_code)
    if state is not None:
        statement = statement.where(filing.c.state == state.value)
    return [_filing(row) for row in await session.execute(statement)]


async def filings_of_round(session: AsyncSession, round_code: str) -> list[Filing]:
    rows = await session.execute(
        sa.select(filing).where(filing.c.round_code == round_code).order_by(filing.c.code)
    )
    return [_filing(row) for row in rows]


async def accepted_filings(session: AsyncSession, round_code: str) -> list[Filing]:
    """Locked until the end: nobody restates one while it is read."""
    rows = await session.execute(
        sa.select(filing)
        .where(filing.c.round_code == round_code, filing.c.state == FilingState.ACCEPTED.value)
        .order_by(filing.c.code)
        .with_for_update(read=True)
    )
    return [_filing(row) for row in rows]


async def save_filing(session: AsyncSession, changed: Filing) -> None:
    await session.execute(_saved(changed))


async def replace_content(
    session: AsyncSession,
    changed: Filing,
    before: Content,
    after: Content,
    *,
    keep_confirmations: bool = False,
) -> None:
    """Saves the filing with new content; see :func:`replace_values` for what stays confirmed."""
    await session.execute(_saved(changed).values(facts=dict(after.facts)))
    await replace_values(session, changed.code, before, after, keep_confirmations=keep_confirmations)


def _saved(changed: Filing) -> sa.Update:
    """What a step changes; the rest of a filing stays for ever."""
    return (
        sa.update(filing)
        .where(filing.c.code == changed.code)
        .values(
            state=changed.state.value,
            version=changed.version,
            content_hash=changed.content_hash,
            prepared_by=changed.prepared_by,
            signed_off_by=changed.signed_off_by,
            signed_off_hash=changed.signed_off_hash,
        )
    )


def _filing(row: sa.Row[*tuple[Any, ...]]) -> Filing:
    return Filing(
        code=row.code,
        kind=FilingKind(row.kind),
        round_code=row.round_code,
        cluster_code=row.cluster_code,
        division_path=tuple(row.division_path),
        state=FilingState(row.state),
        version=row.version,
        content_hash=row.content_hash,
        prepared_by=row.prepared_by,
        signed_off_by=row.signed_off_by,
        signed_off_hash=row.signed_off_hash,
    )
