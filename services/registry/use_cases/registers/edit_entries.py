"""Writes register entries from a request: several at once, one with the version that the editor saw, or none."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.checking import Problem, ProblemList
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.limits import Limits
from services.registry.domain.registers.register import Register
from services.registry.storage.registers import entries, keeping
from services.registry.use_cases.registers.keep_entries import Kept, keep_entries
from services.registry.use_cases.registers.register_desk import OpenDesk, open_desk
from shared.data.business_clock import utc_now
from shared.data.events import append_event
from shared.errors import Item, NotFound, Refusal, Stale
from shared.text.identifiers import new_id
from shared.web.principals import Principal


class EntriesInvalid(Refusal):
    """Nothing was kept; each item names a row, a field and a rule."""

    code = "entries-invalid"


async def keep_given_entries(
    session: AsyncSession,
    code: str,
    entries: Sequence[Mapping[str, Cell]],
    *,
    today: date,
    actor: Principal,
    limits: Limits,
    note: str | None = None,
) -> Kept:
    """All of the entries or none."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    columns = [spec.code for spec in register.fields]
    problems = ProblemList(limit=limits.problems)
    known = frozenset(columns)
    for row, entry in enumerate(entries, start=1):
        for name in sorted(entry.keys() - known):
            problems.add(Problem(row, name, name, "known", "error", "没有这个字段", "there is no such field"))
    rows = [(row, [entry.get(column) for column in columns]) for row, entry in enumerate(entries, start=1)]
    kept = await keep_entries(
        session, register, columns, rows, desk=desk, problems=problems, limits=limits, apply=True, kind="edit",
        actor=actor, note=note,
    )  # fmt: skip
    if problems.errors:
        raise EntriesInvalid(
            f"有 {problems.errors} 处错误,未保存任何内容",
            f"There are {problems.errors} error(s); nothing was saved",
            items=[
                Item(field=problem.field, rule=problem.rule, zh=problem.zh, en=problem.en, row=problem.row)
                for problem in problems.kept
                if problem.severity == "error"
            ],
        )
    return kept


async def edit_entry(
    session: AsyncSession,
    code: str,
    key: str,
    entry: Mapping[str, Cell],
    *,
    version: int,
    today: date,
    actor: Principal,
    limits: Limits,
    note: str | None,
) -> Mapping[str, object]:
    """Replaces what holds from the entry's ``valid_from`` on; the key may not change."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    before = await _seen(session, register, key, version=version, desk=desk)
    kept = await keep_given_entries(
        session, code, [entry], today=today, actor=actor, limits=limits, note=note
    )
    if kept.batch_id is not None and await entries.keys_of_batch(session, kept.batch_id) - {key}:
        raise EntriesInvalid(
            "不能改动主键;请注销后重新登记", "The key cannot change; withdraw the entry and register it anew",
            items=[Item(field=register.key[0], rule="key", zh="主键不能改动", en="the key cannot change")],
        )  # fmt: skip
    return await entries.latest_live(session, code, key, lock=False) or before


async def withdraw_entry(
    session: AsyncSession, code: str, key: str, *, version: int, reason: str, today: date, actor: Principal
) -> UUID:
    """Takes back what was recorded under a key, as if it had never held; the history keeps it."""
    register = register_of(code)
    desk = await open_desk(session, register, actor, today)
    before = await _seen(session, register, key, version=version, desk=desk)
    if await entries.is_referred_to(session, register.code, key):
        raise EntriesInvalid(
            "其他登记仍引用本条,不能注销", "Other entries still refer to this one; it cannot be withdrawn",
            items=[Item(field=register.key[0], rule="referred-to", zh="仍被引用", en="still referred to")],
        )  # fmt: skip
    batch = new_id()
    now = utc_now()
    changed = await keeping.withdraw(session, code, str(before["key"]), batch, now)
    await keeping.add_batch(
        session,
        {
            "id": batch, "register": code, "kind": "withdrawal", "actor": actor.actor, "unit": actor.unit,
            "note": reason, "added": 0, "changed": changed, "unchanged": 0, "upload_id": None,
            "business_date": today, "recorded_at": now,
        },
    )  # fmt: skip
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
) -> Mapping[str, object]:
    """The newest entry of the key, locked; refuses a version that is not the newest."""
    before = await entries.latest_live(session, register.code, key, lock=True)
    if before is None:  # while we waited for the lock, somebody put another in its place
        before = await entries.latest_live(session, register.code, key, lock=False)
    if before is None or before["county_code"] not in desk.desk.counties:
        raise NotFound("登记", "entry")
    if before["id"] != version:
        raise Stale(
            "内容已被他人修改,请刷新后再改", "Somebody else changed it meanwhile; reload and edit again"
        )
    return before
