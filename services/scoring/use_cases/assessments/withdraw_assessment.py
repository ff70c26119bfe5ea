"""An assessment that nobody decided on yet is withdrawn, so that another can be run. Its releases stay
readable.
"""

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.refusals import AssessmentNotInState
from services.scoring.domain.releases.life import State, require_state
from services.scoring.storage.assessments import latest_notice, move_assessment
from services.scoring.use_cases.assessments.show_assessments import (
    AssessmentShown,
    describe_assessment,
    own_assessment,
)
from shared.calendar.working_days import WorkingDays
from shared.data.events import append_event
from shared.web.fields import Note
from shared.web.principals import Principal


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


async def withdraw_assessment(
    session: AsyncSession,
    principal: Principal,
    calendar: WorkingDays,
    assessment_id: str,
    withdrawal: Withdrawal,
) -> AssessmentShown:
    stored = await own_assessment(session, principal, assessment_id, lock=True)
    require_state(State(stored.state), State.PROPOSED)
    if await latest_notice(session, assessment_id) is not None:
        raise AssessmentNotInState("评估已公示,不能撤回", "The assessment was on public notice and stays")
    await move_assessment(session, assessment_id, State.WITHDRAWN)
    await append_event(
        session,
        "assessment.withdrawn",
        subject=assessment_id,
        actor=principal.actor,
        data={"reason": withdrawal.reason},
    )
    return await describe_assessment(session, calendar, assessment_id)
