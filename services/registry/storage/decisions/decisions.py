"""Designation decisions with their parts and steps. What a decision gives is never changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.decision import (
    Decision,
    DecisionStep,
    Entry,
    NationalTitle,
    Reason,
    Rename,
    State,
    Succession,
)
from services.registry.storage.tables.decisions import (
    cluster_name,
    cluster_succession,
    designation_decision,
    designation_decision_release,
    designation_decision_step,
    designation_entry,
    national_title,
)
from shared.data.business_clock import utc_now
from shared.data.locks import lock_keys, lock_texts
from shared.data.rows import columns_of, read_all, read_one
from shared.web.principals import Principal

_DECISIONS_LOCK: Final = 0x9A1


async def lock_decisions(session: AsyncSession, programme: str) -> None:
    """Whoever proposes or decides for a programme waits for the one before."""
    await lock_texts(session, _DECISIONS_LOCK, [programme])


async def lock_decision(session: AsyncSession, code: str) -> None:
    """The same for the programme of a decision; locks nothing where there is no such decision."""
    of_programme = sa.select(sa.func.hashtext(designation_decision.c.programme).label("key"))
    await lock_keys(session, _DECISIONS_LOCK, of_programme.where(designation_decision.c.code == code))


async def open_decision(session: AsyncSession, programme: str) -> str | None:
    """The code of the decision that is proposed and not decided."""
    found: str | None = await session.scalar(
        sa.select(designation_decision.c.code).where(
            designation_decision.c.programme == programme, designation_decision.c.state == State.PROPOSED
        )
    )
    return found


async def next_running(session: AsyncSession, programme: str) -> int:
    last = await session.scalar(
        sa.select(sa.func.max(designation_decision.c.running)).where(
            designation_decision.c.programme == programme
        )
    )
    return int(last or 0) + 1


async def add_decision(session: AsyncSession, decision: Decision, *, running: int) -> None:
    await session.execute(
        insert(designation_decision).values(
            code=decision.code,
            programme=decision.programme,
            programme_version=decision.programme_version,
            running=running,
            assessment_year=decision.assessment_year,
            effective_from=decision.effective_from,
            state=decision.state,
        )
    )
    code = decision.code
    if decision.releases:
        rows = [{"decision": code, "release_sha256": sha256} for sha256 in decision.releases]
        await session.execute(insert(designation_decision_release), rows)
    if decision.entries:
        await session.execute(
            insert(designation_entry), [{"decision": code, **asdict(entry)} for entry in decision.entries]
        )
    if decision.renames:
        await session.execute(
            insert(cluster_name), [{"decision": code, **asdict(rename)} for rename in decision.renames]
        )
    if decision.successions:
        await session.execute(
            insert(cluster_succession),
            [
                {"decision": code, "ending": ending, "into": into, "ground": succession.ground}
                for succession in decision.successions
                for ending in succession.ending
                for into in succession.into
            ],
        )
    if decision.titles:
        await session.execute(
            insert(national_title), [{"decision": code, **asdict(title)} for title in decision.titles]
        )


async def add_step(
    session: AsyncSession, decision: Decision, action: str, *, actor: Principal, note: str, on: date
) -> None:
    await session.execute(
        insert(designation_decision_step).values(
            decision=decision.code,
            number=len(decision.steps) + 1,
            action=action,
            subject=actor.actor,
            unit=actor.unit,
            note=note,
            business_date=on,
            recorded_at=utc_now(),
        )
    )


async def move_decision(session: AsyncSession, code: str, state: State) -> None:
    await session.execute(_decision_of(code).values(state=state))


async def approve_decision(
    session: AsyncSession, code: str, *, document_number: str, request_document_number: str | None
) -> None:
    await session.execute(
        _decision_of(code).values(
            state=State.APPROVED,
            document_number=document_number,
            request_document_number=request_document_number,
            approved_at=utc_now(),
        )
    )


def _decision_of(code: str) -> sa.Update:
    return sa.update(designation_decision).where(designation_decision.c.code == code)


async def get_decision(session: AsyncSession, code: str) -> Decision | None:
    """With all that it gives, and the steps that people took."""
    found = await read_one(
        session,
        Decision,
        sa.select(*columns_of(Decision, designation_decision)).where(designation_decision.c.code == code),
    )
    if found is None:
        return None
    return replace(
        found,
        releases=await _releases_of(session, code),
        entries=await _entries_of(session, code),
        titles=await _titles_of(session, code),
        renames=await _renames_of(session, code),
        successions=await _successions_of(session, code),
        steps=await _steps_of(session, code),
    )


async def list_decisions(
    session: AsyncSession, programme: str, *, after: str | None, limit: int
) -> list[Decision]:
    """Without what they give, in the order in which they were proposed."""
    statement = sa.select(*columns_of(Decision, designation_decision)).where(
        designation_decision.c.programme == programme
    )
    if after is not None:
        before = sa.select(designation_decision.c.running).where(designation_decision.c.code == after)
        statement = statement.where(designation_decision.c.running > before.scalar_subquery())
    return await read_all(session, Decision, statement.order_by(designation_decision.c.running).limit(limit))


async def _releases_of(session: AsyncSession, code: str) -> Sequence[str]:
    release = designation_decision_release.c
    statement = sa.select(release.release_sha256).where(release.decision == code)
    return (await session.scalars(statement.order_by(release.release_sha256))).all()


async def entries_where(
    session: AsyncSession, *conditions: sa.ColumnElement[bool]
) -> list[tuple[str, Entry]]:
    """Entries, each with the code of its decision, in the order of clusters."""
    statement = sa.select(designation_entry).where(*conditions)
    rows = await session.execute(statement.order_by(designation_entry.c.cluster_code))
    return [(row.decision, _entry(row)) for row in rows]


async def _entries_of(session: AsyncSession, code: str) -> Sequence[Entry]:
    return [entry for _, entry in await entries_where(session, designation_entry.c.decision == code)]


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    fields = dict(row._mapping)
    del fields["decision"]
    return Entry(**{**fields, "reasons": tuple(Reason(**reason) for reason in fields["reasons"])})


async def _titles_of(session: AsyncSession, code: str) -> Sequence[NationalTitle]:
    statement = sa.select(*columns_of(NationalTitle, national_title)).where(national_title.c.decision == code)
    return await read_all(session, NationalTitle, statement.order_by(national_title.c.cluster_code))


async def _renames_of(session: AsyncSession, code: str) -> Sequence[Rename]:
    statement = sa.select(*columns_of(Rename, cluster_name)).where(cluster_name.c.decision == code)
    return await read_all(session, Rename, statement.order_by(cluster_name.c.cluster_code))


async def _successions_of(session: AsyncSession, code: str) -> Sequence[Succession]:
    """Pairs of one ground and one set of successors are one merger or split."""
    statement = sa.select(cluster_succession).where(cluster_succession.c.decision == code)
    into: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in await session.execute(
        statement.order_by(cluster_succession.c.ending, cluster_succession.c.into)
    ):
        into[row.ending, row.ground].append(row.into)
    ending: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for (code_ending, ground), codes in into.items():
        ending[tuple(codes), ground].append(code_ending)
    return [Succession(tuple(ends), codes, ground) for (codes, ground), ends in ending.items()]


async def _steps_of(session: AsyncSession, code: str) -> Sequence[DecisionStep]:
    step = designation_decision_step
    statement = sa.select(*columns_of(DecisionStep, step)).where(step.c.decision == code)
    return await read_all(session, DecisionStep, statement.order_by(step.c.number))
