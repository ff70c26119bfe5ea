"""Attaches an uploaded file to a filing as evidence, and gives it out to those who may see the filing."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.files.uploads import UploadComplete
from services.registry.domain.filings.evidence import Evidence, NewEvidence, check_attachable
from services.registry.domain.filings.filing import FilingKind
from services.registry.storage.filings import evidence, filings
from services.registry.use_cases.files.upload_files import ready_upload
from services.registry.use_cases.filings.load_filing import check_visible, visible
from shared.data.events import append_event
from shared.errors import NotFound
from shared.text.identifiers import new_id
from shared.web.principals import Principal


async def attach_evidence(
    session: AsyncSession, code: str, new: NewEvidence, *, kind: FilingKind, actor: Principal
) -> Evidence:
    """The county attaches while it prepares, reviewers and evaluators until the filing is accepted."""
    locked = await filings.lock_filings(session, [code])
    check_attachable(visible(locked.get(code), kind=kind, actor=actor), giver=actor)
    await ready_upload(session, new.upload_id, purpose="evidence", actor=actor)
    evidence_id = new_id()
    if not await evidence.add_evidence(session, evidence_id, code, new, added_by=actor.subject):
        raise UploadComplete("该文件已附在材料中", "The file is attached already")
    attached = await evidence.get_evidence(session, evidence_id)
    if attached is None:  # pragma: no cover - it was just added
        raise NotFound("材料", "evidence")
    await append_event(
        session,
        f"{kind.value}.evidence_attached",
        subject=code,
        actor=actor.actor,
        data={"evidence": str(evidence_id), "sha256": attached.sha256, "kind": new.kind},
    )
    return attached


async def evidence_of(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> list[Evidence]:
    """All evidence of a filing."""
    await check_visible(session, code, kind=kind, actor=actor)
    return await evidence.list_evidence(session, code)


async def see_evidence(session: AsyncSession, evidence_id: UUID, *, actor: Principal) -> Evidence:
    """The evidence, for those whose division holds its filing."""
    found = await evidence.get_evidence(session, evidence_id)
    filing = None if found is None else await filings.get_filing(session, found.filing_code)
    if found is None or filing is None or not actor.covers(filing.division_path):
        raise NotFound("材料", "evidence")
    return found
