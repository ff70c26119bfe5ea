"""The competent body decides the proposed lists, with minutes (审定). Who ran the assessment cannot decide
it.
"""

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.assessment_life import State, require_decidable, state_after_decision
from services.scoring.storage.assessments import add_decision, latest_notice, update_assessment
from services.scoring.use_cases.answers import AssessmentOut
from services.scoring.use_cases.show_assessments import describe_assessment, own_assessment
from shared.auth import Principal
from shared.clock import BusinessClock
from shared.errors import MakerCannotCheck
from shared.events import append_event
from shared.fields import BusinessDate, DocumentNumber, Note, Sha256
from shared.working_days import WorkingDays


class DecisionRecord(BaseModel):
    model_config = ConfigDict(extra="forbid")

    release_sha256: Sha256 = Field(description="the release that was decided; it must be the current one")
    document_number: DocumentNumber = Field(description="文号 of the minutes")
    decided_on: BusinessDate
    minutes: Note


async def record_decision(
    session: AsyncSession,
    principal: Principal,
    clock: BusinessClock,
    calendar: WorkingDays,
    assessment_id: str,
    decision: DecisionRecord,
) -> AssessmentOut:
    row = await own_assessment(session, principal, assessment_id, lock=True)
    require_decidable(
        State(row.state),
        current_sha256=row.current_sha256,
        decided_sha256=decision.release_sha256,
        decided_on=decision.decided_on,
        today=await clock.today(session),
    )
    if row.run_by == principal.subject:
        raise MakerCannotCheck("运行评估的人不能审定", "Who ran the assessment cannot decide it")
    had_notice = await latest_notice(session, assessment_id) is not None
    state = state_after_decision(had_notice=had_notice, repeat_notice=row.repeat_notice)
    await add_decision(
        session,
        release=row.current_sha256,
        assessment=assessment_id,
        document_number=decision.document_number,
        decided_on=decision.decided_on,
        minutes=decision.minutes,
        decided_by=principal.subject,
    )
    await update_assessment(session, assessment_id, state=state.value)
    await append_event(
        session,
        "decision.recorded",
        subject=assessment_id,
        actor=principal.actor,
        data={"release_sha256": row.current_sha256, "document_number": decision.document_number},
    )
    return await describe_assessment(session, calendar, assessment_id)
