"""Assess a snapshot by a published scheme and sign the proposed release (27号 三(五)).

The same figures by the same scheme are the same release. If its assessment was withdrawn, that one lives again.
"""

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.reading.stored import SchemeDocument
from services.scoring.domain.refusals import AssessmentAlreadyExists, SchemeNotPublished
from services.scoring.domain.releases.life import State
from services.scoring.storage.assessments import (
    StoredAssessment,
    add_assessment,
    count_attempts,
    keep_snapshot,
    lock_attempts,
    revive_assessment,
)
from services.scoring.storage.releases import find_release
from services.scoring.use_cases.assessments.assess_snapshot import Proposal, assess_snapshot
from services.scoring.use_cases.assessments.fetch_snapshot import fetch_snapshot
from services.scoring.use_cases.assessments.show_assessments import (
    AssessmentShown,
    assessment_not_found,
    describe_assessment,
)
from services.scoring.use_cases.releases.sign_release import Signer, sign_release
from services.scoring.use_cases.schemes.show_scheme_versions import show_scheme_version
from shared.calendar.working_days import WorkingDays
from shared.contracts.snapshot import Snapshot
from shared.data.database import Database
from shared.data.events import append_event
from shared.errors import OutOfScope
from shared.http.registry import RegistryClient
from shared.web.fields import Code, Sha256
from shared.web.principals import Principal


class AssessmentOrder(BaseModel):
    """Which snapshot by which scheme; programme, years and kind are the snapshot's."""

    model_config = ConfigDict(extra="forbid")

    scheme: Code
    scheme_version: Code
    snapshot_sha256: Sha256


async def prepare_assessment(
    database: Database, registry: RegistryClient, principal: Principal, order: AssessmentOrder
) -> tuple[Snapshot, Proposal]:
    """Fetches the snapshot and computes, outside of any transaction."""
    async with database.transaction() as session:
        scheme = await _published_scheme(session, principal, order)
    snapshot = await fetch_snapshot(database, registry.acting_for(principal.subject), order.snapshot_sha256)
    proposal = await assess_snapshot(scheme, snapshot)
    if not principal.covers([proposal.division]):
        raise assessment_not_found()
    return snapshot, proposal


async def run_assessment(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    calendar: WorkingDays,
    order: AssessmentOrder,
    snapshot: Snapshot,
    proposal: Proposal,
) -> AssessmentShown:
    """Signs and stores what was prepared."""
    await _published_scheme(session, principal, order)  # it may have been retired meanwhile
    known = await find_release(session, proposal.release.sha256)
    if known is None:
        assessment_id = await _add(session, principal, order, snapshot, proposal)
    elif await revive_assessment(session, known.assessment, run_by=principal.person):
        assessment_id = known.assessment
    else:
        raise _exists_already(snapshot)
    await append_event(
        session,
        "assessment.run",
        subject=assessment_id,
        actor=principal.actor,
        data={"snapshot_sha256": order.snapshot_sha256, "scheme_sha256": proposal.release.scheme.sha256},
    )
    if known is None:
        await sign_release(
            session,
            signer,
            principal,
            assessment=assessment_id,
            release=proposal.release,
            explanations=proposal.explanations,
        )
    return await describe_assessment(session, calendar, assessment_id)


async def _published_scheme(
    session: AsyncSession, principal: Principal, order: AssessmentOrder
) -> SchemeDocument:
    stored = await show_scheme_version(session, principal, order.scheme, order.scheme_version)
    if not principal.covers([stored.division]):
        raise OutOfScope(stored.division)
    if stored.state != "published":
        raise SchemeNotPublished(
            f"方案版本尚未发布或已停用({stored.state})",
            f"The scheme version is {stored.state}, not published",
        )
    return stored.source


async def _add(
    session: AsyncSession,
    principal: Principal,
    order: AssessmentOrder,
    snapshot: Snapshot,
    proposal: Proposal,
) -> str:
    of_year = (snapshot.programme, snapshot.assessment_year, snapshot.kind)
    await lock_attempts(session, *of_year)
    attempts = await count_attempts(session, *of_year)
    assessment_id = f"{snapshot.programme}-{snapshot.assessment_year}-{snapshot.kind}-{attempts + 1}"
    new = StoredAssessment(
        id=assessment_id,
        programme=snapshot.programme,
        assessment_year=snapshot.assessment_year,
        data_year=snapshot.data_year,
        kind=snapshot.kind,
        division=proposal.division,
        scheme=order.scheme,
        scheme_version=order.scheme_version,
        state=State.PROPOSED.value,
        current_sha256=proposal.release.sha256,
        final_sha256=None,
        repeat_notice=False,
        run_by=principal.person,
        cut_off=snapshot.cut_off,
    )
    if not await add_assessment(session, new):
        raise _exists_already(snapshot)
    await keep_snapshot(session, sha256=order.snapshot_sha256, document=snapshot.canonical())
    return assessment_id


def _exists_already(snapshot: Snapshot) -> AssessmentAlreadyExists:
    return AssessmentAlreadyExists(
        f"{snapshot.assessment_year}年截止日为 {snapshot.cut_off} 的轮次已有评估,如需重来请先撤回",
        f"The round of {snapshot.assessment_year} that was cut off on {snapshot.cut_off} has an assessment; "
        "withdraw it before running another",
    )
