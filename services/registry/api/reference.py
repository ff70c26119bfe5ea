"""Divisions and industries: reference data that everybody signed in may read."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.registry.api.dependencies import ReferenceKeeper
from services.registry.api.models.reference import DivisionList, DivisionOut, IndustryList, Level, Loaded
from services.registry.domain import divisions
from services.registry.use_cases.programme.load_reference import (
    list_divisions,
    load_divisions,
    load_industries,
)
from shared.web.auth import SignedIn
from shared.web.dependencies import Session, Today
from shared.web.pagination import AnswerPage, Page, Paging
from shared.web.state import plumbing_of

router = APIRouter(tags=["reference"])


@router.put("/divisions", summary="载入区划 · Load divisions with their history")
async def put_divisions(
    body: DivisionList, officer: ReferenceKeeper, session: Session, today: Today, request: Request
) -> Loaded:
    """The whole list, with the history of its codes. A code that held so far and is listed with its last day and the
    code that follows is recoded (撤县设市, 撤县设区, change of city): a county keeps its clusters, entries, filings and
    status, under its first code inside and its new code outside; the divisions above the new code deal with them from
    now on. What is frozen or signed keeps the code that it was made with. A recode is entered on its day or later,
    and stands.
    """
    records = [entry.record() for entry in body.divisions]
    loaded = await load_divisions(session, records, today=today, actor=officer)
    plumbing_of(request).recodes.changed()
    return Loaded(rows=loaded)


@router.get("/divisions", summary="区划列表 · Divisions, past codes included")
async def get_divisions(
    _reader: SignedIn,
    session: Session,
    page: Paging,
    answer: AnswerPage,
    level: Annotated[Level | None, Query(description="only this level")] = None,
) -> Page[DivisionOut]:
    only = None if level is None else divisions.Level(level)
    return answer.of(DivisionOut, await list_divisions(session, page, level=only))


@router.put("/industries", summary="载入行业分类 · Load GB/T 4754 industries")
async def put_industries(body: IndustryList, officer: ReferenceKeeper, session: Session) -> Loaded:
    industries = [entry.industry() for entry in body.industries]
    return Loaded(rows=await load_industries(session, industries, actor=officer))
