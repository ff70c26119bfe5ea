"""`clusters cycle`: the annual cycle from a terminal: start, status, why, decide, hold up, advance."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

import typer

from clients.cli.cycle_screen import show_changes, show_gate, show_reasons, show_simulation, show_status
from clients.cli.cycle_session import CycleSession
from clients.cli.data_folder import DataFolder
from clients.cli.screen import output, say
from clients.local.errors import UnknownChoice
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.domain.simulation import simulate as simulate_plan
from clients.pipeline.stages.all import STAGES
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from shared.calendar.holiday_calendar import holiday_calendar
from shared.documents.reading import read_document, read_text
from shared.errors import NotFound
from shared.http.client import token_from_file
from shared.http.pipeline import GateRowView, PipelineClient
from shared.web.principals import Role

app = typer.Typer(no_args_is_help=True, help="年度流程 / The annual cycle of a programme.")

Year = Annotated[int, typer.Argument(help="年度 / assessment year", min=2000, max=2199)]
StageCode = Annotated[
    str, typer.Argument(help="环节代码;方案调整写 plan / code of a stage; `plan` for the plan")
]
PlanFile = Annotated[Path, typer.Argument(help="方案文件 / file of the plan", exists=True, dir_okay=False)]
Why = Annotated[str, typer.Option("--reason", help="理由 / why")]
AsJson = Annotated[bool, typer.Option("--json", help="只输出 JSON / print JSON only")]
Seen = Annotated[
    str,
    typer.Option(
        "--seen",
        help="所见内容的哈希,至少8位(见 status、gate) / hash of what you saw, 8 digits or more (status, gate)",
    ),
]
_MIN_SEEN = 8


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="cycle")


@app.callback()
def who(
    ctx: typer.Context,
    data: DataFolder,
    programme: Annotated[str, typer.Option("--programme", help="计划 / programme")] = "hubei-county-clusters",
    url: Annotated[
        str | None,
        typer.Option("--url", envvar="PIPELINE_URL", help="流程服务的地址 / address of the pipeline"),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="CLUSTERS_TOKEN", help="访问令牌 / access token", show_envvar=True),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", envvar="CLUSTERS_TOKEN_FILE", help="访问令牌文件 / file with an access token"
        ),
    ] = None,
    role: Annotated[str | None, typer.Option("--role", help="角色(试用) / role (trial)")] = None,
    division: Annotated[str, typer.Option("--division", help="区划(试用) / division (trial)")] = "420000",
    unit: Annotated[str, typer.Option("--unit", help="单位(试用) / unit (trial)")] = "",
    subject: Annotated[str | None, typer.Option("--as", help="用户(试用) / who you are (trial)")] = None,
) -> None:
    """年度流程:启动、查看、审定、暂停、推进 / The annual cycle: start, look, decide, hold up, advance."""
    given = token_from_file(token_file)() if token is None and token_file is not None else token
    ctx.obj = CycleSession(data, programme, url, given, role, division, unit, subject)


@app.command()
def start(ctx: typer.Context, plan: PlanFile) -> None:
    """按方案启动年度流程 / Start the cycle of a year by its plan."""
    session, document = _of(ctx), _document(plan)
    key = (
        f"cycle-start:{document.get('programme')}:{document.get('assessment_year')}:{document.get('version')}"
    )
    started = session.ask(Role.PROVINCE_OFFICER, lambda client: client.start_cycle(document, key=key))
    say(
        f"{started.assessment_year}年度流程已启动。",
        f"The cycle of {started.assessment_year} has been started.",
    )


@app.command()
def status(ctx: typer.Context, year: Year, *, as_json: AsJson = False) -> None:
    """查看各环节 / Show the stages of a cycle, and what is to be decided."""
    session = _of(ctx)
    found = session.ask(Role.PROVINCE_OFFICER, lambda client: client.cycle(session.programme, year))
    if as_json:
        _print(found.model_dump(mode="json"))
    else:
        show_status(found)


@app.command()
def why(ctx: typer.Context, year: Year, *, as_json: AsJson = False) -> None:
    """为何未办:全部原因 / Why not yet: all reasons."""
    session = _of(ctx)
    found = session.ask(Role.PROVINCE_OFFICER, lambda client: client.reasons(session.programme, year))
    if as_json:
        _print(found.model_dump(mode="json"))
    else:
        show_reasons(found)


@app.command()
def gate(ctx: typer.Context, year: Year, stage: StageCode) -> None:
    """查看待审定内容 / Show what is to be decided at a stage."""
    session = _of(ctx)

    async def ask(client: PipelineClient) -> None:
        for row in await _open_gates(client, session.programme, year, stage):
            show_gate(await client.gate(session.programme, year, row.id))

    session.ask(Role.PROVINCE_OFFICER, ask)


@app.command()
def approve(ctx: typer.Context, year: Year, stage: StageCode, seen: Seen, reason: Why = "") -> None:
    """同意 / Approve what you have seen."""
    _decide(_of(ctx), year, stage, seen, "approve", reason)


@app.command()
def reject(ctx: typer.Context, year: Year, stage: StageCode, seen: Seen, reason: Why) -> None:
    """不同意,须写明理由 / Reject what you have seen, with a reason."""
    _decide(_of(ctx), year, stage, seen, "reject", reason)


@app.command("send-back")
def send_back(ctx: typer.Context, year: Year, stage: StageCode, reason: Why) -> None:
    """退回到某环节重办 / Do a stage again, and all that come after it."""
    session = _of(ctx)
    sent = session.ask(
        Role.PROVINCE_OFFICER,
        lambda client: client.send_back(session.programme, year, stage, reason=reason, key=_key()),
    )
    say(
        f"已退回到 {stage};此前已生效的 {len(sent.stands)} 项指令不撤回。",
        f"Sent back to {stage}; {len(sent.stands)} commands that took effect before stand.",
    )
    for key in sent.stands:
        output.print(f"  {key}", markup=False)


@app.command()
def pause(ctx: typer.Context, year: Year, reason: Why) -> None:
    """暂停 / Pause: nothing new is begun."""
    session = _of(ctx)
    session.ask(
        Role.PROVINCE_OFFICER, lambda client: client.pause(session.programme, year, reason=reason, key=_key())
    )
    say("已暂停。", "Paused.")


@app.command()
def stop(ctx: typer.Context, year: Year, reason: Why) -> None:
    """紧急停止,由另一人恢复 / Stop in an emergency; another person lets it go on."""
    session = _of(ctx)
    session.ask(
        Role.PROVINCE_OFFICER, lambda client: client.stop(session.programme, year, reason=reason, key=_key())
    )
    say("已紧急停止。", "Stopped.")


@app.command()
def resume(ctx: typer.Context, year: Year) -> None:
    """恢复 / Let a cycle go on that was held up."""
    session = _of(ctx)
    session.ask(Role.PROVINCE_OFFICER, lambda client: client.resume(session.programme, year, key=_key()))
    say("已恢复。", "It goes on.")


@app.command()
def retry(ctx: typer.Context, year: Year, stage: StageCode) -> None:
    """重试出错或未获同意的环节 / Try a stage again that failed or was rejected."""
    session = _of(ctx)
    session.ask(
        Role.PROVINCE_OFFICER, lambda client: client.retry(session.programme, year, stage, key=_key())
    )
    say(f"将重试 {stage}。", f"{stage} will be tried again.")


@app.command()
def waive(ctx: typer.Context, year: Year, stage: StageCode, reason: Why) -> None:
    """申请豁免一个环节,由另一人审定 / Propose to waive a stage; another person decides."""
    session = _of(ctx)
    proposed = session.ask(
        Role.PROVINCE_OFFICER,
        lambda client: client.propose_waiver(session.programme, year, stage, reason=reason, key=_key()),
    )
    say("已提出,等待审定:", "Proposed; it waits for its decision:")
    output.print(proposed.proposal_sha256, markup=False)


@app.command("change-plan")
def change_plan(ctx: typer.Context, year: Year, plan: PlanFile, reason: Why) -> None:
    """调整方案,由另一人审定,从下一环节起适用 / Change the plan: decided by another person, from the next stage on."""
    session, document = _of(ctx), _document(plan)
    changes = session.ask(
        Role.PROVINCE_OFFICER,
        lambda client: client.propose_plan(session.programme, year, document, reason=reason, key=_key()),
    )
    show_changes(changes)


@app.command()
def advance(ctx: typer.Context, year: Year) -> None:
    """推进一次 / One tick.

    退出码 exit codes: 0 advanced or nothing due, 10 person, 20 date, 30 blocked, 40 a service is away, 50 failed.
    """
    session = _of(ctx)
    told = session.ask(Role.PIPELINE, lambda client: client.tick(session.programme, year))
    _print({"programme": session.programme, "assessment_year": year, "outcome": told.outcome})
    raise typer.Exit(told.exit_code)


@app.command()
def simulate(
    plan: PlanFile,
    start_on: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="自此日 / from this day on")
    ] = None,
) -> None:
    """推算方案的各个日期,不需服务 / The days of a plan, without a server."""
    folder = ProgrammeFolder(
        plan.parent if (plan.parent / "programme.yaml").exists() else default_programme_folder()
    )
    read = read_plan(_document(plan), known=STAGES)
    days = {
        (entry["code"], name): date.fromisoformat(entry[name])
        for calendar in folder.calendars
        for entry in calendar["rounds"]
        for name in ("opens_on", "closes_on", "cut_off")
    }
    begins = start_on.date() if start_on else date(read.assessment_year, 1, 1)
    found = simulate_plan(
        read, start=begins, holidays=holiday_calendar(), round_days=lambda name, day: days.get((name, day))
    )
    show_simulation(found)
    late = [stage for stage in found if stage.is_late]
    for stage in late:
        say(f"{stage.zh}:截止日期早于最早可办日期。", f"{stage.en}: it is due before it may begin.")
    raise typer.Exit(1 if late else 0)


def _of(ctx: typer.Context) -> CycleSession:
    assert isinstance(ctx.obj, CycleSession)  # noqa: S101 - the callback has put it there
    return ctx.obj


def _decide(
    session: CycleSession,
    year: int,
    stage: str,
    seen: str,
    verdict: Literal["approve", "reject"],
    reason: str,
) -> None:
    digits = seen.removeprefix("sha256:")
    if len(digits) < _MIN_SEEN:
        raise UnknownChoice(
            f"--seen 至少要 {_MIN_SEEN} 位", f"--seen takes {_MIN_SEEN} digits of the hash at least"
        )

    async def ask(client: PipelineClient) -> str:
        gates = await _open_gates(client, session.programme, year, stage)
        found = next((row for row in gates if row.proposal_sha256[7:].startswith(digits)), gates[0])
        is_seen = found.proposal_sha256[7:].startswith(digits)
        decided = await client.decide(
            session.programme, year, found.id, verdict=verdict, reason=reason, key=_key(),
            proposal_sha256=found.proposal_sha256 if is_seen else "sha256:" + digits.ljust(64, "0")[:64],
        )  # fmt: skip
        return decided.state

    state = session.ask(Role.PROVINCE_DECIDER, ask)
    words = {
        "open": ("还需其他人审定", "others still have to decide"),
        "passed": ("通过", "passed"),
        "rejected": ("未通过", "rejected"),
    }
    zh, en = words[state]
    say(f"{stage}:{zh}。", f"{stage}: {en}.")


async def _open_gates(client: PipelineClient, programme: str, year: int, stage: str) -> list[GateRowView]:
    wanted = None if stage == "plan" else stage
    found = [gate for gate in (await client.cycle(programme, year)).gates if gate.stage == wanted]
    if not found:
        raise NotFound("待审定事项", "open gate")
    return found


def _document(file: Path) -> dict[str, Any]:
    content = read_document(read_text(file), name=file.name).content
    if not isinstance(content, dict):
        raise UnknownChoice(f"{file.name} 不是方案", f"{file.name} is not a plan")
    return content


def _key() -> str:
    return f"cli:{uuid4()}"


def _print(content: Any) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
