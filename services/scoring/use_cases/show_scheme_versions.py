"""Scheme versions to read. Drafts are seen by the lead department and auditors only."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.schemes import Row, find_scheme_version, list_scheme_versions
from services.scoring.use_cases.answers import SchemeVersionOut, SchemeVersionWithDocument
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Page, PageRequest, encode_cursor
from shared.web.principals import Principal, Role

DRAFT_READERS = (Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, Role.AUDITOR)


async def show_scheme_version(
    session: AsyncSession, principal: Principal, scheme: str, version: str
) -> SchemeVersionWithDocument:
    row = await find_scheme_version(session, scheme, version)
    if row is None or (row.published_on is None and not principal.has(*DRAFT_READERS)):
        raise scheme_version_not_found()
    return SchemeVersionWithDocument(**_values(row), document=json.loads(row.document))


async def show_scheme_versions(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Page[SchemeVersionOut]:
    rows = await list_scheme_versions(
        session,
        after=_after(page),
        limit=page.limit + 1,
        with_drafts=principal.has(*DRAFT_READERS),
    )
    shown = rows[: page.limit]
    following = encode_cursor([shown[-1].scheme, shown[-1].version]) if len(rows) > page.limit else None
    return Page(items=[SchemeVersionOut(**_values(row)) for row in shown], next=following)


async def describe_scheme_version(session: AsyncSession, scheme: str, version: str) -> SchemeVersionOut:
    row = await find_scheme_version(session, scheme, version)
    if row is None:
        raise scheme_version_not_found()
    return SchemeVersionOut(**_values(row))


def scheme_version_not_found() -> NotFound:
    return NotFound("方案版本", "scheme version")


def _values(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in SchemeVersionOut.model_fields}


def _after(page: PageRequest) -> tuple[str, str] | None:
    match page.after:
        case None:
            return None
        case [str(scheme), str(version)]:
            return scheme, version
        case _:
            raise CursorInvalid("页码标记无效", "The cursor is not valid")
