"""`clusters load`: posts a programme's folder to the services that are up, as the lead department would."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.data_folder import DataFolder
from clients.cli.screen import say
from clients.demo.cast import DECIDER, OFFICER, OPERATOR, Cast
from clients.local.suite import find_running_suite
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from clients.programme.loading import load_funding, load_registry, load_scoring, take_over_recodes


def register(app: typer.Typer) -> None:
    app.command("load")(load)


def load(
    data: DataFolder,
    programme: Annotated[
        Path | None, typer.Option("--programme", help="计划文件夹 / folder of the programme's documents")
    ] = None,
) -> None:
    """发布计划文件 / Publish a programme's documents; the same content again is no change."""
    folder = ProgrammeFolder(programme or default_programme_folder())
    suite = find_running_suite(data)

    async def run() -> None:
        async with Cast(suite, data) as cast:
            key = f"load:{folder.programme['programme']}:{folder.programme['version']}"
            today = await cast.registry(OPERATOR).business_date()
            for calendar in await load_registry(cast.registry(OFFICER), folder, on=today):
                year, start = calendar["assessment_year"], calendar["published_on"]
                say(
                    f"{year} 年度日历 {calendar['version']} 自 {start} 起才能发布(业务日期 {today})。",
                    f"The calendar {calendar['version']} of {year} can be published from {start} on (today: {today}).",
                )
            others = cast.scoring(OFFICER), cast.funding(OFFICER)
            for code in await take_over_recodes(cast.registry(OFFICER), *others):
                say(f"区划变更 {code} 已同步到各服务。", f"The recode of {code} is known to all services.")
            await load_scoring(cast.scoring(OFFICER), cast.scoring(DECIDER), folder, key=key)
            for rules in await load_funding(cast.funding(OFFICER), folder, key=key, on=today):
                start = rules["effective"]["from"]
                say(
                    f"激励规则 {rules['version']} 自 {start} 起才能发布(业务日期 {today})。",
                    f"The incentive rules {rules['version']} can be published from {start} on (today: {today}).",
                )

    asyncio.run(run())
    say(
        f"已发布 {folder.programme['programme']} {folder.programme['version']}。",
        f"Published {folder.programme['programme']} {folder.programme['version']}.",
    )
