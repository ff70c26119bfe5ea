"""The province accepts many filings at once: all of them or none."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import Filing, FilingKind, Step
from services.registry.domain.filings.on_site import OnSiteCheck, accepted, with_confirmed_values
from services.registry.storage.filings import filings
from services.registry.storage.filings.on_site_checks import on_site_checks
from services.registry.use_cases.filings.lock_together import lock_together
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def accept_filings(
    session: AsyncSession, codes: Collection[str], *, kind: FilingKind, today: date, actor: Principal
) -> list[Filing]:
    """Values confirmed on the spot take the place of those that were filed."""
    step = Step.ACCEPTED
    locked = await lock_together(session, codes, kind=kind, step=step, today=today, actor=actor)
    checks = await _checks_by_filing(session, codes)
    changed: list[Filing] = []
    for before in locked.filings:
        filed = locked.contents[before.code]
        content = with_confirmed_values(filed, checks.get(before.code, ()))
        entry = accepted(before, filed, content)
        corrected = content != filed
        if corrected:
            await filings.replace_content(session, entry, filed, content, keep_confirmations=True)
        else:
            await filings.save_filing(session, entry)
        data: dict[str, Json] = {"state": entry.state.value, "version": entry.version}
        await record_step(
            session, entry, step, today=today, actor=actor, data=data, content=content if corrected else None
        )
        changed.append(entry)
    return changed


async def _checks_by_filing(session: AsyncSession, codes: Collection[str]) -> dict[str, list[OnSiteCheck]]:
    found: dict[str, list[OnSiteCheck]] = {}
    for check in await on_site_checks(session, codes):
        found.setdefault(check.filing_code, []).append(check)
    return found
