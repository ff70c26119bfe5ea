"""Closes a round once every fen has come to its end."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.refusals import RoundNotReady
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.storage.orders.fund_orders import lock_budgets
from services.funding.storage.rounds.rounds import add_step, kept_round, move_round
from services.funding.use_cases.rounds.check_round import against_closing
from services.funding.use_cases.rounds.find_round import lock_own_round
from shared.data.events import append_event
from shared.web.fields import Note
from shared.web.principals import Principal


class RoundClosing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Note


async def close_round(
    session: AsyncSession, principal: Principal, code: str, closing: RoundClosing, *, today: date
) -> Round:
    """Refused with every reason: quota that nobody spent or returned, open orders, a missing document number."""
    await lock_budgets(session, [principal.division])  # an order of the same moment comes before or after
    round_, state = await lock_own_round(session, principal, code, Action.CLOSE)
    reasons = await against_closing(session, round_)
    if reasons:
        raise RoundNotReady(
            f"尚有{len(reasons)}处未了结,不能办结",
            f"{len(reasons)} thing(s) are not settled; the round cannot be closed",
            items=reasons,
        )
    await move_round(session, code, state)
    await add_step(session, code, Action.CLOSE, actor=principal, note=closing.note, on=today)
    await append_event(session, "round.closed", subject=code, actor=principal.actor)
    return await kept_round(session, code)
