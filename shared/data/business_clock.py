"""The business clock: the date by which deadlines, notice periods and validity are judged.

In production it is today's date in Asia/Shanghai. In trial mode it is a date kept in the service's
database, which a trial-only command moves forward, so that a year can be played in a minute and a killed
service goes on with the same date. Tokens, ``recorded_at`` and audit never use it: they use real time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.database import PLUMBING
from shared.errors import Kind, Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")

business_clock = sa.Table(
    "business_clock",
    PLUMBING,
    sa.Column("id", sa.SmallInteger, primary_key=True),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)


class BusinessDateCannotGoBack(Refusal):
    kind = Kind.CONFLICT
    code = "business-date-cannot-go-back"


class TrialOnly(Refusal):
    kind = Kind.NOT_FOUND
    code = "trial-only"


def utc_now() -> datetime:
    """Real time, aware, UTC."""
    return datetime.now(UTC)


def to_shanghai(moment: datetime) -> datetime:
    """The same moment as people in Hubei read it."""
    return moment.astimezone(SHANGHAI)


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Tells the business date; ``trial`` says whether it may be set, ``start`` where a new trial begins."""

    trial: bool
    start: date | None = None

    async def today(self, session: AsyncSession) -> date:
        if self.trial:
            kept: date | None = await session.scalar(sa.select(business_clock.c.business_date))
            if kept is not None:
                return kept
            if self.start is not None:
                return self.start
        return to_shanghai(utc_now()).date()

    async def advance(self, session: AsyncSession, to: date) -> date:
        """Moves the business date forward; the same date again changes nothing, an earlier one is refused."""
        if not self.trial:
            raise TrialOnly(
                "业务日期只能在试运行模式下设定", "The business date can be set in trial mode only"
            )
        if not date(2000, 1, 1) <= to <= date(2199, 12, 31):
            raise BusinessDateCannotGoBack(
                "业务日期须在 2000 年至 2199 年之间",
                "The business date must lie between the years 2000 and 2199",
            )
        # The row is locked and compared in one statement, so two commands at once cannot move it back.
        kept = await session.scalar(
            insert(business_clock)
            .values(id=1, business_date=to)
            .on_conflict_do_update(
                index_elements=[business_clock.c.id],
                set_={"business_date": sa.func.greatest(business_clock.c.business_date, to)},
            )
            .returning(business_clock.c.business_date)
        )
        if kept != to:
            raise BusinessDateCannotGoBack(
                f"业务日期已是 {kept},不能退回 {to}",
                f"The business date is {kept} already and cannot go back to {to}",
            )
        return to
