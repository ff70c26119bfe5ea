"""The pipeline's application: its API, and its workers beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Protocol

from fastapi import FastAPI

from clients.pipeline.api import routers
from clients.pipeline.api.dependencies import PipelineState
from clients.pipeline.domain.plan import Plan
from clients.pipeline.loop.crash_points import CrashPoints, crash_points_of_environment
from clients.pipeline.loop.pipeline import Pipeline, RoundDates, Send
from clients.pipeline.loop.worker import work_for_ever
from clients.pipeline.notices.addresses import read_addresses
from clients.pipeline.notices.sending import MailServer, send_for_ever
from clients.pipeline.settings import PipelineSettings
from clients.pipeline.stages.all import STAGES
from clients.pipeline.stages.contract import Services, Stage
from clients.pipeline.stages.services import HttpServices
from shared.calendar.holiday_calendar import holiday_calendar
from shared.data.database import Database
from shared.settings import load_settings
from shared.web.asgi import Service, build_app

Sender = Callable[[Database], Coroutine[Any, Any, None]]


class World(Services, Protocol):
    """The services, and how commands are sent to them."""

    @property
    def send(self) -> Send: ...

    async def rounds(self, plan: Plan) -> RoundDates: ...

    async def close(self) -> None: ...


def create_app(
    settings: PipelineSettings | None = None,
    *,
    world: World | None = None,
    stages: Mapping[str, Stage] = STAGES,
) -> FastAPI:
    """The ASGI application; without settings it reads them from the environment.

    ``world`` lets tests put other services, and ``stages`` other stages, in the place of the real ones.
    """
    settings = settings or load_settings(PipelineSettings)
    reached = world or HttpServices.at(
        (settings.registry_url, settings.registry_token_file),
        (settings.scoring_url, settings.scoring_token_file),
        (settings.funding_url, settings.funding_token_file),
    )
    crash = crash_points_of_environment() if settings.mode == "trial" else CrashPoints()

    def make() -> Pipeline:
        plumbing = app.state.plumbing

        async def today() -> date:
            async with plumbing.database.transaction() as session:
                day: date = await plumbing.clock.today(session)
                return day

        return Pipeline(
            database=plumbing.database,
            services=reached,
            send=reached.send,
            stages=stages,
            holidays=holiday_calendar(settings.holidays_file),
            today=today,
            rounds=reached.rounds,
            crash=crash,
            poll_seconds=settings.poll_seconds,
        )

    service = Service(
        name="pipeline",
        package="clients.pipeline",
        title="Pipeline · 年度流程",
        description=(
            "The annual cycle of a programme: stages, gates, decisions, reminders.\n\n"
            "年度流程：环节、审定、提醒。"
        ),
        routers=routers.ALL,
        tags=routers.TAGS,
        own=PipelineState(make=make),
        on_shutdown=[reached.close],
    )
    app = build_app(service, settings)
    _work_beside(app, make, settings.workers, _sender_of(settings))
    return app


def _sender_of(settings: PipelineSettings) -> Sender | None:
    """What sends notices by mail, where a mail server is named."""
    if settings.smtp_host is None or settings.smtp_from is None or settings.notice_addresses_file is None:
        return None
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=None if settings.smtp_password is None else settings.smtp_password.get_secret_value(),
        sender=settings.smtp_from,
        domain=settings.smtp_from.rpartition("@")[2].rstrip(">"),
    )
    addresses = read_addresses(settings.notice_addresses_file)
    return lambda database: send_for_ever(database, server, addresses)


def _work_beside(app: FastAPI, make: Callable[[], Pipeline], workers: int, send: Sender | None) -> None:
    """Runs so many workers, and the sender of notices, as long as the application."""
    started = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with started(app):
            working = [asyncio.create_task(work_for_ever(make())) for _ in range(workers)]
            if send is not None and workers:
                working.append(asyncio.create_task(send(app.state.plumbing.database)))
            try:
                yield
            finally:
                for task in working:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task

    app.router.lifespan_context = lifespan
