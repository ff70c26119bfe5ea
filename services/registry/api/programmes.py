"""Programme documents, indicator catalogues and filing rounds."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.registry.api.dependencies import ProvinceOfficer
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.storage import programmes
from services.registry.use_cases.programme.publish_programme import publish_catalogue, publish_programme
from shared.errors import NotFound
from shared.web.auth import SignedIn
from shared.web.dependencies import Session

router = APIRouter(tags=["programmes"])

PathCode = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Published(BaseModel):
    programme: str
    version: str
    sha256: str


class RoundOut(BaseModel):
    code: str
    programme: str
    version: str
    kind: Literal["application", "assessment"]
    assessment_year: int
    data_year: int
    opens_on: date
    closes_on: date
    cut_off: date


class RoundList(BaseModel):
    rounds: list[RoundOut]


@router.post("/programmes", status_code=201, summary="发布计划 · Publish a programme version with its rounds")
async def post_programme(body: Programme, officer: ProvinceOfficer, session: Session) -> Published:
    """A version is immutable; the same content again is no change, another content takes another version."""
    sha256 = await publish_programme(session, body, actor=officer)
    return Published(programme=body.programme, version=body.version, sha256=sha256)


@router.get("/programmes/{programme}", summary="计划文件 · The newest version of a programme")
async def get_programme(programme: PathCode, _reader: SignedIn, session: Session) -> Programme:
    found = await programmes.newest_programme(session, programme)
    if found is None:
        raise NotFound("计划", "programme")
    return found


@router.post(
    "/indicator-catalogues", status_code=201, summary="发布指标目录 · Publish an indicator catalogue"
)
async def post_catalogue(body: IndicatorCatalogue, officer: ProvinceOfficer, session: Session) -> Published:
    sha256 = await publish_catalogue(session, body, actor=officer)
    return Published(programme=body.programme, version=body.version, sha256=sha256)


@router.get("/indicator-catalogues/{programme}/{version}", summary="指标目录 · An indicator catalogue")
async def get_catalogue(
    programme: PathCode, version: PathCode, _reader: SignedIn, session: Session
) -> IndicatorCatalogue:
    found = await programmes.get_catalogue(session, programme, version)
    if found is None:
        raise NotFound("指标目录", "indicator catalogue")
    return found


@router.get("/rounds", summary="填报轮次 · Filing rounds with their dates")
async def get_rounds(_reader: SignedIn, session: Session) -> RoundList:
    rounds = await programmes.list_rounds(session)
    return RoundList(
        rounds=[
            RoundOut(
                programme=row["programme"],
                version=row["version"],
                **dates.model_dump(exclude={"label", "clause"}),
            )
            for row, dates in rounds
        ]
    )
