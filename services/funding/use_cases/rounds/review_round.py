"""The finance department reviews a proposed list as a whole: another person of another unit, with minutes."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import (
    Action,
    approvals_of,
    check_reviewer,
    check_undecided,
    next_state,
)
from services.funding.storage.rounds.rounds import add_step, kept_round, move_round, taken_steps
from services.funding.use_cases.rounds.find_round import own_round
from shared.data.events import append_event
from shared.web.fields import Note
from shared.web.principals import Principal


class Review(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "reject"]
    minutes: Note = Field(description="minutes of the decision, or the reasons of a rejection")


async def review_round(
    session: AsyncSession,
    principal: Principal,
    code: str,
    review: Review,
    levels: ReviewLevels,
    *,
    today: date,
) -> Round:
    """A rejected list goes back to the lead department, which proposes it anew or withdraws it.

    From the amount of the review levels on, the list is reviewed once two people approved it.
    """
    action = Action.APPROVE if review.decision == "approve" else Action.REJECT
    await own_round(session, principal, code)  # somebody else's round is not even locked
    found = await own_round(session, principal, code, lock=True)
    steps = await taken_steps(session, code)
    check_undecided(steps, subject=principal.person)
    state = next_state(found.state, action)
    check_reviewer(steps, subject=principal.person, unit=principal.unit)
    enough = len(approvals_of(steps)) + 1 >= levels.reviews_needed(found.pool_fen)
    if action is Action.REJECT or enough:
        await move_round(session, code, state)
    await add_step(session, code, action, actor=principal, note=review.minutes, on=today)
    await append_event(
        session, "round.reviewed", subject=code, actor=principal.actor, data={"decision": review.decision}
    )
    return await kept_round(session, code)
