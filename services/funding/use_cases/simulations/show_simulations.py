"""Simulations to read as they were answered, and a round's allocation beside last year's."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.trials.variants import Row, compare_counties
from services.funding.storage.rounds.rounds import awards_of
from services.funding.storage.rounds.simulations import find_simulation, list_simulations
from services.funding.use_cases.evidence.round_evidence import candidates_for, past_of
from services.funding.use_cases.rounds.find_round import own_round
from services.funding.use_cases.simulation_answers import ComparisonOut, SimulationOut, SimulationShortOut
from services.funding.use_cases.simulations.simulate_round import rows_out
from shared.errors import NotFound
from shared.web.pagination import CursorInvalid, Page, PageRequest, encode_cursor
from shared.web.principals import Principal


async def show_simulations(
    session: AsyncSession, principal: Principal, code: str, page: PageRequest
) -> Page[SimulationShortOut]:
    await own_round(session, principal, code)
    rows = await list_simulations(session, code, after=_number(page.after), limit=page.limit + 1)
    items = [SimulationShortOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].number]) if len(rows) > page.limit else None)


def _number(after: list[str | int] | None) -> int | None:
    match after:
        case None:
            return None
        case [int(number)] if abs(number) < 2**31:
            return number
    raise CursorInvalid("页码标记无效,请从第一页开始", "The cursor is not valid; start at the first page")


async def show_simulation(
    session: AsyncSession, principal: Principal, code: str, number: int
) -> SimulationOut:
    await own_round(session, principal, code)
    row = await find_simulation(session, code, number)
    if row is None:
        raise NotFound("模拟测算", "simulation")
    return SimulationOut.model_validate(row.result)


async def show_comparison(session: AsyncSession, principal: Principal, code: str) -> ComparisonOut:
    """What each cluster and county gets by this round, and what last year's issued lists gave them."""
    row = await own_round(session, principal, code)
    past = await past_of(session, row)
    awards = {award.cluster: award.amount_fen for award in await awards_of(session, code)}
    before = {award.cluster: award.amount_fen for award in past}
    candidates = await candidates_for(session, row, past)
    known = {c.unit: (c.name, c.county_code, c.county_name, c.rank) for c in candidates}
    known |= {a.cluster: (a.name, a.county_code, a.county_name, None) for a in past if a.cluster not in known}
    rows = [
        Row(unit, name, county, county_name, rank, before.get(unit, 0), (awards.get(unit, 0),))
        for unit, (name, county, county_name, rank) in known.items()
    ]
    rows.sort(key=lambda entry: (entry.rank is None, entry.rank or 0, entry.code))
    return ComparisonOut(
        round=code,
        state=row.state,
        fiscal_year=row.fiscal_year,
        last_year=row.fiscal_year - 1,
        clusters=rows_out(rows),
        counties=rows_out(compare_counties(rows)),
    )
