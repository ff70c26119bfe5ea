"""The decided lists go on public notice (公示) from today, for the days that the scheme's notice rules say."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import State, notice_period, require_state
from services.scoring.storage.assessments import add_notice, update_assessment
from services.scoring.storage.schemes import find_scheme_version
from services.scoring.use_cases.answers import AssessmentOut
from services.scoring.use_cases.assess_snapshot import StoredScheme, read_scheme
from services.scoring.use_cases.show_assessments import describe_assessment, own_assessment
from services.scoring.use_cases.show_scheme_versions import scheme_version_not_found
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
) -> AssessmentOut:
    row = await own_assessment(session, principal, assessment_id, lock=True)
    require_state(State(row.state), State.DECIDED)
    stored = await find_scheme_version(session, row.scheme, row.scheme_version)
    if stored is None:  # pragma: no cover - a foreign key holds it
        raise scheme_version_not_found()
    rules = read_scheme(StoredScheme(stored.document, stored.sha256)).notice
    period = notice_period(await clock.today(session), rules, calendar)
    number = await add_notice(
        session,
        assessment_id,
        release=row.current_sha256,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        days=period.days,
        day_kind=period.day_kind.value,
        opened_by=principal.person,
    )
    await update_assessment(session, assessment_id, state=State.UNDER_NOTICE.value, repeat_notice=False)
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
