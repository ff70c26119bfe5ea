"""A round is passed down once nothing is left in the awards' accounts of its line."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import Purpose
from services.funding.domain.rounds.states import Action, State
from services.funding.storage.ledger.accounts import purpose_total
from services.funding.storage.rounds.rounds import add_step, find_round, move_round, round_of_line
from shared.data.events import append_event
from shared.web.principals import Principal


async def advance_round(session: AsyncSession, principal: Principal, line: str, *, today: date) -> None:
    """Also at once where nobody got anything: there is nothing to pass down, and the round can be closed."""
    found = await round_of_line(session, line)
    if found is None or found.state is not State.ISSUED:
        return
    locked = await find_round(session, found.code, lock=True)
    if locked is None or locked.state is not State.ISSUED:
        return
    if await purpose_total(session, line, Purpose.AWARDED) == 0:
        await move_round(session, locked.code, State.PASSED_DOWN)
        await add_step(session, locked.code, Action.PASS_DOWN, actor=principal, note=None, on=today)
        await append_event(session, "round.passed_down", subject=locked.code, actor=principal.actor)
