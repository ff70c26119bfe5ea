"""Divisions and industries: reference data that everybody signed in may read."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.registry.api.dependencies import ProvinceOfficer
from services.registry.storage import reference
from services.registry.use_cases.programme import load_reference
from shared.web.auth import SignedIn
from shared.web.dependencies import Session
from shared.web.fields import BusinessDate, DivisionCode, Name
from shared.web.pagination import Page, Paging, cursor_text, encode_cursor, link_next

router = APIRouter(tags=["reference"])

Level = Literal["province", "prefecture", "county"]


class DivisionIn(BaseModel, extra="forbid"):
    """One division code; `valid_to` is the first day on which it no longer holds."""

    code: DivisionCode
    name: Name
    level: Level
    kind: Name
    parent_code: DivisionCode | None
    pinyin: Name
    longitude: Annotated[Decimal, Field(ge=-180, le=180, decimal_places=5)] | None = None
    latitude: Annotated[Decimal, Field(ge=-90, le=90, decimal_places=5)] | None = None
    area_km2: Annotated[int, Field(ge=0, le=2_000_000)] | None = None
    valid_from: BusinessDate | None = None
    valid_to: BusinessDate | None = None
    successor_code: DivisionCode | None = None


class DivisionOut(BaseModel):
    code: str
    name: str
    level: Level
    kind: str
    parent_code: str | None
    pinyin: str
    longitude: Decimal | None
    latitude: Decimal | None
    area_km2: int | None
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None


class DivisionList(BaseModel, extra="forbid"):
    divisions: Annotated[list[DivisionIn], Field(min_length=1, max_length=10_000)]


class IndustryIn(BaseModel, extra="forbid"):
    code: Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")]
    name: Name
    level: Annotated[int, Field(ge=1, le=4)]
    parent_code: Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")] | None


class IndustryList(BaseModel, extra="forbid"):
    industries: Annotated[list[IndustryIn], Field(min_length=1, max_length=10_000)]


class Loaded(BaseModel):
    rows: int


@router.put("/divisions", summary="载入区划 · Load divisions with their history")
async def put_divisions(body: DivisionList, officer: ProvinceOfficer, session: Session) -> Loaded:
    rows = [entry.model_dump() for entry in body.divisions]
    return Loaded(rows=await load_reference.load_divisions(session, rows, actor=officer))


@router.get("/divisions", summary="区划列表 · Divisions, past codes included")
async def get_divisions(
    _reader: SignedIn,
    session: Session,
    page: Paging,
    request: Request,
    response: Response,
    level: Annotated[Level | None, Query(description="only this level")] = None,
) -> Page[DivisionOut]:
    rows = await reference.list_divisions(
        session, after=cursor_text(page.after), limit=page.limit + 1, level=level
    )
    shown = [DivisionOut(**row) for row in rows[: page.limit]]
    following = encode_cursor([shown[-1].code]) if len(rows) > page.limit else None
    link_next(request, response, following)
    return Page(items=shown, next=following)


@router.put("/industries", summary="载入行业分类 · Load GB/T 4754 industries")
async def put_industries(body: IndustryList, officer: ProvinceOfficer, session: Session) -> Loaded:
    rows = [entry.model_dump() for entry in body.industries]
    return Loaded(rows=await load_reference.load_industries(session, rows, actor=officer))
