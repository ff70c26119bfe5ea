"""A version that no new assessment may use. What was assessed by it stays as it is."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.refusals import SchemeVersionNotInState
from services.scoring.storage.schemes import StoredScheme, mark_retired
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme, own_scheme_version
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.web.principals import Principal


async def retire_scheme_version(
    session: AsyncSession, principal: Principal, clock: BusinessClock, *, scheme: str, version: str
) -> StoredScheme:
    stored = await own_scheme_version(session, principal, scheme, version)
    if stored.state == "retired":
        raise SchemeVersionNotInState("该版本已停用", "This version is retired already")
    await mark_retired(session, scheme, version, retired_on=await clock.today(session))
    subject = f"{scheme}/{version}"
    await append_event(session, "scheme_version.retired", subject=subject, actor=principal.actor)
    return await known_scheme(session, scheme, version)
