"""Who holds what status on a day: the whole set for the programme's division, the designated ones for everybody."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain import designations as rules
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.levels import StatusLevel
from services.registry.storage import clusters, designations, reference
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.contracts.designation_set import Designation, DesignationSet
from shared.web.principals import Principal


async def designation_set(
    session: AsyncSession, programme: str, *, as_of: date, known_at: datetime | None, actor: Principal
) -> DesignationSet:
    """For the programme's division: the set also names those who were refused."""
    await require_own_programme(session, programme, actor)
    return await _designation_set(session, programme, as_of=as_of, known_at=known_at)


async def designated_clusters(
    session: AsyncSession, programme: str, *, as_of: date
) -> tuple[Sequence[StatusLevel], Sequence[Designation]]:
    """What is announced: the levels of the programme, and who holds a designation on the day."""
    found = await _designation_set(session, programme, as_of=as_of, known_at=None)
    levels = (await newest_programme(session, programme)).designation.ladder
    return levels, [entry for entry in found.designations if entry.status in HOLDING]


async def _designation_set(
    session: AsyncSession, programme: str, *, as_of: date, known_at: datetime | None
) -> DesignationSet:
    policy = await newest_programme(session, programme)
    held = await designations.designations_as_of(session, programme, as_of, known_at=known_at)
    return rules.designation_set(
        held,
        await clusters.get_clusters(session, [own.cluster_code for own in held], on=as_of),
        programme=policy,
        as_of=as_of,
        known_at=known_at,
        divisions=await reference.load_divisions(session),
    )
