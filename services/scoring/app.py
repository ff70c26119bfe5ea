"""Scoring's application: what the clusters are worth this year, in signed releases."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from fastapi import FastAPI

from services.scoring.api import routers
from services.scoring.api.dependencies import ScoringState
from services.scoring.settings import ScoringSettings
from services.scoring.use_cases.releases.analyse_robustness import work_for_ever
from services.scoring.use_cases.releases.sign_release import Signer
from shared.calendar.holiday_calendar import holiday_calendar
from shared.http.client import token_from_file
from shared.http.registry import RegistryClient
from shared.settings import load_settings
from shared.web.asgi import Service, build_app


def create_app(
    settings: ScoringSettings | None = None, *, registry_transport: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """Builds the application; without settings it reads them from the environment.

    ``registry_transport`` lets tests put the registry's real application in the same process.
    """
    settings = settings or load_settings(ScoringSettings)
    registry = RegistryClient(
        settings.registry_url,
        token_from_file(settings.registry_token_file),
        timeout_seconds=settings.upstream_timeout_seconds,
        attempts=settings.upstream_attempts,
        transport=registry_transport,
    )
    signer = Signer(settings.signing_key_file)
    service = Service(
        name="scoring",
        package="services.scoring",
        title="Scoring · 县域特色产业集群评估",
        description=(
            "Schemes, assessments, signed releases, decisions, public notices and objections.\n\n"
            "评估方案、评估、签名结果、审定、公示与异议。"
        ),
        routers=routers.ALL,
        tags=routers.TAGS,
        own=ScoringState(
            signer=signer,
            registry=registry,
            calendar=holiday_calendar(settings.holidays_file),
            public_max_age_seconds=settings.public_max_age_seconds,
        ),
        on_shutdown=[registry.close],
    )
    app = build_app(service, settings)
    app.include_router(routers.WELL_KNOWN)
    held = timedelta(seconds=settings.robustness_lease_seconds)
    started = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.own.signer.load()
        async with started(app):
            worker = asyncio.create_task(work_for_ever(app.state.plumbing.database, held=held))
            try:
                yield
            finally:
                worker.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await worker

    app.router.lifespan_context = lifespan
    return app
