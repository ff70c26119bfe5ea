"""`clusters clock`: shows or moves the business date of the services that are up (trial mode)."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from clients.cli.data_folder import DataFolder
from clients.cli.screen import output
from clients.demo.cast import OPERATOR, Cast
from clients.local.suite import find_running_suite


def register(app: typer.Typer) -> None:
    app.command("clock")(clock)


def clock(
    data: DataFolder,
    to: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="推进到此日 / move forward to this day"),
    ] = None,
) -> None:
    """查看或推进业务日期(试用) / Show the business date, or move it forward (trial)."""
    suite = find_running_suite(data)

    async def run() -> None:
        async with Cast(suite, data) as cast:
            for client in cast.every_service(OPERATOR):
                if to is not None:
                    await client.advance_business_date(to.date())
                output.print(f"{client.service:<9} {await client.business_date()}", highlight=False)

    asyncio.run(run())
