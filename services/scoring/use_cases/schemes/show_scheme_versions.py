"""Scheme versions to read. Drafts are seen by the lead department and auditors only."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.schemes import StoredScheme, find_scheme_version, list_scheme_versions
from shared.errors import NotFound, OutOfScope
from shared.web.pagination import CursorInvalid, Listed, PageRequest
from shared.web.principals import Principal, Role

DRAFT_READERS = (Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, Role.AUDITOR)


async def show_scheme_version(
    session: AsyncSession, principal: Principal, scheme: str, version: str
) -> StoredScheme:
    stored = await known_scheme(session, scheme, version)
    reads_drafts = principal.has(*DRAFT_READERS) and principal.covers([stored.division])
    if stored.published_on is None and not reads_drafts:
        raise scheme_version_not_found()
    return stored


async def own_scheme_version(
    session: AsyncSession, principal: Principal, scheme: str, version: str
) -> StoredScheme:
    """The version, locked, for the division whose programme it is of."""
    stored = await show_scheme_version(session, principal, scheme, version)
    if not principal.covers([stored.division]):
        raise OutOfScope(stored.division)
    return await known_scheme(session, scheme, version, lock=True)


async def show_scheme_versions(
    session: AsyncSession, principal: Principal, page: PageRequest
) -> Listed[StoredScheme]:
    found = await list_scheme_versions(
        session,
        after=_after(page),
        limit=page.limit + 1,
        drafts_of=principal.division if principal.has(*DRAFT_READERS) else None,
    )
    return Listed.cut(found, page, lambda stored: [stored.scheme, stored.version])


async def known_scheme(
    session: AsyncSession, scheme: str, version: str, *, lock: bool = False
) -> StoredScheme:
    stored = await find_scheme_version(session, scheme, version, lock=lock)
    if stored is None:
        raise scheme_version_not_found()
    return stored


def scheme_version_not_found() -> NotFound:
    return NotFound("方案版本", "scheme version")


def _after(page: PageRequest) -> tuple[str, str] | None:
    match page.after:
        case None:
            return None
        case [str(scheme), str(version)]:
            return scheme, version
        case _:
            raise CursorInvalid("页码标记无效", "The cursor is not valid")
