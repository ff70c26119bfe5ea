"""Routes that every service has: health, events, and in trial mode the business date."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from shared.data.events import append_event, read_events
from shared.data.migrations import schema_is_current
from shared.web.auth import permit
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.fields import BusinessDate
from shared.web.principals import Principal, Role, Scope
from shared.web.state import plumbing_of

Watcher = Annotated[
    Principal,
    permit(
        Role.AUDITOR,
        Role.PIPELINE,
        Role.PROVINCE_OFFICER,
        Role.FINANCE_REVIEWER,
        scope=Scope.INSTALLATION,
    ),
]
TrialOperator = Annotated[Principal, permit(Role.PIPELINE, scope=Scope.INSTALLATION)]

health_router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    status: str = Field(examples=["ok"])
    service: str


class EventOut(BaseModel):
    number: int = Field(description="place in the service's chain; pass the last one as `after` to go on")
    id: UUID
    kind: str = Field(examples=["annual_return.accepted"])
    subject: str = Field(description="business code of what it happened to")
    actor: str
    request_id: str
    data: dict[str, Any]
    recorded_at: datetime
    hash: str = Field(description="SHA-256 chain value, hexadecimal")


class EventFeed(BaseModel):
    events: list[EventOut]
    last: int = Field(description="pass it as `after` in the next call")


class BusinessDateBody(BaseModel, extra="forbid"):
    business_date: BusinessDate


@health_router.get("/live", summary="存活检查 · Is the process alive?")
async def live(request: Request) -> Health:
    return Health(status="ok", service=plumbing_of(request).service)


@health_router.get(
    "/ready", summary="就绪检查 · Can it serve? The database answers and its schema is current"
)
async def ready(request: Request, response: Response, database: DatabaseDep) -> Health:
    try:
        async with database.engine.connect() as connection:
            current = await schema_is_current(connection, plumbing_of(request).service)
    except (SQLAlchemyError, OSError):
        response.status_code = 503
        return Health(status="database unavailable", service=plumbing_of(request).service)
    if not current:
        response.status_code = 503
    return Health(status="ok" if current else "schema is not current", service=plumbing_of(request).service)


def common_router(*, trial: bool) -> APIRouter:
    router = APIRouter()
    router.add_api_route(
        "/events", get_events, tags=["events"], summary="事件流 · Events in order", methods=["GET"]
    )
    if trial:
        router.add_api_route(
            "/trial/business-date",
            get_business_date,
            tags=["trial"],
            summary="业务日期 · The business date",
            methods=["GET"],
        )
        router.add_api_route(
            "/trial/business-date",
            put_business_date,
            tags=["trial"],
            summary="推进业务日期 · Move the business date forward",
            methods=["PUT"],
        )
    return router


async def get_events(
    _watcher: Watcher,
    session: Session,
    after: Annotated[int, Query(ge=0, le=2**62, description="number of the last event already known")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventFeed:
    rows = await read_events(session, after=after, limit=limit)
    events = [EventOut(**{**row._mapping, "hash": row.hash.hex()}) for row in rows]
    return EventFeed(events=events, last=events[-1].number if events else after)


async def get_business_date(_operator: TrialOperator, clock: ClockDep, session: Session) -> BusinessDateBody:
    return BusinessDateBody(business_date=await clock.today(session))


async def put_business_date(
    body: BusinessDateBody, operator: TrialOperator, clock: ClockDep, session: Session
) -> BusinessDateBody:
    before = await clock.today(session)
    after = await clock.advance(session, body.business_date)
    if after != before:
        await append_event(
            session,
            "business_date.advanced",
            subject=after.isoformat(),
            actor=operator.actor,
            data={"from": before.isoformat(), "to": after.isoformat()},
        )
    return BusinessDateBody(business_date=after)
