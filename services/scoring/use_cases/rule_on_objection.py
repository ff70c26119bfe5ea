"""The lead department rules on an objection. An upheld one supersedes the proposal, signed and with its
diff.

The remedy is a correction (the registry restates the round: a new snapshot, the same scheme) or a removal
(the unit keeps its rank and is marked; nobody moves up). Either way the new list needs its own decision.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.refusals import (
    CorrectionChangesNothing,
    ObjectionAlreadyRuled,
    ObjectorCannotRule,
    ReleaseSupersededMeanwhile,
    RemedyDoesNotFitRuling,
    SnapshotIsOfAnotherRound,
)
from services.scoring.domain.releases.differences import notice_must_be_repeated
from services.scoring.domain.releases.life import State, require_state
from services.scoring.domain.releases.making import remove_unit
from services.scoring.storage.assessments import Row, keep_snapshot, latest_notice, update_assessment
from services.scoring.storage.objections import add_ruling, find_objection
from services.scoring.storage.releases import explanations_of, find_release
from services.scoring.storage.schemes import find_scheme_version
from services.scoring.use_cases.answers import ObjectionOut
from services.scoring.use_cases.assess_snapshot import StoredScheme, assess_snapshot
from services.scoring.use_cases.fetch_snapshot import fetch_snapshot
from services.scoring.use_cases.show_assessments import own_assessment
from services.scoring.use_cases.show_objections import describe_objection, objection_not_found
from services.scoring.use_cases.show_releases import release_not_found
from services.scoring.use_cases.show_scheme_versions import scheme_version_not_found
from services.scoring.use_cases.sign_release import Signer, sign_release
from shared.contracts.release import Release
from shared.contracts.snapshot import Snapshot
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import append_event
from shared.http.registry import RegistryClient
from shared.web.fields import Note, Sha256
from shared.web.idempotency import Command
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
class _Case:
    """What a ruling starts from."""

    before: Release
    explanations: dict[str, Any]
    scheme: StoredScheme
    unit: str


@dataclass(frozen=True, slots=True)
class _Successor:
    """The release that supersedes; `snapshot` where it is based on a new one."""

    release: Release
    explanations: dict[str, Any]
    snapshot: Snapshot | None


async def rule_on_objection(
    database: Database,
    registry: RegistryClient,
    signer: Signer,
    principal: Principal,
    clock: BusinessClock,
    command: Command,
    *,
    assessment_id: str,
    number: int,
    ruling: Ruling,
) -> ObjectionOut:
    """Fetches and computes outside of any transaction, then checks that the release still is the current one."""
    if (ruling.ruling == "upheld") != (ruling.remedy is not None):
        raise RemedyDoesNotFitRuling(
            "异议成立须给出处理措施,不成立则不得给出",
            "An upheld objection has a remedy, a rejected one has none",
        )
    async with database.transaction() as session:
        answered = await command.stored_answer(session, ruling, ObjectionOut)
        if answered is not None:
            return answered
        case = await _case(session, principal, assessment_id, number)
    successor = await _successor(database, registry.acting_for(principal.subject), case, ruling)

    async def store() -> ObjectionOut:
        row = await _open_objection(session, principal, assessment_id, number)
        if successor is not None:
            await _supersede(session, signer, principal, row, before=case.before, successor=successor)
        today = await clock.today(session)
        await _record(session, principal, row, number, ruling=ruling, successor=successor, today=today)
        return await describe_objection(session, principal, assessment_id, number)

    async with database.transaction() as session:
        return await command.once(session, ruling, ObjectionOut, store)


async def _case(session: AsyncSession, principal: Principal, assessment_id: str, number: int) -> _Case:
    row = await _open_objection(session, principal, assessment_id, number)
    stored = await find_release(session, row.current_sha256)
    if stored is None:  # pragma: no cover - written with the assessment
        raise release_not_found()
    return _Case(
        before=Release.parse(stored.document),
        explanations=await explanations_of(session, row.current_sha256),
        scheme=await _scheme(session, row),
        unit=(await _objection(session, assessment_id, number)).unit,
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
            _require_same_round(case.before, snapshot)
            proposal = await assess_snapshot(case.scheme, snapshot, supersedes=case.before)
            return _Successor(proposal.release, proposal.explanations, snapshot)


async def _record(
    session: AsyncSession,
    principal: Principal,
    row: Row,
    number: int,
    *,
    ruling: Ruling,
    successor: _Successor | None,
    today: date,
) -> None:
    await add_ruling(
        session,
        assessment=row.id,
        objection=number,
        ruling=ruling.ruling,
        reason=ruling.reason,
        remedy=None if ruling.remedy is None else ruling.remedy.kind,
        release=None if successor is None else successor.release.sha256,
        ruled_by=principal.person,
        ruled_on=today,
    )
    data = {"number": number, "ruling": ruling.ruling}
    await append_event(session, "objection.ruled", subject=row.id, actor=principal.actor, data=data)


async def _open_objection(
    session: AsyncSession, principal: Principal, assessment_id: str, number: int
) -> Row:
    """The assessment, locked, if this objection may be ruled on by this person."""
    row = await own_assessment(session, principal, assessment_id, lock=True)
    objection = await _objection(session, assessment_id, number)
    if objection.ruling is not None:
        raise ObjectionAlreadyRuled(f"异议{number}号已处理", f"Objection {number} has its ruling")
    if objection.filed_by == principal.person:
        raise ObjectorCannotRule(
            "提出异议的人不能处理自己的异议", "Who objected cannot rule on the objection"
        )
    require_state(State(row.state), State.PROPOSED, State.DECIDED, State.UNDER_NOTICE)
    return row


async def _objection(session: AsyncSession, assessment_id: str, number: int) -> Row:
    objection = await find_objection(session, assessment_id, number)
    if objection is None:
        raise objection_not_found()
    return objection


async def _scheme(session: AsyncSession, row: Row) -> StoredScheme:
    stored = await find_scheme_version(session, row.scheme, row.scheme_version)
    if stored is None:  # pragma: no cover - a foreign key holds it
        raise scheme_version_not_found()
    return StoredScheme(stored.document, stored.sha256)


def _require_same_round(before: Release, snapshot: Snapshot) -> None:
    same = all(
        getattr(before, name) == getattr(snapshot, name)
        for name in ("programme", "assessment_year", "data_year", "kind")
    )
    if not same or [u.unit for u in before.units] != [u.unit for u in snapshot.units]:
        raise SnapshotIsOfAnotherRound(
            "更正快照须属于同一轮评估且集群相同",
            "A restated snapshot is of the same round with the same units",
        )
    if before.snapshot_sha256 == snapshot.sha256:
        raise CorrectionChangesNothing(
            "更正快照与原快照相同", "The restated snapshot is the one assessed already"
        )


async def _supersede(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    row: Row,
    *,
    before: Release,
    successor: _Successor,
) -> None:
    release, snapshot = successor.release, successor.snapshot
    if row.current_sha256 != before.sha256:
        raise ReleaseSupersededMeanwhile(
            "结果刚被另一处理更新,请重试", "Another ruling has just superseded this release; try again"
        )
    if snapshot is not None:
        await keep_snapshot(session, sha256=snapshot.sha256, document=snapshot.canonical())
    await sign_release(
        session, signer, principal, assessment=row.id, release=release, explanations=successor.explanations
    )
    notice = await latest_notice(session, row.id)
    seen = await find_release(session, notice.release) if notice is not None else None
    repeat = seen is not None and notice_must_be_repeated(Release.parse(seen.document), release)
    await update_assessment(
        session,
        row.id,
        state=State.PROPOSED.value,
        current_sha256=release.sha256,
        repeat_notice=repeat,
    )
