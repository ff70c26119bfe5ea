"""Filing rounds, each with its days from the newest calendar of its year."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.rounds import ListedRound, Round
from services.registry.domain.programme.calendars import Calendar, RoundDates
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.storage.tables.programme import (
    calendar_version,
    catalogue_version,
    filing_round,
    programme_version,
)


async def get_round(session: AsyncSession, code: str) -> Round | None:
    """A round with its programme's document and catalogue."""
    statement = (
        sa.select(
            filing_round.c.assessment_year,
            programme_version.c.document.label("programme"),
            catalogue_version.c.document.label("catalogue"),
            _newest(calendar_version.c.document).label("calendar"),
        )
        .join(programme_version, _same_version(programme_version))
        .outerjoin(catalogue_version, _same_version(catalogue_version))
        .where(filing_round.c.code == code)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    return Round(
        programme=Programme.model_validate(row.programme),
        catalogue=None if row.catalogue is None else IndicatorCatalogue.model_validate(row.catalogue),
        assessment_year=row.assessment_year,
        dates=_dates(Calendar.model_validate(row.calendar), code),
    )


async def list_rounds(session: AsyncSession) -> list[ListedRound]:
    """All rounds of all programmes, each with its dates."""
    statement = sa.select(
        filing_round.c.code,
        filing_round.c.programme,
        filing_round.c.version,
        filing_round.c.assessment_year,
        _newest(calendar_version.c.version).label("calendar_version"),
        _newest(calendar_version.c.document).label("calendar"),
    ).order_by(filing_round.c.code)
    return [
        ListedRound(
            programme=row.programme,
            version=row.version,
            assessment_year=row.assessment_year,
            calendar_version=row.calendar_version,
            dates=_dates(Calendar.model_validate(row.calendar), row.code),
        )
        for row in await session.execute(statement)
    ]


def _newest(column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Of the newest calendar of the round's year, which holds every round that an earlier one made."""
    return (
        sa.select(column)
        .where(
            calendar_version.c.programme == filing_round.c.programme,
            calendar_version.c.assessment_year == filing_round.c.assessment_year,
        )
        .order_by(calendar_version.c.number.desc())
        .limit(1)
        .correlate(filing_round)
        .scalar_subquery()
    )


def _same_version(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(filing_round.c.programme == table.c.programme, filing_round.c.version == table.c.version)


def _dates(calendar: Calendar, code: str) -> RoundDates:
    found = calendar.round(code)
    if found is None:  # pragma: no cover - a later version of a calendar keeps every round
        raise LookupError(code)
    return found
