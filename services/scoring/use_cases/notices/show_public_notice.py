"""What the public may read of an assessment: names by list, no score, no rank, no order of merit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.differences import notice_must_be_repeated
from services.scoring.storage.assessments import StoredNotice, find_assessment, latest_notice
from services.scoring.storage.releases import decided_after, find_release, noticed_releases
from services.scoring.use_cases.assessments.show_assessments import period_of
from shared.calendar.working_days import DayKind, WorkingDays
from shared.contracts.release import Release, ReleaseUnit
from shared.errors import NotFound

LISTS = ("designate", "cultivate", "keep", "rectify", "remove")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    name: str
    county_name: str


@dataclass(frozen=True, slots=True)
class NoticeList:
    status: str
    units: Sequence[NamedUnit]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    assessment: str
    programme: str
    assessment_year: int
    kind: str
    starts_on: date
    ends_on: date
    days: int
    day_kind: DayKind
    provisional: bool
    lists: Sequence[NoticeList]
    removed: Sequence[NamedUnit]


async def show_public_notice(
    session: AsyncSession, calendar: WorkingDays, assessment_id: str
) -> PublicNotice:
    """The lists as decided last: a superseding proposal is not shown before its own decision."""
    assessment = await find_assessment(session, assessment_id)
    notice = await latest_notice(session, assessment_id)
    period = None if assessment is None else await period_of(session, calendar, assessment, notice)
    if assessment is None or notice is None or period is None:
        raise NotFound("公示", "public notice")
    release = await _on_show(session, notice)
    announced = await announced_units(session, notice)
    return PublicNotice(
        assessment=assessment_id,
        programme=assessment.programme,
        assessment_year=assessment.assessment_year,
        kind=assessment.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        days=period.days,
        day_kind=period.day_kind,
        provisional=period.provisional,
        lists=[
            NoticeList(status=status, units=units)
            for status in LISTS
            if (units := _named(u for u in release.units if _stands_on(u, status)))
        ],
        removed=_named(unit for unit in release.units if unit.removed and unit.unit in announced),
    )


async def announced_units(session: AsyncSession, notice: StoredNotice) -> frozenset[str]:
    """The units that the public was told of: those that stand, or stood, on a list on notice. Who was on none (an
    application that was refused) is never named."""
    shown = [Release.parse(stored.document) for stored in await noticed_releases(session, notice.assessment)]
    shown.append(await _on_show(session, notice))
    return frozenset(
        unit.unit
        for release in shown
        for unit in release.units
        if any(_stands_on(unit, status) for status in LISTS)
    )


async def _on_show(session: AsyncSession, notice: StoredNotice) -> Release:
    """The lists of the notice, or what was decided since and needs no notice of its own."""
    stored = await find_release(session, notice.release)
    if stored is None:  # pragma: no cover - a foreign key holds it
        raise NotFound("公示", "public notice")
    noticed = Release.parse(stored.document)
    for later in await decided_after(session, notice.assessment, noticed.number):
        release = Release.parse(later.document)
        if not notice_must_be_repeated(noticed, release):
            return release
    return noticed


def _stands_on(unit: ReleaseUnit, status: str) -> bool:
    return unit.removed is None and unit.outcomes.proposed_status == status


def _named(units: Iterable[ReleaseUnit]) -> list[NamedUnit]:
    """In the order of counties, as a notice lists them."""
    ordered = sorted(units, key=lambda unit: (unit.county_code, unit.unit))
    return [NamedUnit(name=unit.name, county_name=unit.county_name) for unit in ordered]
