"""Whoever has it on the desk sends it back to the county, with a reason for each field; voids the sign-off."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import Filing, FilingKind, Step
from services.registry.domain.filings.send_back import FieldReason, sent_back
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import lock_filing
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def send_back_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    note: str,
    reasons: Sequence[FieldReason],
    today: date,
    actor: Principal,
) -> Filing:
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    changed = sent_back(seen.filing, seen.content, reasons, reviewer=actor)
    await filings.save_filing(session, changed)
    data: dict[str, Json] = {
        "content_hash": changed.content_hash,
        "version": changed.version,
        "reasons": len(reasons),
    }
    await record_step(
        session, changed, Step.SENT_BACK, today=today, actor=actor, data=data, note=note, reasons=reasons
    )
    return changed
