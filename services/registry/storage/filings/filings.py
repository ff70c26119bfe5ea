"""Filings with their values, waivers and history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import (
    Content,
    FiledValue,
    Filing,
    FilingExists,
    FilingKind,
    FilingState,
    Step,
    Waiver,
)
from services.registry.storage.tables.filings import filing, filing_step, filing_value, filing_waiver
from shared.data.business_clock import utc_now
from shared.documents.canonical import decimal_text

_VALUE_COLUMNS = [
    filing_value.c.filing_code,
    filing_value.c.indicator,
    filing_value.c.data_year,
    filing_value.c.state,
    filing_value.c.value,
    filing_value.c.definition,
    filing_value.c.provenance,
    filing_value.c.source,
]


async def add_filing(session: AsyncSession, new: Filing, content: Content) -> None:
    added = await session.scalar(
        insert(filing)
        .values(
            **{**_state_columns(new), "division_path": list(new.division_path), "facts": dict(content.facts)}
        )
        .on_conflict_do_nothing()
        .returning(filing.c.code)
    )
    if added is None:
        raise FilingExists(f"本轮已有 {new.code}", f"There is already {new.code} in this round")
    await _write_content(session, new.code, content)


async def lock_filings(session: AsyncSession, codes: Collection[str]) -> dict[str, Filing]:
    """The filings of these codes, locked in the order of their codes until the transaction ends."""
    rows = await session.execute(
        sa.select(filing).where(filing.c.code.in_(codes)).order_by(filing.c.code).with_for_update()
    )
    return {row.code: _filing(row) for row in rows}


async def get_filing(session: AsyncSession, code: str) -> Filing | None:
    row = (await session.execute(sa.select(filing).where(filing.c.code == code))).one_or_none()
    return None if row is None else _filing(row)


async def list_filings(
    session: AsyncSession,
    *,
    kind: FilingKind,
    division: str,
    round_code: str | None,
    state: FilingState | None,
    after: str | None,
    limit: int,
) -> list[Filing]:
    statement = (
        sa.select(filing)
        .where(filing.c.kind == kind.value, sa.literal(division) == sa.any_(filing.c.division_path))
        .order_by(filing.c.code)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(filing.c.code > after)
    if round_code is not None:
        statement = statement.where(filing.c.round_code == round_code)
    if state is not None:
        statement = statement.where(filing.c.state == state.value)
    return [_filing(row) for row in await session.execute(statement)]


async def filings_of_round(session: AsyncSession, round_code: str) -> list[Filing]:
    rows = await session.execute(
        sa.select(filing).where(filing.c.round_code == round_code).order_by(filing.c.code)
    )
    return [_filing(row) for row in rows]


async def accepted_filings(session: AsyncSession, round_code: str) -> list[Filing]:
    """Locked until the end: nobody restates one while it is read."""
    rows = await session.execute(
        sa.select(filing)
        .where(filing.c.round_code == round_code, filing.c.state == FilingState.ACCEPTED.value)
        .order_by(filing.c.code)
        .with_for_update(read=True)
    )
    return [_filing(row) for row in rows]


async def load_contents(session: AsyncSession, codes: Collection[str]) -> dict[str, Content]:
    """The content of several filings, in three queries however many there are."""
    facts = {
        row.code: row.facts
        for row in await session.execute(
            sa.select(filing.c.code, filing.c.facts).where(filing.c.code.in_(codes))
        )
    }
    values: dict[str, list[FiledValue]] = {code: [] for code in facts}
    for row in await session.execute(
        sa.select(*_VALUE_COLUMNS)
        .where(filing_value.c.filing_code.in_(codes))
        .order_by(filing_value.c.indicator, filing_value.c.data_year)
    ):
        fields = dict(row._mapping)
        values[fields.pop("filing_code")].append(FiledValue(**fields))
    waivers: dict[str, list[Waiver]] = {code: [] for code in facts}
    for row in await session.execute(sa.select(filing_waiver).where(filing_waiver.c.filing_code.in_(codes))):
        waivers[row.filing_code].append(Waiver(row.rule, row.indicator, row.data_year, row.reason))
    return {code: Content(tuple(values[code]), facts[code], tuple(waivers[code])) for code in facts}


async def save_filing(session: AsyncSession, changed: Filing) -> None:
    await session.execute(
        sa.update(filing).where(filing.c.code == changed.code).values(**_state_columns(changed))
    )


async def replace_content(
    session: AsyncSession,
    changed: Filing,
    before: Content,
    after: Content,
    *,
    keep_confirmations: bool = False,
) -> None:
    """Writes new content; a department's confirmation stays on a value that did not change (or on all)."""
    same = set(after.values)
    kept = {value.key for value in before.values if keep_confirmations or value in same}
    confirmed = await confirmed_keys(session, [changed.code])
    await session.execute(sa.delete(filing_value).where(filing_value.c.filing_code == changed.code))
    await session.execute(sa.delete(filing_waiver).where(filing_waiver.c.filing_code == changed.code))
    await session.execute(
        sa.update(filing)
        .where(filing.c.code == changed.code)
        .values(**{**_state_columns(changed), "facts": dict(after.facts)})
    )
    stays = {key: who for key, who in confirmed[changed.code].items() if key in kept}
    await _write_content(session, changed.code, after, confirmed=stays)


async def confirmed_keys(
    session: AsyncSession, codes: Collection[str]
) -> dict[str, dict[tuple[str, int], str]]:
    """Who confirmed which (indicator, data year) of each filing."""
    found: dict[str, dict[tuple[str, int], str]] = {code: {} for code in codes}
    for row in await session.execute(
        sa.select(
            filing_value.c.filing_code,
            filing_value.c.indicator,
            filing_value.c.data_year,
            filing_value.c.confirmed_by,
        ).where(filing_value.c.filing_code.in_(codes), filing_value.c.confirmed_by.is_not(None))
    ):
        found[row.filing_code][(row.indicator, row.data_year)] = row.confirmed_by
    return found


async def confirm_values(
    session: AsyncSession, codes: Collection[str], indicators: Collection[str], *, by: str
) -> None:
    await session.execute(
        sa.update(filing_value)
        .where(
            filing_value.c.filing_code.in_(codes),
            filing_value.c.indicator.in_(indicators),
            filing_value.c.confirmed_by.is_(None),
        )
        .values(confirmed_by=by)
    )


async def add_step(
    session: AsyncSession,
    changed: Filing,
    step: Step,
    *,
    actor: str,
    unit: str,
    business_date: date,
    content: Content | None = None,
    note: str | None = None,
    reasons: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Adds to the filing's history; the number is its version, so no two steps can share one."""
    await session.execute(
        insert(filing_step).values(
            filing_code=changed.code,
            number=changed.version,
            step=step.value,
            actor=actor,
            unit=unit,
            content_hash=changed.content_hash,
            content=None if content is None else content_as_json(content),
            note=note,
            reasons=[dict(reason) for reason in reasons],
            business_date=business_date,
            recorded_at=utc_now(),
        )
    )


async def was_sent_back(session: AsyncSession, code: str) -> bool:
    sent_back = sa.exists().where(
        filing_step.c.filing_code == code, filing_step.c.step == Step.SENT_BACK.value
    )
    return bool(await session.scalar(sa.select(sent_back)))


async def list_steps(session: AsyncSession, code: str) -> Sequence[Any]:
    return (
        await session.execute(
            sa.select(filing_step).where(filing_step.c.filing_code == code).order_by(filing_step.c.number)
        )
    ).all()


def content_as_json(content: Content) -> dict[str, Any]:
    return {
        "values": [
            {**asdict(value), "value": None if value.value is None else decimal_text(value.value)}
            for value in content.values
        ],
        "facts": dict(content.facts),
        "waivers": [asdict(waiver) for waiver in content.waivers],
    }


async def _write_content(
    session: AsyncSession,
    code: str,
    content: Content,
    *,
    confirmed: Mapping[tuple[str, int], str] | None = None,
) -> None:
    who = confirmed or {}
    if content.values:
        await session.execute(
            insert(filing_value),
            [
                {**asdict(value), "filing_code": code, "confirmed_by": who.get(value.key)}
                for value in content.values
            ],
        )
    if content.waivers:
        await session.execute(
            insert(filing_waiver), [{**asdict(waiver), "filing_code": code} for waiver in content.waivers]
        )


def _state_columns(entry: Filing) -> dict[str, Any]:
    return {
        "code": entry.code,
        "kind": entry.kind.value,
        "round_code": entry.round_code,
        "cluster_code": entry.cluster_code,
        "state": entry.state.value,
        "version": entry.version,
        "content_hash": entry.content_hash,
        "prepared_by": entry.prepared_by,
        "signed_off_by": entry.signed_off_by,
        "signed_off_hash": entry.signed_off_hash,
    }


def _filing(row: sa.Row[Any]) -> Filing:
    return Filing(
        code=row.code,
        kind=FilingKind(row.kind),
        round_code=row.round_code,
        cluster_code=row.cluster_code,
        division_path=tuple(row.division_path),
        state=FilingState(row.state),
        version=row.version,
        content_hash=row.content_hash,
        prepared_by=row.prepared_by,
        signed_off_by=row.signed_off_by,
        signed_off_hash=row.signed_off_hash,
    )
