"""The city has verified the content and endorses it; ``content_hash`` says which, if it is given."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import Filing, FilingKind, Step
from services.registry.domain.filings.sign_off import recommended
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import lock_filing
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def recommend_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    note: str,
    content_hash: str | None,
    today: date,
    actor: Principal,
) -> Filing:
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    changed = recommended(seen.filing, content_hash=content_hash, unconfirmed=seen.unconfirmed)
    await filings.save_filing(session, changed)
    data: dict[str, Json] = {"content_hash": changed.content_hash, "version": changed.version, "reasons": 0}
    await record_step(session, changed, Step.RECOMMENDED, today=today, actor=actor, data=data, note=note)
    return changed
