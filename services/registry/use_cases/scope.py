"""Whose a programme and its rounds are: what is done with them is done in the programme's division."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.rounds import Round
from services.registry.storage import programmes
from services.registry.use_cases.rounds import round_of
from shared.errors import NotFound, OutOfScope
from shared.web.principals import Principal


async def require_own_programme(session: AsyncSession, programme: str, actor: Principal) -> None:
    """A programme is known to everybody; its division alone publishes, freezes and decides."""
    division = await programmes.division_of(session, programme)
    if division is None:
        raise NotFound("计划", "programme")
    if division != actor.division:
        raise OutOfScope(division)


async def own_round(session: AsyncSession, code: str, actor: Principal) -> Round:
    """The round, for the division whose programme it is of."""
    found = await round_of(session, code)
    await require_own_programme(session, found.programme.programme, actor)
    return found
