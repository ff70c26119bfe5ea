"""The lead department proposes the allocated list."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.storage.rounds.rounds import add_step, kept_round, move_round
from services.funding.use_cases.rounds.find_round import lock_own_round
from shared.data.events import append_event
from shared.web.fields import Note
from shared.web.principals import Principal


class Proposal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Note


async def propose_round(
    session: AsyncSession, principal: Principal, code: str, proposal: Proposal, *, today: date
) -> Round:
    _, state = await lock_own_round(session, principal, code, Action.PROPOSE)
    await move_round(session, code, state)
    await add_step(session, code, Action.PROPOSE, actor=principal, note=proposal.note, on=today)
    await append_event(session, "round.proposed", subject=code, actor=principal.actor)
    return await kept_round(session, code)
