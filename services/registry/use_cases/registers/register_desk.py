"""Who may change which register, and the reference data that rows are checked against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.divisions import Divisions, Level
from services.registry.domain.registers.checking import Desk
from services.registry.domain.registers.fields import Known
from services.registry.domain.registers.register import Register, Writer
from services.registry.storage import clusters, reference
from shared.errors import RoleNotPermitted
from shared.web.principals import Principal, Role

_WRITERS: Final[Mapping[Role, Writer]] = {
    Role.COUNTY_PREPARER: "county",
    Role.CITY_REVIEWER: "city",
    Role.SOURCE_DEPARTMENT: "department",
    Role.THIRD_PARTY_EVALUATOR: "evaluator",
    Role.PROVINCE_OFFICER: "province",
}


@dataclass(frozen=True, slots=True)
class OpenDesk:
    desk: Desk
    known: Known
    may_move: bool  # the province moves an entry from one county to another


def check_writer(register: Register, actor: Principal) -> None:
    """Refuses who does not keep this register."""
    if not {_WRITERS[role] for role in actor.roles if role in _WRITERS} & register.writers:
        raise RoleNotPermitted(
            f"“{register.zh}”不由您登记", f"The register “{register.en}” is not yours to keep"
        )


async def open_desk(session: AsyncSession, register: Register, actor: Principal, today: date) -> OpenDesk:
    check_writer(register, actor)
    divisions = await reference.load_divisions(session)
    counties = divisions.counties_within(actor.division)
    current = {code: divisions.name(code) for code in _counties_on(divisions, today)}
    return OpenDesk(
        desk=Desk(
            counties=frozenset(counties),
            own_county=actor.division if actor.division in current else None,
            today=today,
        ),
        known=Known(
            counties=current,
            retired=divisions.successors(today),
            clusters=await clusters.counties_of_clusters(session),
            industries=await reference.all_industries(session),
        ),
        may_move=actor.has(Role.PROVINCE_OFFICER),
    )


def _counties_on(divisions: Divisions, today: date) -> list[str]:
    return [entry.code for entry in divisions if entry.level is Level.COUNTY and entry.holds_on(today)]
