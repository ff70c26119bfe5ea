"""Typed client of the annual pipeline: what a console, a command line and a scheduler ask of a cycle."""

from datetime import date, datetime
from typing import Any, Literal

from shared.http.client import ServiceClient, View, given


class ReasonView(View):
    code: str
    waits_for: Literal["person", "date", "service", "job", "stage", "mending"]
    zh: str
    en: str
    until: date | None


class ProblemView(View):
    code: str
    zh: str
    en: str


class StageView(View):
    code: str
    zh: str
    en: str
    state: str
    turn: int
    is_kept: bool
    begins_on: date | None
    due_on: date | None
    is_provisional: bool
    is_overdue: bool
    done_on: date | None
    reasons: list[ReasonView]
    problem: ProblemView | None
    failures: int


class GateRowView(View):
    id: str
    kind: Literal["own", "mirrored", "waiver", "plan"]
    stage: str | None
    turn: int
    state: Literal["open", "passed", "rejected", "superseded", "withdrawn"]
    persons: int
    roles: list[str]
    units_differ: bool
    proposal_sha256: str
    opened_on: date
    due_on: date | None
    escalated_to: list[str]
    closed_on: date | None


class DecisionView(View):
    person: str
    name: str
    unit: str
    verdict: Literal["approve", "reject"]
    reason: str
    decided_on: date


class GateView(GateRowView):
    proposal: dict[str, Any]
    decisions: list[DecisionView]


class CycleRowView(View):
    programme: str
    assessment_year: int
    state: Literal["open", "paused", "stopped", "closed"]
    plan_version: str
    started_on: date
    ticked_at: datetime | None
    ticked_for: date | None


class CycleView(CycleRowView):
    outcome: str
    stages: list[StageView]
    gates: list[GateRowView]


class StageReasonsView(View):
    stage: str
    zh: str
    en: str
    reasons: list[ReasonView]


class WhyView(View):
    stages: list[StageReasonsView]


class TickView(View):
    """``exit_code`` is that of ``clusters cycle advance``."""

    outcome: str
    exit_code: int


class SentBackView(View):
    stands: list[str]


class PlanChangeView(View):
    stage: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class PlanChangesView(View):
    changes: list[PlanChangeView]


class WaiverView(View):
    proposal_sha256: str


class GateStateView(View):
    state: Literal["open", "passed", "rejected"]


class CycleStateView(View):
    state: Literal["open", "paused", "stopped", "closed"]


class EventView(View):
    id: str
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]
    recorded_at: datetime


class PipelineClient(ServiceClient):
    """Everything that clients ask of the pipeline."""

    service = "pipeline"

    async def start_cycle(self, plan: dict[str, Any], *, key: str) -> CycleRowView:
        return await self.post("/v1/cycles", CycleRowView, {"plan": plan}, key=key)

    async def cycle(self, programme: str, year: int) -> CycleView:
        return await self.get(_path(programme, year), CycleView)

    async def reasons(self, programme: str, year: int) -> WhyView:
        return await self.get(_path(programme, year) + "/reasons", WhyView)

    async def timeline(self, programme: str, year: int) -> list[EventView]:
        return [event async for event in self.pages(_path(programme, year) + "/timeline", EventView)]

    async def gates(self, programme: str, year: int) -> list[GateRowView]:
        """Open and closed ones, in the order of opening."""
        return [gate async for gate in self.pages(_path(programme, year) + "/gates", GateRowView)]

    async def gate(self, programme: str, year: int, gate: str) -> GateView:
        return await self.get(f"{_path(programme, year)}/gates/{gate}", GateView)

    async def decide(
        self,
        programme: str,
        year: int,
        gate: str,
        *,
        verdict: Literal["approve", "reject"],
        proposal_sha256: str,
        reason: str = "",
        key: str,
    ) -> GateStateView:
        body = given(verdict=verdict, proposal_sha256=proposal_sha256, reason=reason or None)
        return await self.post(
            f"{_path(programme, year)}/gates/{gate}/decisions", GateStateView, body, key=key
        )

    async def tick(self, programme: str, year: int) -> TickView:
        """Takes every step that can be taken now; may be sent again, since a tick does nothing twice."""
        return await self.post(f"{_path(programme, year)}/ticks", TickView, None, key=None, repeatable=True)

    async def pause(self, programme: str, year: int, *, reason: str, key: str) -> CycleStateView:
        return await self.post(_path(programme, year) + "/pause", CycleStateView, {"reason": reason}, key=key)

    async def stop(self, programme: str, year: int, *, reason: str, key: str) -> CycleStateView:
        return await self.post(_path(programme, year) + "/stop", CycleStateView, {"reason": reason}, key=key)

    async def resume(self, programme: str, year: int, *, key: str) -> CycleStateView:
        return await self.post(_path(programme, year) + "/resumption", CycleStateView, None, key=key)

    async def propose_plan(
        self, programme: str, year: int, plan: dict[str, Any], *, reason: str, key: str
    ) -> PlanChangesView:
        body = {"plan": plan, "reason": reason}
        return await self.post(_path(programme, year) + "/plans", PlanChangesView, body, key=key)

    async def propose_waiver(
        self, programme: str, year: int, stage: str, *, reason: str, key: str
    ) -> WaiverView:
        path = f"{_path(programme, year)}/stages/{stage}/waiver"
        return await self.post(path, WaiverView, {"reason": reason}, key=key)

    async def send_back(
        self, programme: str, year: int, stage: str, *, reason: str, key: str
    ) -> SentBackView:
        path = f"{_path(programme, year)}/stages/{stage}/send-back"
        return await self.post(path, SentBackView, {"reason": reason}, key=key)

    async def retry(self, programme: str, year: int, stage: str, *, key: str) -> CycleStateView:
        path = f"{_path(programme, year)}/stages/{stage}/retry"
        return await self.post(path, CycleStateView, None, key=key)


def _path(programme: str, year: int) -> str:
    return f"/v1/cycles/{programme}/{year}"
