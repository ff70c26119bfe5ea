"""`clusters down`: stops from another terminal what `clusters up` started, or what a killed one left."""

from __future__ import annotations

import typer

from clients.cli.data_folder import DataFolder
from clients.cli.screen import say
from clients.local.supervisor import stop_suite


def register(app: typer.Typer) -> None:
    app.command("down")(down)


def down(data: DataFolder) -> None:
    """停止服务和数据库 / Stop the services and the database."""
    if stop_suite(data.absolute(), say=say):
        say("已停止。", "Stopped.")
    else:
        say("没有运行中的服务。", "Nothing was running.")
