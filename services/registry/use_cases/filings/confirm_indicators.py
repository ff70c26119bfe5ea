"""A source department confirms the values of its own indicators in many filings at once: all of them or none."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.departments import confirmed, own_indicators
from services.registry.domain.filings.filing import Filing, FilingKind, Step
from services.registry.storage.filings import contents, filings
from services.registry.use_cases.filings.lock_together import lock_together
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def confirm_indicators(
    session: AsyncSession, codes: Collection[str], *, kind: FilingKind, today: date, actor: Principal
) -> list[Filing]:
    """A filing that all departments have confirmed moves on."""
    step = Step.CONFIRMED
    locked = await lock_together(session, codes, kind=kind, step=step, today=today, actor=actor)
    catalogue = locked.round.indicators()
    own = own_indicators(catalogue, actor)
    await contents.confirm_values(session, codes, own, by=actor.subject)
    done = await contents.confirmed_keys(session, codes)
    changed = [
        confirmed(before, locked.contents[before.code], catalogue, done[before.code].keys())
        for before in locked.filings
    ]
    for entry in changed:
        await filings.save_filing(session, entry)
        data: dict[str, Json] = {"state": entry.state.value, "version": entry.version}
        await record_step(session, entry, step, today=today, actor=actor, data=data, note=actor.department)
    return changed
