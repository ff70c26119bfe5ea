"""The lead department rules on an objection. An upheld one supersedes the proposal, signed and with its
diff.

The remedy is a correction (the registry restates the round: a new snapshot, the same scheme) or a removal
(the unit keeps its rank and is marked; nobody moves up). Either way the new list needs its own decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.reading.stored import SchemeDocument
from services.scoring.domain.refusals import (
    ReleaseSupersededMeanwhile,
)
from services.scoring.domain.releases.differences import notice_must_be_repeated
from services.scoring.domain.releases.life import State, require_state
from services.scoring.domain.releases.making import remove_unit
from services.scoring.domain.releases.rulings import require_remedy, require_restated, require_rulable
from services.scoring.storage.assessments import (
    StoredAssessment,
    keep_snapshot,
    latest_notice,
    supersede_current,
)
from services.scoring.storage.objections import StoredRuling, add_ruling
from services.scoring.storage.releases import explanations_of, find_release
from services.scoring.use_cases.assessments.assess_snapshot import assess_snapshot
from services.scoring.use_cases.assessments.fetch_snapshot import fetch_snapshot
from services.scoring.use_cases.assessments.show_assessments import own_assessment
from services.scoring.use_cases.notices.show_objections import (
    ObjectionShown,
    describe_objection,
    known_objection,
)
from services.scoring.use_cases.releases.show_releases import release_not_found
from services.scoring.use_cases.releases.sign_release import Signer, sign_release
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme
from shared.contracts.release import Release
from shared.contracts.snapshot import Snapshot
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.http.registry import RegistryClient
from shared.web.fields import Note, Sha256
from shared.web.principals import Principal


class Correction(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["correction"]
    snapshot_sha256: Sha256 = Field(description="the registry's restated snapshot")


class Removal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["removal"]


class Ruling(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ruling: Literal["upheld", "rejected"]
    reason: Note
    remedy: Annotated[Correction | Removal, Field(discriminator="kind")] | None = Field(
        default=None, description="given exactly when the objection is upheld"
    )


@dataclass(frozen=True, slots=True)
class RulingAsked:
    """Which objection, and how it is ruled on."""

    assessment_id: str
    number: int
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class _Case:
    """What a ruling starts from."""

    before: Release
    explanations: Mapping[str, Json]
    scheme: SchemeDocument
    unit: str


@dataclass(frozen=True, slots=True)
class _Successor:
    """The release that supersedes; `snapshot` where it is based on a new one."""

    release: Release
    explanations: Mapping[str, Json]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was current when the ruling was prepared, and what is to supersede it."""

    before: Release
    successor: _Successor | None


async def prepare_ruling(
    database: Database, registry: RegistryClient, principal: Principal, asked: RulingAsked
) -> Prepared:
    """Fetches and computes the successor of an upheld objection, outside of any transaction."""
    ruling = asked.ruling
    require_remedy(upheld=ruling.ruling == "upheld", remedied=ruling.remedy is not None)
    async with database.transaction() as session:
        case = await _case(session, principal, asked.assessment_id, asked.number)
    return Prepared(
        case.before, await _successor(database, registry.acting_for(principal.subject), case, ruling)
    )


async def rule_on_objection(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    clock: BusinessClock,
    asked: RulingAsked,
    prepared: Prepared,
) -> ObjectionShown:
    """Records what was prepared, if the release still is the current one."""
    assessment = await _open_objection(session, principal, asked.assessment_id, asked.number)
    if prepared.successor is not None:
        await _supersede(
            session, signer, principal, assessment, before=prepared.before, successor=prepared.successor
        )
    today = await clock.today(session)
    await _record(session, principal, asked, successor=prepared.successor, today=today)
    return await describe_objection(session, principal, asked.assessment_id, asked.number)


async def _case(session: AsyncSession, principal: Principal, assessment_id: str, number: int) -> _Case:
    assessment = await _open_objection(session, principal, assessment_id, number)
    stored = await find_release(session, assessment.current_sha256)
    if stored is None:  # pragma: no cover - written with the assessment
        raise release_not_found()
    return _Case(
        before=Release.parse(stored.document),
        explanations=await explanations_of(session, assessment.current_sha256),
        scheme=(await known_scheme(session, assessment.scheme, assessment.scheme_version)).source,
        unit=(await known_objection(session, assessment_id, number)).unit,
    )


async def _successor(
    database: Database, registry: RegistryClient, case: _Case, ruling: Ruling
) -> _Successor | None:
    match ruling.remedy:
        case None:
            return None
        case Removal():
            release = remove_unit(case.before, case.unit, reason=ruling.reason)
            return _Successor(release, case.explanations, None)
        case Correction(snapshot_sha256=sha256):
            snapshot = await fetch_snapshot(database, registry, sha256)
            require_restated(case.before, snapshot)
            proposal = await assess_snapshot(case.scheme, snapshot, supersedes=case.before)
            return _Successor(proposal.release, proposal.explanations, snapshot)


async def _record(
    session: AsyncSession,
    principal: Principal,
    asked: RulingAsked,
    *,
    successor: _Successor | None,
    today: date,
) -> None:
    ruling = asked.ruling
    ruled = StoredRuling(
        assessment=asked.assessment_id,
        objection=asked.number,
        ruling=ruling.ruling,
        reason=ruling.reason,
        remedy=None if ruling.remedy is None else ruling.remedy.kind,
        release=None if successor is None else successor.release.sha256,
        ruled_by=principal.person,
        ruled_on=today,
    )
    await add_ruling(session, ruled)
    data = {"number": asked.number, "ruling": ruling.ruling}
    await append_event(
        session, "objection.ruled", subject=asked.assessment_id, actor=principal.actor, data=data
    )


async def _open_objection(
    session: AsyncSession, principal: Principal, assessment_id: str, number: int
) -> StoredAssessment:
    """The assessment, locked, if this objection may be ruled on by this person."""
    assessment = await own_assessment(session, principal, assessment_id, lock=True)
    objection = await known_objection(session, assessment_id, number)
    require_rulable(
        number, ruled=objection.ruling is not None, filed_by=objection.filed_by, person=principal.person
    )
    require_state(State(assessment.state), State.PROPOSED, State.DECIDED, State.UNDER_NOTICE)
    return assessment


async def _supersede(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    assessment: StoredAssessment,
    *,
    before: Release,
    successor: _Successor,
) -> None:
    release, snapshot = successor.release, successor.snapshot
    if assessment.current_sha256 != before.sha256:
        raise ReleaseSupersededMeanwhile(
            "结果刚被另一处理更新,请重试", "Another ruling has just superseded this release; try again"
        )
    if snapshot is not None:
        await keep_snapshot(session, sha256=snapshot.sha256, document=snapshot.canonical())
    await sign_release(
        session,
        signer,
        principal,
        assessment=assessment.id,
        release=release,
        explanations=successor.explanations,
    )
    notice = await latest_notice(session, assessment.id)
    seen = await find_release(session, notice.release) if notice is not None else None
    repeat = seen is not None and notice_must_be_repeated(Release.parse(seen.document), release)
    await supersede_current(session, assessment.id, release=release.sha256, repeat_notice=repeat)
