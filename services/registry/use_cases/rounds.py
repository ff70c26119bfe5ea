"""The round that a request names, with its programme and its indicator catalogue."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.rounds import Round
from services.registry.storage import rounds
from shared.errors import NotFound


async def round_of(session: AsyncSession, code: str) -> Round:
    found = await rounds.get_round(session, code)
    if found is None:
        raise NotFound("填报轮次", "filing round")
    return found
