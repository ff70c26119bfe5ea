"""Loads reference data: divisions with their history, and the industries of GB/T 4754."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import Division, Level, check_divisions
from services.registry.storage import reference
from shared.data.events import append_event
from shared.web.principals import Principal


async def load_divisions(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]], *, actor: Principal
) -> int:
    """Adds and updates divisions after checking the list as a whole; returns how many it holds."""
    check_divisions(
        Division(
            code=row["code"],
            name=row["name"],
            level=Level(row["level"]),
            kind=row["kind"],
            parent_code=row["parent_code"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            successor_code=row["successor_code"],
        )
        for row in rows
    )
    await reference.replace_divisions(session, rows)
    await append_event(
        session, "divisions.loaded", subject="divisions", actor=actor.actor, data={"rows": len(rows)}
    )
    return len(rows)


async def load_industries(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]], *, actor: Principal
) -> int:
    await reference.replace_industries(session, rows)
    await append_event(
        session, "industries.loaded", subject="industries", actor=actor.actor, data={"rows": len(rows)}
    )
    return len(rows)
