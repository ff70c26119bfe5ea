"""The competent body decides the proposed lists, with minutes (审定). Who ran the assessment cannot decide it, nor
can who ruled on the objection that the list came of. Each list has a decision of its own.
"""

import json
from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.refusals import DocumentNumberDecidedAnotherRelease
from services.scoring.domain.releases.life import (
    State,
    require_decidable,
    require_decider,
    require_not_before,
    state_after_decision,
)
from services.scoring.storage.assessments import (
    StoredDecision,
    add_decision,
    decision_by_document,
    kept_snapshot,
    latest_notice,
    move_assessment,
)
from services.scoring.storage.objections import ruling_behind
from services.scoring.storage.releases import find_release
from services.scoring.use_cases.assessments.show_assessments import (
    AssessmentShown,
    describe_assessment,
    own_assessment,
)
from shared.calendar.working_days import WorkingDays
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.web.fields import BusinessDate, DocumentNumber, Note, Sha256
from shared.web.principals import Principal


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
) -> AssessmentShown:
    stored = await own_assessment(session, principal, assessment_id, lock=True)
    require_decidable(
        State(stored.state),
        current_sha256=stored.current_sha256,
        decided_sha256=decision.release_sha256,
        decided_on=decision.decided_on,
        today=await clock.today(session),
    )
    ruling = await ruling_behind(session, stored.current_sha256)
    require_decider(
        principal.person, run_by=stored.run_by, ruled_by=None if ruling is None else ruling.ruled_by
    )
    earliest = await _cut_off(session, stored.current_sha256) if ruling is None else ruling.ruled_on
    require_not_before(decision.decided_on, earliest)
    if await decision_by_document(session, assessment_id, decision.document_number) is not None:
        raise DocumentNumberDecidedAnotherRelease(
            f"文号{decision.document_number}已用于被替代的名单,新名单须另行审定",
            f"{decision.document_number} decided a list that is superseded; the new list needs its own decision",
        )
    had_notice = await latest_notice(session, assessment_id) is not None
    state = state_after_decision(had_notice=had_notice, repeat_notice=stored.repeat_notice)
    decided = StoredDecision(
        release=stored.current_sha256,
        assessment=assessment_id,
        document_number=decision.document_number,
        decided_on=decision.decided_on,
        minutes=decision.minutes,
        decided_by=principal.person,
    )
    await add_decision(session, decided)
    await move_assessment(session, assessment_id, state)
    await append_event(
        session,
        "decision.recorded",
        subject=assessment_id,
        actor=principal.actor,
        data={"release_sha256": stored.current_sha256, "document_number": decision.document_number},
    )
    return await describe_assessment(session, calendar, assessment_id)


async def _cut_off(session: AsyncSession, release: str) -> date:
    """The day at which the figures behind a release were frozen."""
    found = await find_release(session, release)
    assert found is not None  # noqa: S101 - written with the assessment
    snapshot = await kept_snapshot(session, json.loads(found.document)["snapshot_sha256"])
    assert snapshot is not None  # noqa: S101 - kept with the release
    return date.fromisoformat(json.loads(snapshot)["cut_off"])
