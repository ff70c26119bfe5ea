"""Releases to read: the signed document, the ranking in pages, one unit's part with its explanation, the
diff.
"""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.differences import changes_between, notice_must_be_repeated
from services.scoring.storage.assessments import find_assessment, find_decision, latest_notice
from services.scoring.storage.releases import Row, find_release, find_release_unit, page_of_units
from services.scoring.use_cases.answers import (
    RankingRow,
    ReleaseDiff,
    SignedReleaseOut,
    StandingOut,
    UnitChangeOut,
    UnitResult,
)
from shared.contracts.release import Release
from shared.errors import NotFound
from shared.web.pagination import Page, PageRequest, cursor_number, encode_cursor
from shared.web.principals import Principal, Role

#: Who sees every unit of a release; everybody else sees the units of their own division, once they are on notice.
WHOLE_RELEASE = (
    Role.PROVINCE_OFFICER,
    Role.PROVINCE_DECIDER,
    Role.FINANCE_MAKER,
    Role.FINANCE_REVIEWER,
    Role.AUDITOR,
    Role.PIPELINE,
    Role.SERVICE,
)


async def show_release(session: AsyncSession, principal: Principal, sha256: str) -> SignedReleaseOut:
    row = await own_release(session, principal, sha256)
    return SignedReleaseOut(
        sha256=row.sha256,
        assessment=row.assessment,
        stage=row.stage,
        signature=row.signature,
        key_id=row.key_id,
        document=json.loads(row.document),
    )


async def show_release_document(session: AsyncSession, principal: Principal, sha256: str) -> bytes:
    """The very bytes that were hashed."""
    document: bytes = (await own_release(session, principal, sha256)).document
    return document


async def show_ranking(
    session: AsyncSession, principal: Principal, sha256: str, page: PageRequest
) -> Page[RankingRow]:
    await own_release(session, principal, sha256)
    rows = await page_of_units(session, sha256, after=cursor_number(page.after), limit=page.limit + 1)
    shown = rows[: page.limit]
    items = [RankingRow(**_ranking(row.part)) for row in shown]
    return Page(items=items, next=encode_cursor([shown[-1].position]) if len(rows) > page.limit else None)


async def show_unit_result(session: AsyncSession, principal: Principal, sha256: str, unit: str) -> UnitResult:
    row = await find_release_unit(session, sha256, unit)
    if row is None or not principal.covers(row.division_path):
        raise release_not_found()
    if not principal.has(*WHOLE_RELEASE):
        await _require_on_notice(session, sha256)
    return UnitResult(
        release_sha256=sha256,
        contributions=row.part["contributions"],
        explanation=row.explanation,
        **_ranking(row.part),
    )


async def show_release_diff(session: AsyncSession, principal: Principal, sha256: str) -> ReleaseDiff:
    row = await own_release(session, principal, sha256)
    before = None if row.supersedes is None else await find_release(session, row.supersedes)
    if before is None:
        raise NotFound("前一版本", "release that this one supersedes")
    old, new = Release.parse(before.document), Release.parse(row.document)
    return ReleaseDiff(
        before_sha256=before.sha256,
        after_sha256=sha256,
        repeat_notice=notice_must_be_repeated(old, new),
        changes=[
            UnitChangeOut(
                unit=change.unit,
                name=change.name,
                before=None if change.before is None else StandingOut(**asdict(change.before)),
                after=None if change.after is None else StandingOut(**asdict(change.after)),
            )
            for change in changes_between(old, new)
        ],
    )


def release_not_found() -> NotFound:
    return NotFound("评估结果", "release")


async def own_release(session: AsyncSession, principal: Principal, sha256: str) -> Row:
    row = await find_release(session, sha256)
    if row is None:
        raise release_not_found()
    assessment = await find_assessment(session, row.assessment)
    if assessment is None or not principal.covers([assessment.division]):
        raise release_not_found()
    return row


async def _require_on_notice(session: AsyncSession, sha256: str) -> None:
    """A county sees its part from the first day of the public notice on; of a superseding list when that was decided,
    or when it is on notice itself where the public has to see it anew.
    """
    row = await find_release(session, sha256)
    notice = None if row is None else await latest_notice(session, row.assessment)
    if row is None or notice is None:
        raise release_not_found()
    if row.stage == "final" or row.sha256 == notice.release:
        return
    noticed = await find_release(session, notice.release)
    if noticed is None or await find_decision(session, sha256) is None:
        raise release_not_found()
    later = row.number > noticed.number
    if later and notice_must_be_repeated(Release.parse(noticed.document), Release.parse(row.document)):
        raise release_not_found()


def _ranking(part: dict[str, Any]) -> dict[str, Any]:
    plain = ("unit", "name", "county_code", "county_name", "rank", "score", "grade", "removed")
    return {**{name: part[name] for name in plain}, **part["outcomes"]}
