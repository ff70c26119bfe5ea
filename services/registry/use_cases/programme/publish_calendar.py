"""Publishes a version of a year's calendar with its filing rounds: checked, hashed, immutable from then on."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.calendar_changes import check_changes
from services.registry.domain.programme.calendars import Calendar, PublishedCalendar, check_calendar
from services.registry.domain.programme.publication import is_same
from services.registry.storage import calendars, programmes
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.policy.documents import check_public
from shared.web.principals import Principal


async def publish_calendar(
    session: AsyncSession, document: Calendar, *, actor: Principal, today: date
) -> PublishedCalendar:
    """Under the programme's current version. The same content again is no change.

    Rounds of a version before it keep the programme version under which they run, and get the new days.
    """
    await require_own_programme(session, document.programme, actor)
    check_public([document.source], today)
    await programmes.lock_programme(session, document.programme)
    year = (document.programme, document.assessment_year)
    sha256 = document_hash(document.model_dump(mode="json"))
    kept = await calendars.find_version(session, *year, document.version)
    if is_same(document.version, kept=None if kept is None else kept.sha256, sha256=sha256) and kept:
        return kept
    programme = await newest_programme(session, document.programme)
    before = await calendars.get_calendar(session, *year)
    added = [entry for entry in document.rounds if before is None or before.round(entry.code) is None]
    taken = await calendars.taken_round_codes(session, [entry.code for entry in added])
    check_calendar(document, programme, before=before, taken_rounds=taken)
    if before is not None:
        frozen = await calendars.lock_frozen_rounds(session, [entry.code for entry in before.rounds])
        check_changes(document, before=before, frozen=frozen, today=today)
    published = PublishedCalendar(
        programme=document.programme,
        assessment_year=document.assessment_year,
        version=document.version,
        number=await calendars.next_number(session, *year),
        programme_version=programme.version,
        sha256=sha256,
    )
    await calendars.add_calendar(session, document, published, added=added)
    await append_event(
        session,
        "calendar.published",
        subject=document.programme,
        actor=actor.actor,
        data={
            "assessment_year": published.assessment_year,
            "version": published.version,
            "sha256": sha256,
            "rounds_added": [entry.code for entry in added],
        },
    )
    return published
