"""A cycle on a terminal: its stages with their days, why it does not go on, what is to be decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table

from clients.cli.screen import output
from clients.pipeline.domain.simulation import SimulatedStage
from shared.http.pipeline import CycleView, GateView, PlanChangesView, StageView, WhyView

STATES: Final = {
    "waiting": ("待办", "dim"),
    "at_gate": ("待审定", "yellow"),
    "applying": ("办理中", "cyan"),
    "verifying": ("核验中", "cyan"),
    "done": ("已办", "green"),
    "passed_over": ("暂无服务", "dim"),
    "waived": ("已豁免", "dim"),
    "blocked": ("已搁置", "red"),
    "failed": ("出错", "red"),
}
CYCLE_STATES: Final = {"open": "办理中", "paused": "已暂停", "stopped": "已紧急停止", "closed": "已办结"}
OUTCOMES: Final = {
    "advanced": ("可继续", "goes on"),
    "waits_for_person": ("等待人员办理", "waits for a person"),
    "waits_for_date": ("等待日期", "waits for a date"),
    "blocked": ("已搁置,需处理", "is blocked: somebody has to act"),
    "service_away": ("有服务暂不可用", "a service is away"),
    "failed": ("出错,需处理", "failed: somebody has to act"),
}


def show_status(cycle: CycleView) -> None:
    zh, en = OUTCOMES[cycle.outcome]
    output.print(
        f"{cycle.programme} {cycle.assessment_year}年度 · {CYCLE_STATES[cycle.state]} · "
        f"方案 plan {cycle.plan_version} · 业务日期 date {cycle.ticked_for or '—'} · {zh} {en}",
        markup=False,
        soft_wrap=True,
    )
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("环节\nstage", no_wrap=True)
    table.add_column("", overflow="fold")
    table.add_column("状态\nstate", no_wrap=True)
    table.add_column("截止\ndue", no_wrap=True)
    table.add_column("办结\ndone", no_wrap=True)
    for stage in cycle.stages:
        state, colour = STATES[stage.state]
        again = f" ×{stage.turn}" if stage.turn > 1 else ""
        table.add_row(
            stage.code, f"{stage.zh}\n[dim]{stage.en}[/dim]", f"[{colour}]{state}[/{colour}]{again}", _due(stage),
            str(stage.done_on or ""),
        )  # fmt: skip
    output.print(table)
    for gate in cycle.gates:
        who = (
            " 业务系统 at the service" if gate.kind == "mirrored" else f" --seen {gate.proposal_sha256[7:19]}"
        )
        output.print(
            f"待审定 to decide: {gate.stage or '方案 plan'} ({gate.kind}) {', '.join(gate.roles)} ×{gate.persons}{who}",
            markup=False,
            soft_wrap=True,
        )


def _due(stage: StageView) -> str:
    if stage.due_on is None:
        return ""
    mark = " [red]逾期 overdue[/red]" if stage.is_overdue else " (暂定)" if stage.is_provisional else ""
    return f"{stage.due_on}{mark}"


def show_reasons(why: WhyView) -> None:
    for stage in why.stages:
        output.print(f"{stage.zh} {stage.en} ({stage.stage})", style="bold", markup=False, soft_wrap=True)
        for reason in stage.reasons:
            output.print(f"  · {reason.zh} / {reason.en}", markup=False, soft_wrap=True)


def show_gate(gate: GateView) -> None:
    output.print(
        f"{gate.stage or '方案 plan'} · {gate.kind} · {gate.state} · {gate.proposal_sha256}", markup=False
    )
    output.print(json.dumps(gate.proposal, ensure_ascii=False, indent=1), markup=False, soft_wrap=True)
    for decision in gate.decisions:
        output.print(
            f"  {decision.decided_on} {decision.name} {decision.unit}: {decision.verdict} {decision.reason}",
            markup=False,
            soft_wrap=True,
        )


def show_changes(changes: PlanChangesView) -> None:
    for change in changes.changes:
        output.print(change.stage, style="bold", markup=False)
        for sign, content in (("-", change.before), ("+", change.after)):
            if content is not None:
                output.print(
                    f"  {sign} {json.dumps(content, ensure_ascii=False)}", markup=False, soft_wrap=True
                )


def show_simulation(stages: Sequence[SimulatedStage]) -> None:
    """The days of a plan, if each stage is done on the first day on which it may be."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("环节\nstage", "", "最早\nearliest", "截止\ndue", "审定\ndecided by"):
        table.add_column(heading)
    for stage in stages:
        due = "" if stage.due is None else f"{stage.due}{' (暂定)' if stage.is_provisional else ''}"
        earliest = "尚无服务 not yet kept" if not stage.is_kept else str(stage.earliest or "—")
        table.add_row(
            stage.code, f"{stage.zh}\n[dim]{stage.en}[/dim]", earliest, due, ", ".join(stage.deciders)
        )
    output.print(table)
