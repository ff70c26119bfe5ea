"""Source departments confirm, and the province accepts, many filings at once: all of them or none."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import (
    Content,
    Filing,
    FilingKind,
    FilingState,
    NothingToConfirm,
    Step,
    check_step,
    unconfirmed_departments,
)
from services.registry.domain.filings.rounds import Round
from services.registry.storage.filings import filing_desk, filings
from services.registry.use_cases.evidence.check_on_site import with_confirmed_values
from services.registry.use_cases.filings.load_filing import round_of, visible
from shared.data.events import append_event
from shared.errors import Refusal
from shared.web.principals import Principal


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
    """The province accepts; values confirmed on the spot take the place of those that were filed."""
    locked, _ = await _lock(session, codes, kind=kind, step=Step.ACCEPTED, today=today, actor=actor)
    contents = await filings.load_contents(session, codes)
    checks: dict[str, list[Mapping[str, Any]]] = {}
    for check in await filing_desk.on_site_checks(session, codes):
        checks.setdefault(check["filing_code"], []).append(check)
    changed: list[Filing] = []
    corrected: dict[str, Content] = {}
    for before in locked:
        entry = replace(before, state=FilingState.ACCEPTED, version=before.version + 1)
        content = with_confirmed_values(contents[before.code], checks.get(before.code, ()))
        if content != contents[before.code]:
            entry = replace(
                entry, content_hash=content.hash(cluster=before.cluster_code, round_code=before.round_code)
            )
            await filings.replace_content(
                session, entry, contents[before.code], content, keep_confirmations=True
            )
            corrected[before.code] = content
        changed.append(entry)
    await _record(session, changed, Step.ACCEPTED, today=today, actor=actor, corrected=corrected)
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
    corrected: Mapping[str, Content] = MappingProxyType({}),
) -> None:
    for entry in changed:
        await filings.save_filing(session, entry)
        await filings.add_step(
            session,
            entry,
            step,
            actor=actor.actor,
            unit=actor.unit,
            business_date=today,
            note=note,
            content=corrected.get(entry.code),
        )
        await append_event(
            session,
            f"{entry.kind.value}.{step.value}",
            subject=entry.code,
            actor=actor.actor,
            data={"state": entry.state.value, "version": entry.version},
        )
