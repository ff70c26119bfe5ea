"""Issued award lists as their canonical bytes, and the office's document number of each."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

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


_JOINED = award_list.outerjoin(
    award_list_number, award_list_number.c.list_number == award_list.c.list_number
).join(round_, round_.c.code == award_list.c.round)
_LIST = sa.select(*columns_of(IssuedList, award_list, award_list_number, round_)).select_from(_JOINED)


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


async def add_document_number(
    session: AsyncSession, list_number: str, *, document_number: str, on: date, recorded_by: str
) -> bool:
    """Written once for a list, and once for a document number; false where either is taken."""
    added = await session.scalar(
        insert(award_list_number)
        .values(
            list_number=list_number,
            document_number=document_number,
            issued_by_office_on=on,
            recorded_by=recorded_by,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(award_list_number.c.list_number)
    )
    return added is not None
