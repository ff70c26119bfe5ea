"""Assessments, their decisions and notices in the database."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.releases.life import State
from services.scoring.storage.tables import assessment, decision, public_notice, snapshot
from shared.data.business_clock import utc_now
from shared.data.locks import lock_texts
from shared.data.rows import columns_of, read_all, read_one


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    id: str
    programme: str
    assessment_year: int
    data_year: int
    kind: str
    division: str
    scheme: str
    scheme_version: str
    state: str
    current_sha256: str
    final_sha256: str | None
    repeat_notice: bool
    run_by: str
    cut_off: date


@dataclass(frozen=True, slots=True)
class StoredDecision:
    release: str
    assessment: str
    document_number: str
    decided_on: date
    minutes: str
    decided_by: str

    @property
    def release_sha256(self) -> str:
        return self.release


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """As it was announced; by working days, its end may come later (`domain.releases.life`)."""

    assessment: str
    number: int
    release: str
    starts_on: date
    ends_on: date
    days: int
    day_kind: str
    opened_by: str


_ATTEMPTS_LOCK = 0xA55
_ASSESSMENT = columns_of(StoredAssessment, assessment)
_DECISION = columns_of(StoredDecision, decision)


async def lock_attempts(session: AsyncSession, programme: str, year: int, kind: str) -> None:
    """Assessments of a year and kind are numbered: two at once take turns."""
    await lock_texts(session, _ATTEMPTS_LOCK, [f"{programme}:{year}:{kind}"])


async def count_attempts(session: AsyncSession, programme: str, year: int, kind: str) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(assessment)
        .where(
            assessment.c.programme == programme,
            assessment.c.assessment_year == year,
            assessment.c.kind == kind,
        )
    )
    return await session.scalar(statement) or 0


async def add_assessment(session: AsyncSession, new: StoredAssessment) -> bool:
    """False where another live assessment of the same round exists: of its programme, year, kind and cut-off."""
    added = await session.scalar(
        insert(assessment)
        .values(**asdict(new), recorded_at=utc_now())
        .on_conflict_do_nothing()
        .returning(assessment.c.id)
    )
    return added is not None


async def revive_assessment(session: AsyncSession, assessment_id: str, *, run_by: str) -> bool:
    """False where it is not withdrawn, or another live one of the same round exists."""
    statement = (
        sa.update(assessment)
        .where(assessment.c.id == assessment_id, assessment.c.state == "withdrawn")
        .values(state="proposed", run_by=run_by)
        .returning(assessment.c.id)
    )
    try:
        async with session.begin_nested():
            return await session.scalar(statement) is not None
    except IntegrityError:
        return False


async def find_assessment(
    session: AsyncSession, assessment_id: str, *, lock: bool = False
) -> StoredAssessment | None:
    statement = sa.select(*_ASSESSMENT).where(assessment.c.id == assessment_id)
    return await read_one(session, StoredAssessment, statement.with_for_update() if lock else statement)


async def list_assessments(
    session: AsyncSession, *, division: str, after: str | None, limit: int
) -> Sequence[StoredAssessment]:
    statement = (
        sa.select(*_ASSESSMENT)
        .where(assessment.c.division == division)
        .order_by(assessment.c.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(assessment.c.id > after)
    return await read_all(session, StoredAssessment, statement)


async def move_assessment(
    session: AsyncSession, assessment_id: str, state: State, *, repeat_notice: bool | None = None
) -> None:
    """Into another state; ``repeat_notice``: whether the list on show must go on notice anew, where that changes."""
    statement = _update(assessment_id).values(state=state.value)
    if repeat_notice is not None:
        statement = statement.values(repeat_notice=repeat_notice)
    await session.execute(statement)


async def supersede_current(
    session: AsyncSession, assessment_id: str, *, release: str, repeat_notice: bool
) -> None:
    """A new proposal stands now, and waits for its own decision."""
    await session.execute(
        _update(assessment_id).values(
            state=State.PROPOSED.value, current_sha256=release, repeat_notice=repeat_notice
        )
    )


async def make_final(session: AsyncSession, assessment_id: str, *, release: str) -> None:
    await session.execute(_update(assessment_id).values(state=State.FINAL.value, final_sha256=release))


def _update(assessment_id: str) -> sa.Update:
    return sa.update(assessment).where(assessment.c.id == assessment_id)


async def keep_snapshot(session: AsyncSession, *, sha256: str, document: bytes) -> None:
    await session.execute(
        insert(snapshot)
        .values(sha256=sha256, document=document, recorded_at=utc_now())
        .on_conflict_do_nothing()
    )


async def kept_snapshot(session: AsyncSession, sha256: str) -> bytes | None:
    return await session.scalar(sa.select(snapshot.c.document).where(snapshot.c.sha256 == sha256))


async def add_decision(session: AsyncSession, new: StoredDecision) -> None:
    await session.execute(sa.insert(decision).values(**asdict(new), recorded_at=utc_now()))


async def decision_by_document(
    session: AsyncSession, assessment_id: str, document_number: str
) -> StoredDecision | None:
    statement = sa.select(*_DECISION).where(
        decision.c.assessment == assessment_id, decision.c.document_number == document_number
    )
    return await read_one(session, StoredDecision, statement.limit(1))


async def find_decision(session: AsyncSession, release: str) -> StoredDecision | None:
    return await read_one(session, StoredDecision, sa.select(*_DECISION).where(decision.c.release == release))


async def add_notice(
    session: AsyncSession,
    assessment_id: str,
    *,
    release: str,
    starts_on: date,
    ends_on: date,
    days: int,
    day_kind: str,
    opened_by: str,
) -> int:
    """The number of the notice; the caller holds the assessment's row."""
    last = await latest_notice(session, assessment_id)
    number = 1 if last is None else last.number + 1
    await session.execute(
        sa.insert(public_notice).values(
            assessment=assessment_id,
            number=number,
            release=release,
            starts_on=starts_on,
            ends_on=ends_on,
            days=days,
            day_kind=day_kind,
            opened_by=opened_by,
            recorded_at=utc_now(),
        )
    )
    return number


async def latest_notice(session: AsyncSession, assessment_id: str) -> StoredNotice | None:
    statement = (
        sa.select(*columns_of(StoredNotice, public_notice))
        .where(public_notice.c.assessment == assessment_id)
        .order_by(public_notice.c.number.desc())
        .limit(1)
    )
    return await read_one(session, StoredNotice, statement)


async def page_of_notices(
    session: AsyncSession, *, programme: str | None, after: tuple[str, str] | None, limit: int
) -> list[tuple[StoredAssessment, StoredNotice]]:
    """The latest notice of each assessment, newest first; ``after``: first day and assessment of the last one seen."""
    later = public_notice.alias()
    place = sa.tuple_(sa.cast(public_notice.c.starts_on, sa.Text), public_notice.c.assessment.collate("C"))
    statement = (
        sa.select(*columns_of(StoredNotice, public_notice))
        .join(assessment, assessment.c.id == public_notice.c.assessment)
        .where(
            ~sa.exists().where(
                later.c.assessment == public_notice.c.assessment, later.c.number > public_notice.c.number
            )
        )
        .order_by(place.desc())
        .limit(limit)
    )
    if programme is not None:
        statement = statement.where(assessment.c.programme == programme)
    if after is not None:
        statement = statement.where(place < sa.tuple_(*map(sa.literal, after)))
    notices = await read_all(session, StoredNotice, statement)
    ids = [notice.assessment for notice in notices]
    stored = await read_all(
        session, StoredAssessment, sa.select(*_ASSESSMENT).where(assessment.c.id.in_(ids))
    )
    by_id = {entry.id: entry for entry in stored}
    return [(by_id[notice.assessment], notice) for notice in notices]
