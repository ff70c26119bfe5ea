"""A round is passed down once nothing is left in the awards' accounts of its line."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rounds.rounds import pass_down_rounds
from shared.data.events import Happened, append_events
from shared.web.principals import Principal


async def advance_rounds(
    session: AsyncSession, principal: Principal, lines: Collection[str], *, today: date
) -> None:
    """Also at once where nobody got anything: there is nothing to pass down, and the round can be closed."""
    if lines:
        moved = await pass_down_rounds(session, lines, actor=principal, on=today)
        happened = [Happened("round.passed_down", code) for code in moved]
        await append_events(session, happened, actor=principal.actor)
