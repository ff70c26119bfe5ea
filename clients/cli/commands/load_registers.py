"""`clusters load-registers`: fills all registers of the services that are up with labelled demonstration data."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from clients.cli.data_folder import DataFolder
from clients.cli.screen import output, say
from clients.demo.cast import OFFICER, OPERATOR, Cast
from clients.demo.registers.loading import LoadedRegisters
from clients.demo.registers.loading import load_registers as load
from clients.local.suite import find_running_suite
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from clients.programme.loading import load_registry

_PUBLISHED = {"clusters": "40", "above_scale_firms": "2462", "operating_revenue_wan": "87680000"}


def register(app: typer.Typer) -> None:
    app.command("load-registers")(load_registers)


def load_registers(
    data: DataFolder,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31, help="随机种子 / seed")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON / print JSON only")] = False,
) -> None:
    """登记簿演示数据(40个集群) / Fill the registers with demonstration data: 40 clusters, 2,462 above-scale firms."""
    suite = find_running_suite(data)
    folder = ProgrammeFolder(default_programme_folder())

    async def run() -> LoadedRegisters:
        async with Cast(suite, data) as cast:
            today = await cast.registry(OPERATOR).business_date()
            await load_registry(cast.registry(OFFICER), folder, on=today)
            return await load(cast.registry, folder, seed=seed, say=_progress)

    loaded = asyncio.run(run())
    if as_json:
        output.print(json.dumps(asdict(loaded), ensure_ascii=False), markup=False, soft_wrap=True)
        return
    table = Table(title="演示数据,非官方结果 / demonstration data, no official result")
    for heading in ("2025", "登记簿推算 derived", "公开总数 published (2025-08)"):
        table.add_column(heading, justify="left" if heading == "2025" else "right")
    table.add_row("集群 clusters", str(loaded.clusters), _PUBLISHED["clusters"])
    table.add_row("规上企业 above-scale firms", loaded.above_scale_firms, _PUBLISHED["above_scale_firms"])
    table.add_row("营业收入(万元) revenue", loaded.operating_revenue_wan, _PUBLISHED["operating_revenue_wan"])
    output.print(table)


def _progress(name: str, rows: int) -> None:
    say(f"{name}:{rows} 行", f"{name}: {rows} rows")
