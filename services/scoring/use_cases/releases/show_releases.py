"""Releases to read: the signed document, the ranking in pages, one unit's part with its explanation, the
diff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.differences import (
    UnitChange,
    changes_between,
    notice_must_be_repeated,
)
from services.scoring.storage.assessments import find_assessment, find_decision, latest_notice
from services.scoring.storage.releases import StoredRelease, find_release, find_release_unit, page_of_units
from shared.contracts.release import Release, ReleaseUnit
from shared.documents.canonical import Json
from shared.errors import NotFound
from shared.web.pagination import Listed, PageRequest, cursor_number
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

#: Who sees a unit's part of a release: of the whole of it, or of the own division.
OWN_PART = (
    *WHOLE_RELEASE,
    Role.COUNTY_PREPARER,
    Role.COUNTY_SIGNER,
    Role.COUNTY_FINANCE,
    Role.CITY_REVIEWER,
    Role.CITY_FINANCE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedUnit:
    unit: str
    name: str
    county_code: str
    county_name: str
    rank: int | None
    score: str | None
    grade: str | None
    eligible: bool
    developing_well: bool
    proposed_status: str
    removed: str | None
    release_sha256: str
    contributions: Sequence[Mapping[str, str]]
    explanation: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseChanges:
    """What a release changed against the one that it supersedes."""

    before_sha256: str
    after_sha256: str
    repeat_notice: bool
    changes: Sequence[UnitChange]


async def show_release(session: AsyncSession, principal: Principal, sha256: str) -> StoredRelease:
    """The release, if it is one of the principal's province."""
    stored = await find_release(session, sha256)
    if stored is None:
        raise release_not_found()
    assessment = await find_assessment(session, stored.assessment)
    if assessment is None or not principal.covers([assessment.division]):
        raise release_not_found()
    return stored


async def show_ranking(
    session: AsyncSession, principal: Principal, sha256: str, page: PageRequest
) -> Listed[RankedUnit]:
    await show_release(session, principal, sha256)
    found = await page_of_units(session, sha256, after=cursor_number(page.after), limit=page.limit + 1)
    listed = Listed.cut(found, page, lambda ranked: [ranked.position])
    return Listed([_ranked(sha256, ranked.part) for ranked in listed.rows], listed.next)


async def show_unit_result(session: AsyncSession, principal: Principal, sha256: str, unit: str) -> RankedUnit:
    stored = await find_release_unit(session, sha256, unit)
    if stored is None or not principal.covers(stored.division_path):
        raise release_not_found()
    if not principal.has(*WHOLE_RELEASE):
        await _require_on_notice(session, sha256)
    return _ranked(sha256, stored.part, explanation=stored.explanation)


async def show_release_diff(session: AsyncSession, principal: Principal, sha256: str) -> ReleaseChanges:
    after = await show_release(session, principal, sha256)
    before = None if after.supersedes is None else await find_release(session, after.supersedes)
    if before is None:
        raise NotFound("前一版本", "release that this one supersedes")
    old, new = Release.parse(before.document), Release.parse(after.document)
    return ReleaseChanges(
        before_sha256=before.sha256,
        after_sha256=sha256,
        repeat_notice=notice_must_be_repeated(old, new),
        changes=changes_between(old, new),
    )


def release_not_found() -> NotFound:
    return NotFound("评估结果", "release")


async def _require_on_notice(session: AsyncSession, sha256: str) -> None:
    """A county sees its part from the first day of the public notice on; of a superseding list when that was decided,
    or when it is on notice itself where the public has to see it anew.
    """
    stored = await find_release(session, sha256)
    notice = None if stored is None else await latest_notice(session, stored.assessment)
    if stored is None or notice is None:
        raise release_not_found()
    if stored.stage == "final" or stored.sha256 == notice.release:
        return
    noticed = await find_release(session, notice.release)
    if noticed is None or await find_decision(session, sha256) is None:
        raise release_not_found()
    later = stored.number > noticed.number
    if later and notice_must_be_repeated(Release.parse(noticed.document), Release.parse(stored.document)):
        raise release_not_found()


def _ranked(sha256: str, part: Json, *, explanation: Json = None) -> RankedUnit:
    unit = ReleaseUnit.model_validate(part)
    return RankedUnit(
        unit=unit.unit,
        name=unit.name,
        county_code=unit.county_code,
        county_name=unit.county_name,
        rank=unit.rank,
        score=unit.score,
        grade=unit.grade,
        eligible=unit.outcomes.eligible,
        developing_well=unit.outcomes.developing_well,
        proposed_status=unit.outcomes.proposed_status,
        removed=unit.removed,
        release_sha256=sha256,
        contributions=[{"node": part.node, "amount": part.amount} for part in unit.contributions],
        explanation=explanation,
    )
