"""The decided lists go on public notice (公示) from today, for the days that the scheme's notice rules say."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.reading.stored import read_scheme
from services.scoring.domain.releases.life import State, notice_period, require_state
from services.scoring.storage.assessments import add_notice, move_assessment
from services.scoring.use_cases.assessments.show_assessments import (
    AssessmentShown,
    describe_assessment,
    own_assessment,
)
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme
from shared.calendar.working_days import WorkingDays
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.web.principals import Principal


async def open_public_notice(
    session: AsyncSession,
    principal: Principal,
    clock: BusinessClock,
    calendar: WorkingDays,
    assessment_id: str,
) -> AssessmentShown:
    assessment = await own_assessment(session, principal, assessment_id, lock=True)
    require_state(State(assessment.state), State.DECIDED)
    scheme = await known_scheme(session, assessment.scheme, assessment.scheme_version)
    rules = read_scheme(scheme.source).notice
    period = notice_period(await clock.today(session), rules, calendar)
    number = await add_notice(
        session,
        assessment_id,
        release=assessment.current_sha256,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        days=period.days,
        day_kind=period.day_kind.value,
        opened_by=principal.person,
    )
    await move_assessment(session, assessment_id, State.UNDER_NOTICE, repeat_notice=False)
    await append_event(
        session,
        "public_notice.opened",
        subject=assessment_id,
        actor=principal.actor,
        data={
            "number": number,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
            "provisional": period.provisional,
        },
    )
    return await describe_assessment(session, calendar, assessment_id)
