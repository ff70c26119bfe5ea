"""A project of the register, as those need it who give it money or priority: funding refers to it by its code."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.declared.support import PROJECTS
from services.registry.storage import reference
from services.registry.use_cases.registers.list_entries import show_entry
from shared.text.money import FEN_PER_WAN
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class RegisteredProject:
    """``division_path``: from the province down to the county of its cluster, as that is called now."""

    code: str
    name: str
    unit: str
    cluster: str
    county_code: str
    division_path: tuple[str, ...]
    investment_fen: int
    stage: str


async def show_project(
    session: AsyncSession, code: str, *, today: date, actor: Principal
) -> RegisteredProject:
    """As the register has it today."""
    entry = await show_entry(session, PROJECTS.code, code, as_of=today, known_at=None, actor=actor)
    wan = Decimal(str(entry.value("investment_wan")))
    divisions = await reference.load_divisions(session)
    return RegisteredProject(
        code=entry.key,
        name=entry.name,
        unit=str(entry.value("unit")),
        cluster=str(entry.value("cluster")),
        county_code=entry.county_code,
        division_path=divisions.path(entry.county_code),
        investment_fen=int((wan * FEN_PER_WAN).to_integral_value(ROUND_HALF_UP)),
        stage=str(entry.value("stage")),
    )
