"""The frame of every service: one way to start, to answer, to log and to be watched."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
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
from shared.web.auth import describe_permissions
from shared.web.common_routes import common_router, health_router
from shared.web.idempotency import install_kept_answers
from shared.web.problems import PROBLEM_RESPONSES, Problem, body_too_large, install_problem_handlers
from shared.web.request_shape import check_request_shape
from shared.web.state import Plumbing
from shared.web.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Service:
    """What makes one service: its name (also its token audience), words and routers, and what only it holds (`own`)."""

    name: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    tags: Sequence[dict[str, Any]] = ()
    own: object = None
    on_shutdown: Sequence[Callable[[], Awaitable[None]]] = ()


def build_app(service: Service, settings: ServiceSettings) -> FastAPI:
    """The service's application. Nothing is connected before its lifespan starts."""
    configure_logging(service.name)
    plumbing = Plumbing(
        service=service.name,
        settings=settings,
        database=Database.connect(settings, name=service.name),
        clock=BusinessClock(trial=settings.mode == "trial", start=settings.business_date),
        verifier=TokenVerifier(
            issuer=settings.auth_issuer, audience=service.name, keys=KeySource(settings.auth_jwks)
        ),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = app.state.plumbing.database
        sealer = asyncio.create_task(_seal_for_ever(database, settings.seal_interval_seconds))
        get_logger().info("service_started", mode=settings.mode)
        try:
            yield
        finally:
            sealer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sealer
            for close in service.on_shutdown:
                await close()
            await database.close()
            get_logger().info("service_stopped")

    app = ServiceApp(
        title=service.title,
        description=service.description,
        version="1",
        lifespan=lifespan,
        responses=PROBLEM_RESPONSES,
        openapi_tags=[*service.tags, *COMMON_TAGS],
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=True,
        max_body_bytes=settings.max_body_bytes,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    patch_fastapi(app)  # the API page at /docs with its own files: a closed network has no CDN
    app.state.plumbing = plumbing
    app.state.own = service.own
    install_problem_handlers(app)
    install_kept_answers(app)
    app.include_router(health_router)
    shaped = [Depends(check_request_shape)]
    for router in service.routers:
        app.include_router(router, prefix="/v1", dependencies=shaped)
    app.include_router(common_router(trial=settings.mode == "trial"), prefix="/v1", dependencies=shaped)
    return app


COMMON_TAGS = [
    {"name": "events", "description": "事件流 · numbered, hash-chained events"},
    {"name": "trial", "description": "试运行 · only in trial mode"},
    {"name": "health", "description": "运行状况 · liveness and readiness"},
]


class ServiceApp(FastAPI):
    """FastAPI with our frame around its outermost layer, and our problem document in its description."""

    def __init__(self, *, max_body_bytes: int, **more: Any) -> None:
        self._max_body_bytes = max_body_bytes
        super().__init__(max_body_size=max_body_bytes, **more)

    def build_middleware_stack(self) -> ASGIApp:
        """The frame stands outside, so that the framework's own answers are framed as all others."""
        return RequestFrame(super().build_middleware_stack(), max_body_bytes=self._max_body_bytes)

    def openapi(self) -> dict[str, Any]:
        """Adds who may call what, and the problem document's schema, which FastAPI does not know from raw responses."""
        schema = super().openapi()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:  # the framework keeps what it has made
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update({**problem.pop("$defs", {}), "Problem": problem})
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            describe_permissions(self.routes, schema)
        return schema


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
