"""`clusters demo`: plays the years of Hubei from 2024 on running services, shows them, and leaves the services up."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.commands.up import stop_on_signals
from clients.cli.data_folder import DataFolder
from clients.cli.screen import notes, output, say
from clients.demo.cast import Cast
from clients.demo.result import DemoResult
from clients.demo.screen import Screen
from clients.demo.year.story import DemoDoesNotFit, Story
from clients.demo.years import YEARS
from clients.local.errors import LocalError, StartInterrupted, SuiteNotRunning, UnknownChoice
from clients.local.issuer import SERVICES
from clients.local.service_plan import DEFAULT_PORT
from clients.local.suite import Suite, find_running_suite
from clients.local.supervisor import SuiteOptions, Supervisor
from clients.programme.folder import ProgrammeFolder, default_programme_folder


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    data: DataFolder,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65532, help="起始端口 / first of four ports")
    ] = DEFAULT_PORT,
    once: Annotated[
        bool, typer.Option("--once", help="演示后停止服务 / stop the services afterwards")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="只输出一个 JSON 对象 / print one JSON object only")
    ] = False,
    years: Annotated[
        int, typer.Option("--years", min=1, max=len(YEARS), help="演示几个年度 / how many years")
    ] = len(YEARS),
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**31, help="随机种子 / seed of synthetic figures")
    ] = 1,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="已在运行的四个服务的地址,逗号分隔,密钥取自数据文件夹 / addresses of registry, scoring, "
            "funding and pipeline that are up, by commas; keys from the data folder",
        ),
    ] = None,
) -> None:
    """演示 2024 年度起的全过程 / Play the years of Hubei from 2024; resumed after a kill, nothing is done twice."""
    started = time.monotonic()
    refuse_another_seed(data, seed)
    screen = Screen(notes if as_json else output)
    screen.banner(seed, [year.year for year in YEARS[:years]])
    with running_services(data, port, at) as (suite, supervisor):
        seed_file(data).write_text(f"{seed}\n", "utf-8")
        result = play(suite, data, seed=seed, years=years, screen=screen, supervisor=supervisor)
        if as_json:
            sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
        else:
            screen.result(result)
        stays = supervisor is None or not once
        screen.how_to_look_further(suite, result, data_dir=data, stays=stays)
        seconds = round(time.monotonic() - started)
        say(f"演示完成,用时 {seconds} 秒。", f"The demo took {seconds} s.")
        if supervisor is not None and not once:
            say("服务仍在运行,按 Ctrl-C 停止。", "The services stay up; stop them with Ctrl-C.")
            supervisor.wait()


def play(
    suite: Suite,
    data: Path,
    *,
    seed: int,
    years: int,
    screen: Screen,
    supervisor: WatchedSupervisor | None,
) -> DemoResult:
    """Runs the story; a signal, or services that cannot be kept up, break it off between two calls."""

    async def run() -> DemoResult:
        with screen.following() as journal:
            async with Cast(suite, data) as cast:
                story = Story(cast, journal, ProgrammeFolder(default_programme_folder()), seed, years)
                task = asyncio.create_task(story.play())
                while not task.done():
                    await asyncio.wait([task], timeout=0.2)
                    if supervisor is not None and supervisor.is_over and not task.done():
                        task.cancel()
                        await asyncio.wait([task])
                        raise supervisor.why_over()
                return task.result()

    return asyncio.run(run())


class WatchedSupervisor:
    """A supervisor that watches in a thread beside the story."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._thread = threading.Thread(target=supervisor.watch, name="supervisor", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the story cannot go on: a signal, or a service that was given up."""
        return not self._thread.is_alive() or self._supervisor.failure is not None

    def why_over(self) -> LocalError:
        return self._supervisor.failure or StartInterrupted("演示被中断。", "The demo was interrupted.")

    def wait(self) -> None:
        """Until the watch ends, asked by a signal."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.2)

    def end(self) -> None:
        self._supervisor.ask_to_stop()
        self._thread.join()


@contextmanager
def running_services(
    data: Path, port: int, at: str | None
) -> Iterator[tuple[Suite, WatchedSupervisor | None]]:
    """The services that are up on this folder already, or our own, which end with us."""
    running = _elsewhere(at) if at is not None else _already_running(data)
    if running is not None:
        yield running, None
        return
    options = SuiteOptions(data_dir=data, first_port=port, business_date=YEARS[0].days.published)
    supervisor = Supervisor(options, say=say)
    with stop_on_signals(supervisor.ask_to_stop):
        try:
            say("正在启动数据库和各服务……", "Starting the database and the services ...")
            suite = supervisor.start()
            watched = WatchedSupervisor(supervisor)
            try:
                yield suite, watched
            finally:
                watched.end()
        finally:
            supervisor.stop()


def _elsewhere(addresses: str) -> Suite:
    """Services that somebody else runs, such as containers."""
    urls = [address.strip().rstrip("/") for address in addresses.split(",")]
    if len(urls) != len(SERVICES):
        raise UnknownChoice(
            "--at 需要四个地址", "--at takes four addresses: registry, scoring, funding, pipeline"
        )
    return Suite.at(dict(zip(SERVICES, urls, strict=True)))


def _already_running(data: Path) -> Suite | None:
    try:
        return find_running_suite(data)
    except SuiteNotRunning:
        return None


def refuse_another_seed(data: Path, seed: int) -> None:
    """A data folder holds the demo of one seed; another one is refused before anything is started."""
    file = seed_file(data)
    known = file.read_text("utf-8").strip() if file.exists() else None
    if known not in {None, str(seed)}:
        raise DemoDoesNotFit(
            f"{data} 已有种子 {known} 的演示数据;请用 --seed {known},或用 --data 另选文件夹。",
            f"{data} holds the demo of seed {known}; use --seed {known}, or another folder with --data.",
        )


def seed_file(data: Path) -> Path:
    return data / "demo-seed"
