"""Issued award lists as their canonical bytes, and the office's document number of each."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.record_orders import AwardListNumber
from services.funding.storage.tables.rounds import award_list, award_list_number, round_
from shared.contracts.award_list import AwardList
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one

_LOCK_SPACE = 0xA1157  # keeps list numbers of a fiscal year without gap or double


@dataclass(frozen=True, slots=True)
class IssuedList:
    """``document_number`` is the office's own (文号), once it is written back."""

    list_number: str
    round: str
    fiscal_year: int
    number: int
    sha256: str
    issued_on: date
    document_number: str | None
    issued_by_office_on: date | None
    second_reward_ground: str | None


@dataclass(frozen=True, slots=True)
class ListNumber:
    """A number that the office gave a list, by the approved order that says so."""

    document_number: str
    issued_by_office_on: date
    fund_order: str
    recorded_at: datetime


_LATEST = (
    sa.select(award_list_number)
    .ext(distinct_on(award_list_number.c.list_number))
    .order_by(award_list_number.c.list_number, award_list_number.c.number.desc())
    .subquery()
)
_JOINED = award_list.outerjoin(_LATEST, _LATEST.c.list_number == award_list.c.list_number).join(
    round_, round_.c.code == award_list.c.round
)
_LIST = sa.select(*columns_of(IssuedList, award_list, _LATEST, round_)).select_from(_JOINED)


async def next_number(session: AsyncSession, fiscal_year: int) -> int:
    """The next running number of a fiscal year; two lists at once take turns."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_SPACE, fiscal_year)))
    last = await session.scalar(
        sa.select(sa.func.max(award_list.c.number)).where(award_list.c.fiscal_year == fiscal_year)
    )
    return int(last or 0) + 1


async def add_award_list(
    session: AsyncSession,
    document: AwardList,
    *,
    round_code: str,
    number: int,
    transfer_id: UUID,
    issued_on: date,
) -> None:
    await session.execute(
        insert(award_list).values(
            list_number=document.list_number,
            round=round_code,
            fiscal_year=document.fiscal_year,
            number=number,
            sha256=document.sha256,
            document=document.canonical(),
            transfer_id=transfer_id,
            issued_on=issued_on,
            recorded_at=utc_now(),
        )
    )


async def find_award_list(
    session: AsyncSession, list_number: str, *, division_code: str
) -> IssuedList | None:
    statement = _LIST.where(award_list.c.list_number == list_number, round_.c.division_code == division_code)
    return await read_one(session, IssuedList, statement)


async def list_of_round(session: AsyncSession, round_code: str) -> IssuedList | None:
    return await read_one(session, IssuedList, _LIST.where(award_list.c.round == round_code))


async def list_award_lists(
    session: AsyncSession, *, division_code: str, fiscal_year: int | None, after: str | None, limit: int
) -> list[IssuedList]:
    statement = (
        _LIST.where(round_.c.division_code == division_code).order_by(award_list.c.list_number).limit(limit)
    )
    if fiscal_year is not None:
        statement = statement.where(award_list.c.fiscal_year == fiscal_year)
    if after is not None:
        statement = statement.where(award_list.c.list_number > after)
    return await read_all(session, IssuedList, statement)


async def award_list_bytes(session: AsyncSession, list_number: str) -> bytes | None:
    found: bytes | None = await session.scalar(
        sa.select(award_list.c.document).where(award_list.c.list_number == list_number)
    )
    return found


async def find_award_lists(session: AsyncSession, list_numbers: Collection[str]) -> dict[str, IssuedList]:
    statement = _LIST.where(award_list.c.list_number.in_(list_numbers))
    return {found.list_number: found for found in await read_all(session, IssuedList, statement)}


async def add_list_numbers(session: AsyncSession, given: Mapping[str, AwardListNumber]) -> None:
    """The office's number of each list from now on, by the order that says so, in their order."""
    if not given:
        return
    lists = {order.award_list for order in given.values()}
    rows = await session.execute(
        sa.select(award_list_number.c.list_number, sa.func.max(award_list_number.c.number))
        .where(award_list_number.c.list_number.in_(lists))
        .group_by(award_list_number.c.list_number)
    )
    last = Counter({row[0]: int(row[1]) for row in rows})
    now, new = utc_now(), []
    for number, order in given.items():
        last[order.award_list] += 1
        new.append(
            {
                "list_number": order.award_list,
                "number": last[order.award_list],
                "document_number": order.document_number,
                "issued_by_office_on": order.document_date,
                "fund_order": number,
                "recorded_at": now,
            }
        )
    await session.execute(insert(award_list_number).values(new))


async def numbers_of_list(session: AsyncSession, list_number: str) -> list[ListNumber]:
    """Every number that a list had, the oldest first."""
    statement = (
        sa.select(
            award_list_number.c.document_number,
            award_list_number.c.issued_by_office_on,
            award_list_number.c.fund_order,
            award_list_number.c.recorded_at,
        )
        .where(award_list_number.c.list_number == list_number)
        .order_by(award_list_number.c.number)
    )
    return await read_all(session, ListNumber, statement)
