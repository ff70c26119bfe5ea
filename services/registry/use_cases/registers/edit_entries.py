"""Writes register entries from a request: several at once, one with the version that the editor saw, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.batches import Batch, Counts
from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.entries import (
    Entry,
    check_no_error,
    check_same_key,
    check_withdrawable,
    unknown_fields,
)
from services.registry.domain.registers.keepers import OpenDesk
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.problems import ProblemList
from services.registry.domain.registers.register import Register
from services.registry.storage import reference
from services.registry.storage.clusters import LEADING_INDUSTRIES, has_cluster_of_industry
from services.registry.storage.registers import batches, entries
from services.registry.use_cases.places import called_now
from services.registry.use_cases.registers.keep_entries import Incoming, Kept, keep_entries
from services.registry.use_cases.registers.open_desk import open_desk
from shared.data.business_clock import utc_now
from shared.data.events import append_event
from shared.errors import NotFound, Stale
from shared.text.identifiers import new_id
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, on which business day, and how much at once."""

    actor: Principal
    today: date
    limits: Limits


async def keep_given_entries(
    session: AsyncSession,
    code: str,
    given: Sequence[Mapping[str, Cell]],
    *,
    editor: Editor,
    note: str | None = None,
) -> Kept:
    """All of the entries or none."""
    register = register_of(code)
    desk = await open_desk(session, register, editor.actor, editor.today)
    columns = [spec.code for spec in register.fields]
    problems = ProblemList(limit=editor.limits.problems)
    for problem in unknown_fields(register, given):
        problems.add(problem)
    rows = [(row, [entry.get(column) for column in columns]) for row, entry in enumerate(given, start=1)]
    incoming = Incoming(register, columns, rows, "edit", desk, editor.actor, note=note)
    kept = await keep_entries(session, incoming, problems=problems, limits=editor.limits)
    check_no_error(problems)
    return kept


async def edit_entry(
    session: AsyncSession,
    code: str,
    key: str,
    given: Mapping[str, Cell],
    *,
    version: int,
    editor: Editor,
    note: str | None,
) -> Entry:
    """Replaces what holds from the entry's ``valid_from`` on; the key may not change."""
    register = register_of(code)
    desk = await open_desk(session, register, editor.actor, editor.today)
    before = await _seen(session, register, key, version=version, desk=desk)
    kept = await keep_given_entries(session, code, [given], editor=editor, note=note)
    if kept.batch is not None:
        check_same_key(register, key, await entries.keys_of_batch(session, kept.batch))
    after = await entries.latest_live(session, code, key, lock=False) or before
    return called_now(after, await reference.load_divisions(session))


async def withdraw_entry(
    session: AsyncSession, code: str, key: str, *, version: int, reason: str, today: date, actor: Principal
) -> UUID:
    """Takes back what was recorded under a key, as if it had never held; the history keeps it."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    before = await _seen(session, register, key, version=version, desk=desk)
    referred_to = await entries.is_referred_to(session, register.code, key) or (
        register.code == LEADING_INDUSTRIES and await has_cluster_of_industry(session, key)
    )
    check_withdrawable(register, referred_to=referred_to)
    batch = new_id()
    now = utc_now()
    changed = await batches.withdraw(session, code, before.key, batch, now, counties=desk.desk.counties)
    await batches.add_batch(
        session,
        Batch(
            id=batch,
            register=code,
            kind="withdrawal",
            actor=actor.actor,
            unit=actor.unit,
            note=reason,
            counts=Counts(added=0, changed=changed, unchanged=0),
            upload_id=None,
            business_date=today,
            recorded_at=now,
        ),
    )
    await append_event(
        session,
        "register.entry_withdrawn",
        subject=code,
        actor=actor.actor,
        data={"batch": str(batch), "entries": changed},
    )
    return batch


async def _seen(
    session: AsyncSession, register: Register, key: str, *, version: int, desk: OpenDesk
) -> Entry:
    """The newest entry of the key, locked; refuses a version that is not the newest."""
    before = await entries.latest_live(session, register.code, key, lock=True)
    if before is None:  # while we waited for the lock, somebody put another in its place
        before = await entries.latest_live(session, register.code, key, lock=False)
    if before is None or before.county_code not in desk.desk.counties:
        raise NotFound("登记", "entry")
    if before.version != version:
        raise Stale(
            "内容已被他人修改,请刷新后再改", "Somebody else changed it meanwhile; reload and edit again"
        )
    return before
