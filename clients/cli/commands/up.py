"""`clusters up`: the three services and the pipeline on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.table import Table

from clients.cli.data_folder import DataFolder
from clients.cli.screen import output, say
from clients.local.errors import StartInterrupted
from clients.local.service_plan import DEFAULT_PORT
from clients.local.suite import Suite
from clients.local.supervisor import SuiteOptions, Supervisor


def register(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    data: DataFolder,
    port: Annotated[
        int,
        typer.Option("--port", min=1, max=65532, help="起始端口,共用四个 / first of four ports"),
    ] = DEFAULT_PORT,
    business_date: Annotated[
        datetime | None,
        typer.Option("--business-date", formats=["%Y-%m-%d"], help="业务日期(试用) / business date (trial)"),
    ] = None,
) -> None:
    """启动三个服务和年度流程 / Start registry, scoring, funding and the pipeline; stop with Ctrl-C."""
    options = SuiteOptions(
        data_dir=data,
        first_port=port,
        business_date=business_date.date() if business_date else None,
    )
    supervisor = Supervisor(options, say=say)
    with stop_on_signals(supervisor.ask_to_stop):
        say("正在启动……", "Starting ...")
        try:
            suite = supervisor.start()
            show_suite(suite, supervisor.data_dir)
            supervisor.watch()
            say("正在停止……", "Stopping ...")
        except StartInterrupted as interrupted:
            say(interrupted.zh, interrupted.en)
        finally:
            supervisor.stop()
    say("已停止。", "Stopped.")


@contextmanager
def stop_on_signals(ask_to_stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, termination and a closed terminal all mean: stop in good order."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        ask_to_stop()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show_suite(suite: Suite, data_dir: Path) -> None:
    table = Table(title="县域产业集群 / County Clusters", title_justify="left")
    table.add_column("服务 / service", style="bold")
    table.add_column("地址 / address", no_wrap=True)
    table.add_column("接口文档 / API page", no_wrap=True)
    for service in suite.services:
        table.add_row(service.name, service.url, f"{service.url}/docs")
    output.print(table)
    output.print(f"数据文件夹 / data folder: {data_dir}", markup=False, soft_wrap=True)
    output.print(f"日志 / logs: {data_dir / 'logs'}", markup=False, soft_wrap=True)
    output.print("访问令牌 / access token: clusters token --role ROLE --division CODE", markup=False)
    output.print("按 Ctrl-C 停止 / stop with Ctrl-C", markup=False)
