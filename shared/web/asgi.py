"""The frame of every service: one way to start, to answer, to log and to be watched."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import RedirectResponse
from fastapi_swagger import patch_fastapi
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.division_recodes import read_recodes
from shared.data.events import seal_events
from shared.data.revoked_tokens import revoked_token_ids
from shared.documents.keys import KeySource
from shared.logging import configure_logging, get_logger
from shared.settings import ServiceSettings
from shared.telemetry import REQUEST_ID_HEADER
from shared.web.auth import describe_permissions
from shared.web.common_routes import common_router, health_router
from shared.web.frame.gate import Gate
from shared.web.frame.request_frame import RequestFrame
from shared.web.idempotency import install_kept_answers
from shared.web.problems import PROBLEM_RESPONSES, Problem, install_problem_handlers
from shared.web.request_shape import check_request_shape
from shared.web.state import Plumbing
from shared.web.tokens.lookups import Lookup
from shared.web.tokens.verifier import TokenVerifier


@dataclass(frozen=True, slots=True)
class Service:
    """What makes one service: its name (also its token audience), words and routers, and what only it holds (`own`).

    ``package`` is where its migrations lie. ``keys`` are those of others that it reads; they are kept fresh while the
    service runs.
    """

    name: str
    package: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    tags: Sequence[dict[str, Any]] = ()
    own: object = None
    keys: Sequence[KeySource] = ()
    on_shutdown: Sequence[Callable[[], Awaitable[None]]] = ()


def build_app(service: Service, settings: ServiceSettings) -> FastAPI:
    """The service's application. Nothing is connected before its lifespan starts."""
    configure_logging(service.name)
    database = Database.connect(settings, name=service.name)
    plumbing = Plumbing(
        service=service.name,
        package=service.package,
        settings=settings,
        database=database,
        clock=BusinessClock(trial=settings.mode == "trial", start=settings.business_date),
        verifier=_verifier(service, settings),
        revoked_tokens=Lookup(database, revoked_token_ids),
        recodes=Lookup(database, read_recodes),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = app.state.plumbing.database
        keys = [app.state.plumbing.verifier.keys, *service.keys]
        beside = [
            asyncio.create_task(work)
            for work in (
                _seal_for_ever(database, settings.seal_interval_seconds),
                *(source.keep_fresh() for source in keys),
            )
        ]
        get_logger().info("service_started", mode=settings.mode)
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            for source in keys:
                await source.close()
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
        cors_origins=settings.cors_origins,
        redirect_slashes=False,  # a redirect would lead to whatever the header Host says
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    # The API page at /docs with its own files: a closed network has no CDN.
    patch_fastapi(app, redirect_from_root_to_docs=False)
    app.add_api_route("/", _to_the_api_page, include_in_schema=False)
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


def _verifier(service: Service, settings: ServiceSettings) -> TokenVerifier:
    return TokenVerifier(
        issuer=settings.auth_issuer,
        audience=service.name,
        keys=KeySource(
            settings.auth_keys,
            metadata_of=settings.auth_issuer if settings.auth_metadata else None,
            https_only=settings.mode == "production",
        ),
        max_lifetime_seconds=settings.auth_max_token_seconds,
    )


async def _to_the_api_page() -> RedirectResponse:
    return RedirectResponse("docs")


COMMON_TAGS = [
    {"name": "events", "description": "事件流 · numbered, hash-chained events"},
    {"name": "tokens", "description": "令牌撤销 · access tokens that count no longer"},
    {"name": "recodes", "description": "区划变更 · divisions under a new code: whose things are whose"},
    {"name": "trial", "description": "试运行 · only in trial mode"},
    {"name": "health", "description": "运行状况 · liveness and readiness"},
]


#: What a page of another origin may send and see beside the simple headers of the Fetch standard.
_READ_HEADERS = ["Idempotency-Key", "If-Match", "If-None-Match", "On-Behalf-Of", REQUEST_ID_HEADER]
_SENT_HEADERS = ["ETag", "Link", "Location", "Retry-After", "Content-Disposition", REQUEST_ID_HEADER]


class ServiceApp(FastAPI):
    """FastAPI with our frame around its outermost layer, and our problem document in its description."""

    def __init__(self, *, max_body_bytes: int, cors_origins: Sequence[str], **more: Any) -> None:
        self._max_body_bytes = max_body_bytes
        self._cors_origins = cors_origins
        super().__init__(max_body_size=max_body_bytes, **more)

    def build_middleware_stack(self) -> ASGIApp:
        """The frame stands outside, so that the framework's own answers are framed as all others.

        Pages of other origins are answered before the gate: a browser asks without a token whether it may ask.
        """
        guarded: ASGIApp = Gate(super().build_middleware_stack(), max_body_bytes=self._max_body_bytes)
        if self._cors_origins:
            guarded = CORSMiddleware(
                guarded,
                allow_origins=self._cors_origins,
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", *_READ_HEADERS],
                expose_headers=_SENT_HEADERS,
            )
        return RequestFrame(guarded)

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


async def _seal_for_ever(database: Database, interval_seconds: float) -> None:
    while True:
        try:
            async with database.transaction() as session:
                await seal_events(session)
        except (SQLAlchemyError, OSError) as error:  # the database is away: the next round goes on
            get_logger().warning("sealing_failed", reason=type(error).__name__)
        await asyncio.sleep(interval_seconds)
