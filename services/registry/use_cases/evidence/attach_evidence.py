"""Attaches an uploaded file to a filing as evidence, and gives it out to those who may see the filing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingKind, FilingState, StepNotPossible
from services.registry.storage.filings import filing_desk, filings
from services.registry.use_cases.files.upload_files import UploadComplete, ready_upload
from services.registry.use_cases.filings.load_filing import visible
from shared.data.events import append_event
from shared.errors import NotFound
from shared.text.identifiers import new_id
from shared.web.principals import Principal, Role


@dataclass(frozen=True, slots=True)
class NewEvidence:
    upload_id: UUID
    kind: str
    title: str
    indicator: str | None
    data_year: int | None


async def attach_evidence(
    session: AsyncSession, code: str, new: NewEvidence, *, kind: FilingKind, actor: Principal
) -> Mapping[str, Any]:
    """The county attaches while it prepares, reviewers and evaluators until the filing is accepted."""
    locked = await filings.lock_filings(session, [code])
    found = visible(locked.get(code), kind=kind, actor=actor)
    closed = found.state is FilingState.ACCEPTED
    if closed or (actor.has(Role.COUNTY_PREPARER) and found.state is not FilingState.DRAFT):
        raise StepNotPossible("现在不能再附材料", "No more evidence can be attached now")
    await ready_upload(session, new.upload_id, purpose="evidence", actor=actor)
    evidence_id = new_id()
    added = await filing_desk.add_evidence(
        session,
        {
            "id": evidence_id, "filing_code": code, "upload_id": new.upload_id, "kind": new.kind, "title": new.title,
            "indicator": new.indicator, "data_year": new.data_year, "added_by": actor.subject,
        },
    )  # fmt: skip
    if not added:
        raise UploadComplete("该文件已附在材料中", "The file is attached already")
    row = await filing_desk.get_evidence(session, evidence_id)
    if row is None:  # pragma: no cover - it was just added
        raise NotFound("材料", "evidence")
    await append_event(
        session, f"{kind.value}.evidence_attached", subject=code, actor=actor.actor,
        data={"evidence": str(evidence_id), "sha256": row["sha256"], "kind": new.kind},
    )  # fmt: skip
    return row


async def see_evidence(session: AsyncSession, evidence_id: UUID, *, actor: Principal) -> Mapping[str, Any]:
    """The evidence, for those whose division holds its filing."""
    row = await filing_desk.get_evidence(session, evidence_id)
    if row is None:
        raise NotFound("材料", "evidence")
    filing = await filings.get_filing(session, row["filing_code"])
    if filing is None or not actor.covers(filing.division_path):
        raise NotFound("材料", "evidence")
    return row
