"""Routes that every service has: health, events, revoked tokens, recodes, and in trial mode the business date."""

import functools
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from shared.data.division_recodes import RecordedRecode, list_recodes
from shared.data.events import append_event, read_events
from shared.data.migrations import schema_is_current
from shared.data.revoked_tokens import RevokedToken, revoke_token, revoked_tokens
from shared.web.auth import SignedIn, permit
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.fields import BusinessDate, Note
from shared.web.pagination import AnswerPage, Listed, Page, Paging, cursor_text
from shared.web.principals import Principal, Role, Scope
from shared.web.state import plumbing_of
from shared.web.tokens.claims import CLOCK_LEEWAY_SECONDS, MAX_CLAIM_CHARACTERS

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
#: The operator's own account. Whoever decides about clusters or money revokes no token: they could shut out each other,
#: or the auditor.
Operator = Annotated[Principal, permit(Role.PIPELINE, scope=Scope.INSTALLATION)]
TokenId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=MAX_CLAIM_CHARACTERS,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="the claim `jti` of the token",
    ),
]

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


class RevocationBody(BaseModel, extra="forbid"):
    reason: Note = Field(description="why it counts no longer, for those who look at the list")


class RevokedTokenOut(BaseModel):
    token_id: str
    reason: str
    revoked_by: str
    revoked_at: datetime
    expires_at: datetime = Field(description="by then the token has expired by itself, and this entry goes")


class DivisionRecodeOut(BaseModel):
    """撤县设市, 撤县设区, change of city: whoever is of the new division deals with what lies under the old code."""

    code: str = Field(description="the code that holds no more")
    successor_code: str
    kept_code: str = Field(description="the code under which this service keeps what is the successor's")
    holds_from: date = Field(description="first day of the new code")
    path_before: list[str] = Field(description="from the province down to the old code")
    path_after: list[str] = Field(description="from the province down to the new code")
    recorded_at: datetime = Field(description="when this service learned of it")


@health_router.get("/live", summary="存活检查 · Is the process alive?")
async def live(request: Request) -> Health:
    return Health(status="ok", service=plumbing_of(request).service)


@health_router.get(
    "/ready", summary="就绪检查 · Can it serve? The database answers and its schema is current"
)
async def ready(request: Request, response: Response, database: DatabaseDep) -> Health:
    try:
        async with database.engine.connect() as connection:
            current = await schema_is_current(connection, plumbing_of(request).package)
    except (SQLAlchemyError, OSError):
        response.status_code = 503
        return Health(status="database unavailable", service=plumbing_of(request).service)
    if not current:
        response.status_code = 503
    return Health(status="ok" if current else "schema is not current", service=plumbing_of(request).service)


@functools.cache
def common_router(*, trial: bool) -> APIRouter:
    router = APIRouter()
    router.add_api_route(
        "/events", get_events, tags=["events"], summary="事件流 · Events in order", methods=["GET"]
    )
    router.add_api_route(
        "/revoked-tokens",
        get_revoked_tokens,
        tags=["tokens"],
        summary="已撤销的令牌 · Access tokens that are revoked",
        methods=["GET"],
    )
    router.add_api_route(
        "/revoked-tokens/{token_id:path}",
        put_revoked_token,
        tags=["tokens"],
        summary="撤销令牌 · Revoke an access token at this service",
        methods=["PUT"],
    )
    router.add_api_route(
        "/division-recodes",
        get_division_recodes,
        tags=["recodes"],
        summary="区划变更 · Recodes of divisions that this service knows",
        methods=["GET"],
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


async def get_revoked_tokens(
    _operator: Operator, session: Session, page: Paging, answer: AnswerPage
) -> Page[RevokedTokenOut]:
    found = await revoked_tokens(session, after=cursor_text(page.after), limit=page.limit + 1)
    return answer.of(RevokedTokenOut, Listed[RevokedToken].cut(found, page, lambda token: [token.token_id]))


async def put_revoked_token(
    token_id: TokenId, body: RevocationBody, operator: Operator, request: Request, database: DatabaseDep
) -> RevokedTokenOut:
    """From the next request on here, and within a second in every other process of this service, the token is refused.
    Sent again it changes nothing.
    """
    plumbing = plumbing_of(request)
    longest = timedelta(seconds=plumbing.settings.auth_max_token_seconds + 2 * CLOCK_LEEWAY_SECONDS)
    async with database.transaction() as session:
        revoked = await revoke_token(
            session, token_id, reason=body.reason, actor=operator.actor, longest=longest
        )
    plumbing.revoked_tokens.changed()
    return RevokedTokenOut.model_validate(revoked, from_attributes=True)


async def get_division_recodes(
    _reader: SignedIn, session: Session, page: Paging, answer: AnswerPage
) -> Page[DivisionRecodeOut]:
    found = await list_recodes(session, after=cursor_text(page.after), limit=page.limit + 1)
    return answer.of(DivisionRecodeOut, Listed[RecordedRecode].cut(found, page, lambda recode: [recode.code]))


async def get_business_date(_operator: Operator, clock: ClockDep, session: Session) -> BusinessDateBody:
    return BusinessDateBody(business_date=await clock.today(session))


async def put_business_date(
    body: BusinessDateBody, operator: Operator, clock: ClockDep, session: Session
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
