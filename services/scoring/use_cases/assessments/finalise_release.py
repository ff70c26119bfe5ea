"""After the notice, with every objection ruled on, the decided release becomes final: signed once more, for
good.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import State, require_finalisable
from services.scoring.domain.releases.making import finalise
from services.scoring.storage.assessments import StoredAssessment, find_decision, latest_notice, make_final
from services.scoring.storage.objections import objections_of
from services.scoring.storage.releases import explanations_of, find_release
from services.scoring.use_cases.assessments.show_assessments import (
    AssessmentShown,
    describe_assessment,
    own_assessment,
    period_of,
)
from services.scoring.use_cases.releases.show_releases import release_not_found
from services.scoring.use_cases.releases.sign_release import Signer, sign_release
from shared.calendar.working_days import WorkingDays
from shared.contracts.release import Decision, Notice, ObjectionOutcome, Release
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.web.principals import Principal


async def finalise_release(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    clock: BusinessClock,
    calendar: WorkingDays,
    assessment_id: str,
) -> AssessmentShown:
    assessment = await own_assessment(session, principal, assessment_id, lock=True)
    objections = await objections_of(session, assessment_id)
    announced = await latest_notice(session, assessment_id)
    period = require_finalisable(
        State(assessment.state),
        await period_of(session, calendar, assessment, announced),
        open_objections=[objection.number for objection in objections if objection.ruling is None],
        today=await clock.today(session),
    )
    notice = Notice.model_validate(
        {
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "days": period.days,
            "day_kind": period.day_kind.value,
        }
    )
    final = finalise(
        await _proposed(session, assessment),
        decision=await _decision(session, assessment),
        notice=notice,
        objections=[ObjectionOutcome(number=o.number, unit=o.unit, ruling=o.ruling) for o in objections],
    )
    explanations = await explanations_of(session, assessment.current_sha256)
    sha256 = await sign_release(
        session, signer, principal, assessment=assessment_id, release=final, explanations=explanations
    )
    await make_final(session, assessment_id, release=sha256)
    await append_event(
        session,
        "assessment.finalised",
        subject=assessment_id,
        actor=principal.actor,
        data={"sha256": sha256, "notice_ends_on": period.ends_on.isoformat()},
    )
    return await describe_assessment(session, calendar, assessment_id)


async def _proposed(session: AsyncSession, assessment: StoredAssessment) -> Release:
    stored = await find_release(session, assessment.current_sha256)
    if stored is None:  # pragma: no cover - written with the assessment
        raise release_not_found()
    return Release.parse(stored.document, expected_sha256=assessment.current_sha256)


async def _decision(session: AsyncSession, assessment: StoredAssessment) -> Decision:
    decided = await find_decision(session, assessment.current_sha256)
    if decided is None:  # pragma: no cover - the state says that it was decided
        raise release_not_found()
    return Decision(document_number=decided.document_number, decided_on=decided.decided_on)
