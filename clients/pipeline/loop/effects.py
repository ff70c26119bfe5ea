"""Sending the commands of a stage: the intent first, then the call, then its answer; one at a time in a cycle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from clients.pipeline.loop.pipeline import Pipeline
from clients.pipeline.stages.contract import Command
from clients.pipeline.storage.cycles import Claim, Cycle, guard
from clients.pipeline.storage.effects import Effect, effects_of, intend, record_answer
from clients.pipeline.storage.stages import StageRow, check_unmoved, keep_problem
from shared.documents.canonical import canonical_bytes, sha256_of
from shared.errors import UpstreamUnavailable

#: Answers that may pass by themselves; nothing was done.
_AGAIN: Final = {401, 408, 425, 429}
#: It was done already, or cannot be done in this state: only the owner's state can tell.
_CONFLICT: Final = 409


class CommandRefused(Exception):
    """A service refused; its problem document is kept."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["code"])
        self.problem = problem


class OtherBytes(Exception):
    """This version of the code would send other bytes than were intended: nothing is sent."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.problem = {
            "code": "other-bytes",
            "zh": f"本版本的程序就 {key} 生成的内容与已记录的不同,未发送",
            "en": f"this version would send other bytes for {key} than were recorded; nothing was sent",
            "items": [],
        }


async def send_all(
    pipeline: Pipeline,
    held: Claim,
    cycle: Cycle,
    row: StageRow,
    commands: Sequence[Command],
    *,
    person: str | None,
) -> dict[str, Any] | None:
    """Sends what has no answer yet, in order. What a pause finds on its way is recorded, and nothing begun after it.

    ``person``: who decided them, for whom they are sent.

    Returns what a service said that could not do it in its state: only the owner's state tells whether it is done.
    """
    conflict: dict[str, Any] | None = None
    async with pipeline.database.transaction() as session:
        known = {
            effect.place: effect
            for effect in await effects_of(session, cycle.id, stage=row.code, turn=row.turn)
        }
    for place, command in enumerate(commands, start=1):
        found = await _send(pipeline, held, cycle, row, place, command, known.get(place), person)
        conflict = conflict or found
    return conflict


def key_of(cycle: Cycle, row: StageRow, place: int) -> str:
    """The same for the same command, whoever sends it and however often."""
    return f"cycle:{cycle.programme}:{cycle.assessment_year}:{row.code}:{row.turn}:{place}"


async def _send(
    pipeline: Pipeline,
    held: Claim,
    cycle: Cycle,
    row: StageRow,
    place: int,
    command: Command,
    known: Effect | None,
    person: str | None,
) -> dict[str, Any] | None:
    key = key_of(cycle, row, place)
    body_sha256 = sha256_of(canonical_bytes([command.service, command.method, command.path, command.body]))
    if known is not None:
        if known.body_sha256 != body_sha256:
            raise OtherBytes(key)
        if known.answered_at is not None:
            if known.status is not None and known.status >= 400 and known.status != _CONFLICT:
                raise CommandRefused(row.problem)
            return row.problem if known.status == _CONFLICT else None
    pipeline.crash(f"{key}: before the intent")
    async with pipeline.database.transaction() as session:
        await guard(session, held, lease_seconds=pipeline.lease_seconds)
        await check_unmoved(session, cycle.id, row)
        await intend(
            session, cycle.id, key=key, stage=row.code, turn=row.turn, place=place, service=command.service,
            method=command.method, path=command.path, body_sha256=body_sha256,
        )  # fmt: skip
    pipeline.crash(f"{key}: before the call")
    status, answer = await pipeline.send(
        command.service, command.method, command.path, command.body, key, person
    )
    pipeline.crash(f"{key}: after the call")
    if status in _AGAIN or status >= 500:
        raise UpstreamUnavailable(
            f"{command.service} 服务暂不可用({status})",
            f"The service {command.service} is not available ({status})",
        )
    problem = _problem(command.service, status, answer) if status >= 400 else None
    async with pipeline.database.transaction() as session:
        await guard(session, held, also_held_up=True, lease_seconds=pipeline.lease_seconds)
        await record_answer(session, key, status=status, answer_sha256=sha256_of(answer))
        if problem is not None:
            await keep_problem(session, cycle.id, row, problem)
    pipeline.crash(f"{key}: after the answer is kept")
    if problem is not None and status != _CONFLICT:
        raise CommandRefused(problem)
    return problem


def _problem(service: str, status: int, answer: bytes) -> dict[str, Any]:
    """The problem document in short, as it is kept with the stage."""
    try:
        told = json.loads(answer)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    code = str(told.get("type", "")).rpartition(":")[2] or f"status-{status}"
    zh = str(told.get("detail") or f"{service} 返回 {status}")
    en = str(told.get("detail_en") or told.get("title") or f"{service} answered {status}")
    items = [
        {
            "field": str(item.get("field", "")),
            "zh": str(item.get("message", "")),
            "en": str(item.get("message_en", "")),
        }
        for item in told.get("errors", ())
        if isinstance(item, dict)
    ]
    return {"code": code, "zh": zh, "en": en, "items": items, "service": service, "status": status}
