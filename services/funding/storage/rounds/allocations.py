"""The allocation of a round with its steps, and the awards that it gave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.result import Allocation, Awarded
from services.funding.domain.rounds.round import KeptAward
from services.funding.domain.rounds.states import State
from services.funding.domain.rules.vocabulary import Disposition
from services.funding.storage.tables.rounds import allocation, award, round_
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one

#: The states in which a round's awards are known to everybody.
ISSUED = (State.ISSUED.value, State.PASSED_DOWN.value, State.CLOSED.value)
_AWARD = sa.select(*columns_of(KeptAward, award))


@dataclass(frozen=True, slots=True)
class KeptAllocation:
    """``steps`` as they were worked out: step, rule, numbers, and a line for each unit that it touched."""

    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    disposition: Disposition
    steps: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class AwardOfRound(KeptAward):
    """An award with the round that it belongs to."""

    state: State
    fiscal_year: int
    assessment_year: int


@dataclass(frozen=True, slots=True)
class _AwardOfLine(KeptAward):
    appropriation: str


async def add_allocation(
    session: AsyncSession, code: str, made: Allocation, *, clauses: Mapping[str, str]
) -> None:
    """Keeps an allocation with its steps; ``clauses`` is the rule that each tier follows."""
    await session.execute(
        insert(allocation).values(
            round=code,
            reserve_fen=made.reserve_fen,
            awarded_fen=made.awarded_fen,
            unallocated_fen=made.unallocated_fen,
            disposition=made.disposition.value,
            steps=[asdict(step) for step in made.steps],
            recorded_at=utc_now(),
        )
    )
    awards = [
        asdict(_kept(code, serial, entry, clauses[entry.tier]))
        for serial, entry in enumerate(made.awards, start=1)
    ]
    if awards:
        await session.execute(insert(award), awards)


def _kept(code: str, serial: int, given: Awarded, clause: str) -> KeptAward:
    return KeptAward(
        round=code,
        serial=serial,
        cluster=given.candidate.unit,
        name=given.candidate.name,
        county_code=given.candidate.county_code,
        county_name=given.candidate.county_name,
        division_path=list(given.candidate.division_path),
        rank=given.rank,
        tier=given.tier,
        amount_fen=given.amount_fen,
        clause=clause,
    )


async def find_allocation(session: AsyncSession, code: str) -> KeptAllocation | None:
    statement = sa.select(*columns_of(KeptAllocation, allocation)).where(allocation.c.round == code)
    return await read_one(session, KeptAllocation, statement)


async def awards_of(session: AsyncSession, code: str) -> list[KeptAward]:
    return await read_all(session, KeptAward, _AWARD.where(award.c.round == code).order_by(award.c.serial))


async def awards_within(
    session: AsyncSession,
    *,
    divisions: Collection[str],
    budget: str,
    own_before_issue: bool,
    fiscal_year: int | None,
    after: tuple[str, int] | None,
    limit: int,
) -> list[AwardOfRound]:
    """Awards of a division by the path that each award carries, in the order of round and serial number; those that
    are not issued yet where they are of its own budget, if ``own_before_issue``."""
    statement = (
        sa.select(*columns_of(AwardOfRound, award, round_))
        .join(round_, round_.c.code == award.c.round)
        .where(award.c.division_path.overlap(sorted(divisions)))
        .order_by(award.c.round, award.c.serial)
        .limit(limit)
    )
    known: sa.ColumnElement[bool] = round_.c.state.in_(ISSUED)
    if own_before_issue:
        known = sa.or_(known, round_.c.division_code == budget)
    statement = statement.where(known)
    if fiscal_year is not None:
        statement = statement.where(round_.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(sa.tuple_(award.c.round, award.c.serial) > sa.tuple_(*after))
    return await read_all(session, AwardOfRound, statement)


async def issued_awards_of(session: AsyncSession, lines: Collection[str]) -> Mapping[str, list[KeptAward]]:
    """By line, the awards of its issued list; none before it is issued."""
    statement = (
        sa.select(*columns_of(KeptAward, award), round_.c.appropriation)
        .join(round_, round_.c.code == award.c.round)
        .where(round_.c.appropriation.in_(lines), round_.c.state.in_(ISSUED))
        .order_by(award.c.serial)
    )
    found: dict[str, list[KeptAward]] = {line: [] for line in lines}
    for row in await read_all(session, _AwardOfLine, statement):
        found[row.appropriation].append(row)
    return found
