"""Who keeps a register, and what the desk where an entry comes in knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.registry.domain.divisions import Divisions, Level
from services.registry.domain.registers.fields import Known
from services.registry.domain.registers.register import Register, Writer
from services.registry.domain.registers.row_checks import Desk
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
    """``may_move``: the province moves an entry from one county to another."""

    desk: Desk
    known: Known
    may_move: bool


def check_writer(register: Register, actor: Principal) -> None:
    """Refuses who does not keep this register."""
    if not {_WRITERS[role] for role in actor.roles if role in _WRITERS} & register.writers:
        raise RoleNotPermitted(
            f"“{register.zh}”不由您登记", f"The register “{register.en}” is not yours to keep"
        )


def desk_of(actor: Principal, divisions: Divisions, today: date) -> Desk:
    """The actor's counties on the day; an officer of a county need not name it."""
    return Desk(
        counties=frozenset(divisions.counties_within(actor.division)),
        own_county=actor.division if actor.division in divisions.counties_on(today) else None,
        today=today,
    )


def counties_on(divisions: Divisions, today: date) -> dict[str, str]:
    """The names of the counties of the day, by code."""
    return {
        entry.code: entry.name for entry in divisions if entry.level is Level.COUNTY and entry.holds_on(today)
    }
