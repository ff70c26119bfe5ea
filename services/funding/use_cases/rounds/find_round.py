"""A round and what belongs to it, for those whose budget it is. Somebody else's round does not exist."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.states import Action, State, next_state
from services.funding.storage.rounds.rounds import find_round
from shared.errors import NotFound
from shared.web.principals import Principal


async def own_round(session: AsyncSession, principal: Principal, code: str) -> Any:
    row = await find_round(session, code)
    if row is None or not principal.covers([row.division_code]):
        raise NotFound("分配轮次", "round")
    return row


async def lock_own_round(
    session: AsyncSession, principal: Principal, code: str, action: Action
) -> tuple[Any, State]:
    """The round, locked, and the state that the action leads to; refused where it is not possible now."""
    await own_round(session, principal, code)
    row = await find_round(session, code, lock=True)
    if row is None:  # pragma: no cover - a round is never deleted
        raise NotFound("分配轮次", "round")
    return row, next_state(State(row.state), action)
