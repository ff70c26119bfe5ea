"""Programme documents, indicator catalogues and filing rounds."""

from fastapi import APIRouter

from services.registry.api.dependencies import FilingReader, ProgrammeOfficer
from services.registry.api.models.filings import RemindersOut
from services.registry.api.models.programmes import ProgrammeOut, Published, RoundList, RoundOut
from services.registry.api.paths import PathCode
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.use_cases.filings.remind_counties import remind_counties
from services.registry.use_cases.programme.publish_programme import publish_catalogue, publish_programme
from services.registry.use_cases.programme.show_programmes import (
    list_rounds,
    show_catalogue,
    show_programme,
)
from shared.web.auth import SignedIn
from shared.web.dependencies import Session, Today

router = APIRouter(tags=["programmes"])


@router.post("/programmes", status_code=201, summary="发布计划 · Publish a programme version")
async def post_programme(
    body: Programme, officer: ProgrammeOfficer, session: Session, today: Today
) -> Published:
    """A version is immutable; the same content again is no change, another content takes another version.

    Not before its document is public.
    """
    published = await publish_programme(session, body, actor=officer, today=today)
    return Published.model_validate(published, from_attributes=True)


@router.get("/programmes/{programme}", summary="计划文件 · The newest version of a programme")
async def get_programme(programme: PathCode, _reader: SignedIn, session: Session) -> ProgrammeOut:
    division, document = await show_programme(session, programme)
    return ProgrammeOut(**dict(document), division_code=division)


@router.post(
    "/indicator-catalogues", status_code=201, summary="发布指标目录 · Publish an indicator catalogue"
)
async def post_catalogue(body: IndicatorCatalogue, officer: ProgrammeOfficer, session: Session) -> Published:
    published = await publish_catalogue(session, body, actor=officer)
    return Published.model_validate(published, from_attributes=True)


@router.get("/indicator-catalogues/{programme}/{version}", summary="指标目录 · An indicator catalogue")
async def get_catalogue(
    programme: PathCode, version: PathCode, _reader: SignedIn, session: Session
) -> IndicatorCatalogue:
    return await show_catalogue(session, programme, version)


@router.get("/rounds", summary="填报轮次 · Filing rounds with their dates")
async def get_rounds(_reader: SignedIn, session: Session) -> RoundList:
    return RoundList(rounds=[RoundOut.of(entry) for entry in await list_rounds(session)])


@router.get("/rounds/{code}/reminders", summary="催报 · Who still has to file, and when to remind")
async def get_reminders(code: PathCode, reader: FilingReader, session: Session, today: Today) -> RemindersOut:
    found = await remind_counties(session, code, today=today, actor=reader)
    return RemindersOut.model_validate(found, from_attributes=True)
