"""The steps of one stage, by its state: look, propose, send, verify. Between them is nothing but rows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.plan import Plan, StagePlan
from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.domain.states import GateKind, GateState, StageState
from clients.pipeline.loop import changes
from clients.pipeline.loop.effects import CommandRefused, OtherBytes, send_all
from clients.pipeline.loop.pipeline import Pipeline
from clients.pipeline.stages.contract import Found, Stage, View
from clients.pipeline.storage.cycles import Claim, Cycle, guard, renew
from clients.pipeline.storage.effects import add_attempt
from clients.pipeline.storage.gates import close_gate, decisions_on, newest_gate
from clients.pipeline.storage.stages import StageMoved, StageRow, change_stage, check_unmoved
from shared.data.business_clock import utc_now
from shared.documents.canonical import document_hash
from shared.errors import Kind, Refusal

ACTOR: Final = "pipeline"
LONGEST_WAIT: Final = timedelta(minutes=15)
_RENEW_SECONDS: Final = 10.0
#: A refusal of these kinds may pass by itself: nobody answered, or the token was just renewed.
_PASSING: Final = {Kind.UNAVAILABLE, Kind.UNAUTHENTICATED}


@dataclass(frozen=True, slots=True)
class Steps:
    """What one tick may do to a stage. Every change is guarded by the claim's fence."""

    pipeline: Pipeline
    held: Claim
    cycle: Cycle
    plan: Plan  # by which the stage was begun
    in_force: Plan
    rows: Sequence[StageRow]
    today: date

    async def take(self, row: StageRow) -> bool:
        """One step of this stage; false where it has to wait."""
        is_stuck = row.state in (StageState.BLOCKED, StageState.FAILED)
        if is_stuck or (row.try_at is not None and row.try_at > utc_now()):
            return False
        planned = self.plan.by_code[row.code]
        try:
            return await self._try(row, planned)
        except StageMoved:
            return True  # the next step sees where it is now

    async def _try(self, row: StageRow, planned: StagePlan) -> bool:
        stage = self.pipeline.stages.get(row.code)
        if not planned.is_kept:
            return await self._finish(row, StageState.PASSED_OVER, {})
        if stage is None:  # this version of the code does not know it: an older one, beside a newer
            return await self._wait(row, [_unknown(row.code)])
        try:
            async with self._held():
                return await self._step_of(row.state)(stage, row, planned)
        except Refusal as refusal:
            if refusal.kind in _PASSING:
                return await self._try_later(row, refusal)
            return await self._fail(row, planned, _problem_of(refusal))

    def _step_of(self, state: StageState) -> Callable[[Stage, StageRow, StagePlan], Awaitable[bool]]:
        return {
            StageState.WAITING: self._begin,
            StageState.AT_GATE: self._at_gate,
            StageState.APPLYING: self._apply,
            StageState.VERIFYING: self._verify,
        }[state]

    async def _begin(self, stage: Stage, row: StageRow, planned: StagePlan) -> bool:
        if row.begins_on is None and planned.not_before is not None:
            return await self._wait(row, [_day_unknown(planned)])
        if row.begins_on is not None and self.today < row.begins_on:
            return await self._wait(row, [_too_early(row.begins_on)])
        view = self._view(row, planned)
        if reasons := await stage.conditions(view):
            return await self._wait(row, reasons)
        proposal = await stage.prepare(view)
        self.pipeline.crash(f"{row.code}: before the proposal is stored")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            await changes.propose(
                session,
                self.cycle,
                row,
                planned,
                proposal,
                mirrored=stage.mirrors,
                today=self.today,
                actor=ACTOR,
            )
            await self._note(session, row, "prepare", "proposed")
        self.pipeline.crash(f"{row.code}: after the proposal is stored")
        return True

    async def _at_gate(self, stage: Stage, row: StageRow, planned: StagePlan) -> bool:
        if stage.mirrors:
            return await self._verify(stage, row, planned)
        async with self.pipeline.database.transaction() as session:
            gate = await newest_gate(session, self.cycle.id, row.code, kinds=[GateKind.OWN])
        assert gate is not None  # noqa: S101 - it was opened with the proposal
        if gate.state is GateState.PASSED:
            return await self._change(row, "gate", "passed", state=StageState.APPLYING, reasons=[])
        if gate.state is GateState.REJECTED:
            return await self._rejected(row, planned)
        proposal = await stage.prepare(self._view(row, planned))
        if document_hash(dict(proposal.content)) == row.proposal_sha256:
            return await self._wait(row, [_gate_open(planned)])
        self.pipeline.crash(f"{row.code}: before the proposal is superseded")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            gate = await newest_gate(session, self.cycle.id, row.code, kinds=[GateKind.OWN])
            if gate is None or gate.state is not GateState.OPEN:
                return True  # decided at this moment: the next step sees it
            await close_gate(session, gate.id, GateState.SUPERSEDED, today=self.today)
            await changes.propose(
                session, self.cycle, row, planned, proposal, mirrored=False, today=self.today, actor=ACTOR
            )
            await self._note(session, row, "prepare", "superseded")
        return True

    async def _rejected(self, row: StageRow, planned: StagePlan) -> bool:
        back = planned.gate.send_back_to if planned.gate else None
        self.pipeline.crash(f"{row.code}: before the rejection takes effect")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            if back is None:
                await changes.block(
                    session, self.cycle, row, planned, reason=_rejected_here(planned), actor=ACTOR
                )
            else:
                await changes.send_back(
                    session, self.cycle, self.in_force, self.rows, to=back, zh=f"{planned.zh}未获同意",
                    en=f"{planned.en} was rejected", today=self.today, actor=ACTOR,
                )  # fmt: skip
            await self._note(session, row, "gate", "rejected")
        self.pipeline.crash(f"{row.code}: after the rejection took effect")
        return True

    async def _apply(self, stage: Stage, row: StageRow, planned: StagePlan) -> bool:
        person = await self._decider(row)
        commands = stage.commands(row.proposal)
        try:
            conflict = await send_all(self.pipeline, self.held, self.cycle, row, commands, person=person)
        except CommandRefused as refused:
            return await self._fail(row, planned, refused.problem)
        except OtherBytes as other:
            return await self._fail(row, planned, other.problem)
        return await self._change(
            row, "apply", "sent", state=StageState.VERIFYING, problem=conflict, reasons=[], failures=0
        )

    async def _decider(self, row: StageRow) -> str | None:
        """Who decided this first; the owner knows it as made by that person, who therefore does not check it there."""
        async with self.pipeline.database.transaction() as session:
            gate = await newest_gate(session, self.cycle.id, row.code, kinds=[GateKind.OWN])
            if gate is None or gate.turn != row.turn:
                return None
            return (await decisions_on(session, [gate.id]))[0].person

    async def _verify(self, stage: Stage, row: StageRow, planned: StagePlan) -> bool:
        found: Found = await stage.verify(self._view(row, planned), row.proposal)
        if found.back is not None:
            back = found.back
            self.pipeline.crash(f"{row.code}: before it goes back")
            async with self.pipeline.database.transaction() as session:
                await self._guard(session, row)
                await changes.send_back(
                    session, self.cycle, self.in_force, self.rows, to=back.to, zh=back.zh, en=back.en, today=self.today,
                    actor=ACTOR,
                )  # fmt: skip
                await self._note(session, row, "verify", "sent back")
            return True
        if (
            found.reasons and row.problem
        ):  # a service said that it could not, and it is not done by others either
            return await self._fail(row, planned, row.problem)
        if found.reasons:
            return await self._wait(row, found.reasons)
        return await self._finish(row, StageState.DONE, found.result)

    async def _finish(self, row: StageRow, state: StageState, result: Any) -> bool:
        self.pipeline.crash(f"{row.code}: before it is done")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            await changes.finish(
                session, self.cycle, row, state=state, result=result, today=self.today, actor=ACTOR
            )
            await self._note(session, row, "verify", state.value)
        self.pipeline.crash(f"{row.code}: after it is done")
        return True

    async def _change(self, row: StageRow, phase: str, outcome: str, **values: Any) -> bool:
        self.pipeline.crash(f"{row.code}: before {outcome}")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            await change_stage(session, self.cycle.id, row.code, **values)
            await self._note(session, row, phase, outcome)
        self.pipeline.crash(f"{row.code}: after {outcome}")
        return True

    async def _wait(self, row: StageRow, reasons: Sequence[Reason]) -> bool:
        """Says why it does not go on; writes only what is new."""
        told = [reason.as_json() for reason in reasons]
        if told != row.reasons or row.failures:
            async with self.pipeline.database.transaction() as session:
                await self._guard(session, row)
                await change_stage(session, self.cycle.id, row.code, reasons=told, failures=0, try_at=None)
        return False

    async def _try_later(self, row: StageRow, refusal: Refusal) -> bool:
        """Nobody answered: after 2, 4, 8 ... seconds again, and at the longest after a quarter of an hour."""
        wait = min(timedelta(seconds=2.0 ** min(row.failures + 1, 20)), LONGEST_WAIT)
        reason = Reason(refusal.code, Waits.SERVICE, refusal.zh, refusal.en)
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            await change_stage(
                session, self.cycle.id, row.code, reasons=[reason.as_json()], failures=min(row.failures + 1, 1000),
                try_at=utc_now() + wait,
            )  # fmt: skip
            await self._note(session, row, row.state.value, f"no answer: {refusal.code}")
        return False

    async def _fail(self, row: StageRow, planned: StagePlan, problem: dict[str, Any]) -> bool:
        self.pipeline.crash(f"{row.code}: before its failure is kept")
        async with self.pipeline.database.transaction() as session:
            await self._guard(session, row)
            await changes.fail(session, self.cycle, row, planned, problem, actor=ACTOR)
            await self._note(session, row, row.state.value, f"failed: {problem['code']}")
        return True

    def _view(self, row: StageRow, planned: StagePlan) -> View:
        results = {other.code: other.result for other in self.rows if other.result}
        return View(self.plan, planned, row.turn, self.today, results, self.pipeline.services)

    async def _guard(self, session: AsyncSession, row: StageRow) -> None:
        """The claim still counts, and nobody has moved the stage since it was read."""
        await guard(session, self.held, lease_seconds=self.pipeline.lease_seconds)
        await check_unmoved(session, self.cycle.id, row)

    async def _note(self, session: AsyncSession, row: StageRow, phase: str, outcome: str) -> None:
        await add_attempt(
            session, self.cycle.id, stage=row.code, turn=row.turn, phase=phase, worker=self.pipeline.worker,
            fence=self.held.fence, code_version=self.pipeline.code_version, outcome=outcome,
        )  # fmt: skip

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        """Renews the claim beside what is done here, which may read for longer than a claim holds."""

        async def renew_for_ever() -> None:
            while True:
                await asyncio.sleep(min(_RENEW_SECONDS, self.pipeline.lease_seconds / 3))
                with contextlib.suppress(Refusal):
                    async with self.pipeline.database.transaction() as session:
                        await renew(session, self.held, lease_seconds=self.pipeline.lease_seconds)

        renewing = asyncio.create_task(renew_for_ever())
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing


def _problem_of(refusal: Refusal) -> dict[str, Any]:
    items = [{"field": item.field, "zh": item.zh, "en": item.en} for item in refusal.items]
    return {"code": refusal.code, "zh": refusal.zh, "en": refusal.en, "items": items}


def _unknown(code: str) -> Reason:
    return Reason(
        "stage-unknown",
        Waits.MENDING,
        f"本版本的流程程序不认识环节 {code}",
        f"this version does not know the stage {code}",
    )


def _day_unknown(planned: StagePlan) -> Reason:
    rule = planned.not_before
    what = f"{rule.round}.{rule.round_day}" if rule and rule.round else f"{rule.after if rule else ''}"
    return Reason(
        "day-unknown",
        Waits.STAGE,
        f"开始日期尚未确定({what})",
        f"the day from which it may begin is not known yet ({what})",
    )


def _too_early(begins_on: date) -> Reason:
    return Reason(
        "too-early", Waits.DATE, f"{begins_on} 起办理", f"may begin on {begins_on}", until=begins_on
    )


def _gate_open(planned: StagePlan) -> Reason:
    gate = planned.gate
    persons = gate.persons if gate else 1
    roles = ", ".join(sorted(role.value for role in gate.roles)) if gate else ""
    return Reason(
        "gate-open",
        Waits.PERSON,
        f"等待审定,需{persons}人({roles})",
        f"waits for the decision of {persons} ({roles})",
    )


def _rejected_here(planned: StagePlan) -> Reason:
    return Reason(
        "rejected",
        Waits.MENDING,
        f"{planned.zh}未获同意,请退回、豁免或重新提出",
        f"{planned.en} was rejected: send it back, waive it or try again",
    )
