"""Withdraws a round before it is issued; what it held is available again."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.storage.ledger.postings import post
from services.funding.storage.rounds.rounds import add_step, kept_round, move_round
from services.funding.use_cases.rounds.find_round import lock_own_round
from shared.data.events import append_event
from shared.web.fields import Note
from shared.web.principals import Principal


class RoundWithdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


async def withdraw_round(
    session: AsyncSession, principal: Principal, code: str, withdrawal: RoundWithdrawal, *, today: date
) -> Round:
    round_, state = await lock_own_round(session, principal, code, Action.WITHDRAW)
    if round_.reserve_transfer is not None:
        posting = round_.books.release_hold(
            round_.pool_fen, round_code=code, reverses=round_.reserve_transfer, on=today
        )
        await post(session, posting, actor=principal.actor)
    await move_round(session, code, state)
    await add_step(session, code, Action.WITHDRAW, actor=principal, note=withdrawal.reason, on=today)
    await append_event(session, "round.withdrawn", subject=code, actor=principal.actor)
    return await kept_round(session, code)
