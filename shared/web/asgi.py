"""The frame of every service: one way to start, to answer, to log and to be watched."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi_swagger import patch_fastapi
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import seal_events
from shared.documents.keys import KeySource
from shared.logging import configure_logging, get_logger
from shared.settings import ServiceSettings
from shared.telemetry import REQUEST_ID_HEADER, begin_request
from shared.web.auth import TokenVerifier
from shared.web.common_routes import common_router, health_router
from shared.web.problems import PROBLEM_RESPONSES, Problem, body_too_large, install_problem_handlers


@dataclass(frozen=True, slots=True)
class Service:
    """What makes one service: its name (also its token audience), its words, its routers, what it sets up at start."""

    name: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    tags: Sequence[dict[str, Any]] = ()
    state: dict[str, Any] = field(default_factory=dict)
    on_shutdown: Sequence[Callable[[], Awaitable[None]]] = ()


def build_app(service: Service, settings: ServiceSettings) -> FastAPI:
    """The service's application. Nothing is connected before its lifespan starts."""
    configure_logging(service.name)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sealer = asyncio.create_task(_seal_for_ever(app.state.database, settings.seal_interval_seconds))
        get_logger().info("service_started", mode=settings.mode)
        try:
            yield
        finally:
            sealer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sealer
            for close in service.on_shutdown:
                await close()
            await app.state.database.close()
            get_logger().info("service_stopped")

    app = FastAPI(
        title=service.title,
        description=service.description,
        version="1",
        lifespan=lifespan,
        responses=PROBLEM_RESPONSES,
        openapi_tags=[*service.tags, *COMMON_TAGS],
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=True,
        max_body_size=settings.max_body_bytes,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    patch_fastapi(app)  # the API page at /docs with its own files: a closed network has no CDN
    app.state.settings = settings
    app.state.service = service.name
    app.state.database = Database.connect(settings, name=service.name)
    app.state.clock = BusinessClock(trial=settings.mode == "trial", start=settings.business_date)
    app.state.verifier = TokenVerifier(
        issuer=settings.auth_issuer, audience=service.name, keys=KeySource(settings.auth_jwks)
    )
    for name, value in service.state.items():
        setattr(app.state, name, value)
    install_problem_handlers(app)
    app.include_router(health_router)
    for router in service.routers:
        app.include_router(router, prefix="/v1")
    app.include_router(common_router(trial=settings.mode == "trial"), prefix="/v1")
    _put_frame_outermost(app, max_body_bytes=settings.max_body_bytes)
    _document_problems(app)
    return app


COMMON_TAGS = [
    {"name": "events", "description": "事件流 · numbered, hash-chained events"},
    {"name": "trial", "description": "试运行 · only in trial mode"},
    {"name": "health", "description": "运行状况 · liveness and readiness"},
]


class RequestFrame:
    """Around every request: its id, one log line, and a problem document for a body that says it is too large.

    A body that does not say so is cut off by the framework while it is read.
    """

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        current = begin_request(headers.get(REQUEST_ID_HEADER))
        started = time.perf_counter()
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = current
            await send(message)

        try:
            declared = headers.get("content-length", "0")
            too_large = declared.isdecimal() and int(declared) > self._max_body_bytes
            answer = body_too_large(self._max_body_bytes) if too_large else self._app
            await answer(scope, receive, send_framed)
        finally:
            if not scope["path"].startswith("/health"):
                get_logger().info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )


async def _seal_for_ever(database: Database, interval_seconds: float) -> None:
    while True:
        try:
            async with database.transaction() as session:
                await seal_events(session)
        except (SQLAlchemyError, OSError) as error:  # the database is away: the next round goes on
            get_logger().warning("sealing_failed", reason=type(error).__name__)
        await asyncio.sleep(interval_seconds)


def _put_frame_outermost(app: FastAPI, *, max_body_bytes: int) -> None:
    """Around FastAPI's own outermost layer too, so that its answers are framed as all others."""
    plain = app.build_middleware_stack

    def build() -> ASGIApp:
        return RequestFrame(plain(), max_body_bytes=max_body_bytes)

    app.build_middleware_stack = build  # type: ignore[method-assign]


def _document_problems(app: FastAPI) -> None:
    """Adds the problem document's schema to the API description, which FastAPI does not know from raw responses."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            definitions = problem.pop("$defs", {})
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas.update({"Problem": problem, **definitions})
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
