"""A second person of the county answers for exactly this content; all rules run again."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import Filing, FilingKind, Step
from services.registry.domain.filings.sign_off import signed_off
from services.registry.storage.filings import filings, steps
from services.registry.use_cases.filings.load_filing import lock_filing
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def sign_off_filing(
    session: AsyncSession, code: str, *, kind: FilingKind, content_hash: str, today: date, actor: Principal
) -> Filing:
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_county_may_work(today, sent_back=await steps.was_sent_back(session, code))
    changed = signed_off(
        seen.filing,
        signer=actor.person,
        content_hash=content_hash,
        findings=seen.findings,
        unconfirmed=seen.unconfirmed,
    )
    await filings.save_filing(session, changed)
    data: dict[str, Json] = {"content_hash": changed.content_hash, "version": changed.version, "reasons": 0}
    await record_step(session, changed, Step.SIGNED_OFF, today=today, actor=actor, data=data)
    return changed
