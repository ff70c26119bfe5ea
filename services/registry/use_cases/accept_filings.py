"""Source departments confirm, and the province accepts, many filings at once: all of them or none."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings import (
    Filing,
    FilingKind,
    FilingState,
    NothingToConfirm,
    Step,
    check_step,
    unconfirmed_departments,
)
from services.registry.domain.rounds import Round
from services.registry.storage import filings
from services.registry.use_cases.load_filing import round_of, visible
from shared.auth import Principal
from shared.errors import Refusal
from shared.events import append_event


class FilingsOfSeveralRounds(Refusal):
    code = "filings-of-several-rounds"


async def confirm_indicators(
    session: AsyncSession, codes: Collection[str], *, kind: FilingKind, today: date, actor: Principal
) -> list[Filing]:
    """A department confirms the values of its own indicators. A filing that all have confirmed moves on."""
    locked, current = await _lock(session, codes, kind=kind, step=Step.CONFIRMED, today=today, actor=actor)
    catalogue = current.indicators()
    own = [entry.code for entry in catalogue.indicators if entry.source_department == actor.department]
    if not own:
        raise NothingToConfirm(
            f"{actor.department or actor.unit} 没有需要确认的指标",
            f"{actor.department or actor.unit} has no indicator to confirm",
        )
    await filings.confirm_values(session, codes, own, by=actor.subject)
    confirmed = await filings.confirmed_keys(session, codes)
    contents = await filings.load_contents(session, codes)
    changed: list[Filing] = []
    for before in locked:
        values = contents[before.code].values
        left = unconfirmed_departments(catalogue, confirmed[before.code].keys(), values)
        state = before.state if left else FilingState.CONFIRMED
        changed.append(replace(before, state=state, version=before.version + 1))
    await _record(session, changed, Step.CONFIRMED, today=today, actor=actor, note=actor.department)
    return changed


async def accept_filings(
    session: AsyncSession, codes: Collection[str], *, kind: FilingKind, today: date, actor: Principal
) -> list[Filing]:
    """The province accepts; from the cut-off on, the values are frozen in a snapshot."""
    locked, _ = await _lock(session, codes, kind=kind, step=Step.ACCEPTED, today=today, actor=actor)
    changed = [replace(before, state=FilingState.ACCEPTED, version=before.version + 1) for before in locked]
    await _record(session, changed, Step.ACCEPTED, today=today, actor=actor)
    return changed


async def _lock(
    session: AsyncSession,
    codes: Collection[str],
    *,
    kind: FilingKind,
    step: Step,
    today: date,
    actor: Principal,
) -> tuple[list[Filing], Round]:
    locked = await filings.lock_filings(session, codes)
    found = [visible(locked.get(code), kind=kind, actor=actor) for code in sorted(set(codes))]
    rounds = {entry.round_code for entry in found}
    if len(rounds) != 1:
        raise FilingsOfSeveralRounds("一次只能办理同一轮次的材料", "Filings of one round at a time")
    current = await round_of(session, rounds.pop())
    current.check_before_cut_off(today)
    for entry in found:
        check_step(entry, step)
    return found, current


async def _record(
    session: AsyncSession,
    changed: Collection[Filing],
    step: Step,
    *,
    today: date,
    actor: Principal,
    note: str | None = None,
) -> None:
    for entry in changed:
        await filings.save_filing(session, entry)
        await filings.add_step(
            session, entry, step, actor=actor.actor, unit=actor.unit, business_date=today, note=note
        )
        await append_event(
            session,
            f"{entry.kind.value}.{step.value}",
            subject=entry.code,
            actor=actor.actor,
            data={"state": entry.state.value, "version": entry.version},
        )
