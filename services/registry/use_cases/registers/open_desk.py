"""Opens the desk where entries come in: who keeps the register, and what rows are checked against."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.fields import Known
from services.registry.domain.registers.keepers import OpenDesk, check_writer, counties_on, desk_of
from services.registry.domain.registers.register import Register
from services.registry.storage import clusters, reference
from shared.web.principals import Principal, Role


async def open_desk(session: AsyncSession, register: Register, actor: Principal, today: date) -> OpenDesk:
    """Refuses who does not keep the register. Clusters of other counties are as if they did not exist."""
    check_writer(register, actor)
    divisions = await reference.load_divisions(session)
    desk = desk_of(actor, divisions, today)
    clusters_known = await clusters.counties_of_clusters(session)
    return OpenDesk(
        desk=desk,
        known=Known(
            counties=counties_on(divisions, today),
            kept=divisions.kept_codes,
            retired=divisions.successors(today),
            clusters={code: county for code, county in clusters_known.items() if county in desk.counties},
            industries=await reference.all_industries(session),
        ),
        may_move=actor.has(Role.PROVINCE_OFFICER),
    )
