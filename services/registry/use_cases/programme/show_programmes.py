"""Programmes, indicator catalogues and rounds as they are published."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.rounds import ListedRound
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.storage import programmes, rounds
from shared.errors import NotFound


async def newest_programme(session: AsyncSession, programme: str) -> Programme:
    found = await programmes.newest_programme(session, programme)
    if found is None:
        raise NotFound("计划", "programme")
    return found


async def show_programme(session: AsyncSession, programme: str) -> tuple[str, Programme]:
    """The division whose it is, and its newest version."""
    document = await newest_programme(session, programme)
    division = await programmes.division_of(session, programme)
    if division is None:  # pragma: no cover - a version has its division
        raise NotFound("计划", "programme")
    return division, document


async def show_catalogue(session: AsyncSession, programme: str, version: str) -> IndicatorCatalogue:
    found = await programmes.get_catalogue(session, programme, version)
    if found is None:
        raise NotFound("指标目录", "indicator catalogue")
    return found


async def list_rounds(session: AsyncSession) -> list[ListedRound]:
    """All filing rounds with their dates."""
    return await rounds.list_rounds(session)
