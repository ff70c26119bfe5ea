"""A round for those whose budget it is. Somebody else's round does not exist."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action, State, next_state
from services.funding.storage.rounds.rounds import find_round
from shared.errors import NotFound
from shared.web.principals import Principal


async def own_round(session: AsyncSession, principal: Principal, code: str, *, lock: bool = False) -> Round:
    found = await find_round(session, code, lock=lock)
    if found is None or not principal.covers([found.division_code]):
        raise NotFound("分配轮次", "round")
    return found


async def lock_own_round(
    session: AsyncSession, principal: Principal, code: str, action: Action
) -> tuple[Round, State]:
    """The round, locked, and the state that the action leads to; refused where it is not possible now."""
    await own_round(session, principal, code)  # somebody else's round is not even locked
    found = await own_round(session, principal, code, lock=True)
    return found, next_state(found.state, action)
