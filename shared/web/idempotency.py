"""Commands that are done once, however often they are sent.

A client names its command with an ``Idempotency-Key``. The key is claimed in the transaction of the change
and never expires. The same key with the same bytes gets the same bytes back, also while an upstream service
is down; the same key with other bytes is refused. Two requests at once: the second waits for the first
one's commit, then gets its answer.

Keys belong to whoever asks, as the token says it: the person, whom a service acts for, division, unit, department and
roles (:func:`holder_of`). Somebody else with the same key is never shown the answer that was kept, nor told that the
key is taken; that holds for the same person in another office too.

Neither is read again: a field that is new in a request or an answer breaks no repetition of an older one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, NoReturn, TypeVar

import sqlalchemy as sa
from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import utc_now
from shared.data.database import PLUMBING, Database
from shared.documents.canonical import document_hash, sha256_of
from shared.errors import Kind, Refusal
from shared.text.units import unit_key
from shared.web.auth import get_principal
from shared.web.principals import Principal

idempotency_record = sa.Table(
    "idempotency_record",
    PLUMBING,
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=True),
    sa.Column("answer", sa.Text, nullable=True),
    sa.Column("etag", sa.Text, nullable=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)


class IdempotencyKeyReused(Refusal):
    kind = Kind.INVALID
    code = "idempotency-key-reused"


class AnsweredBefore(Exception):
    """The command was done before; ``response`` is what was answered then."""

    def __init__(self, *, status: int, content: str, etag: str | None) -> None:
        super().__init__("answered before")
        headers = {"ETag": etag} if etag is not None else None
        self.response = Response(content, status, headers, media_type="application/json")


def install_kept_answers(app: FastAPI) -> None:
    app.add_exception_handler(AnsweredBefore, _answer)


async def _answer(_request: Request, answered: Exception) -> Response:
    assert isinstance(answered, AnsweredBefore)  # noqa: S101 - FastAPI dispatches by this type
    return answered.response


Answer = TypeVar("Answer", bound=BaseModel)
Fetched = TypeVar("Fetched")


@dataclass(frozen=True, slots=True)
class Command:
    """One keyed command of one person, also where a service acts for them.

    ``holder`` is whose key it is, ``actor`` how events name them. ``request_hash`` is of its method, address and
    bytes as sent; ``status`` and ``response`` are of its answer.
    """

    holder: str
    actor: str
    key: str
    request_hash: str
    status: int
    response: Response

    async def answer_again(self, session: AsyncSession) -> None:
        """Ends the request with the answer given before, if any; before a command calls upstream."""
        row = (
            await session.execute(
                sa.select(
                    idempotency_record.c.request_hash,
                    idempotency_record.c.status,
                    idempotency_record.c.answer,
                    idempotency_record.c.etag,
                ).where(idempotency_record.c.holder == self.holder, idempotency_record.c.key == self.key)
            )
        ).one_or_none()
        if row is None:
            return
        if row.request_hash != self.request_hash:
            raise IdempotencyKeyReused(
                "这个 Idempotency-Key 已用于另一个请求", "This Idempotency-Key was used for another request"
            )
        raise AnsweredBefore(status=row.status, content=row.answer, etag=row.etag)

    async def once(
        self,
        session: AsyncSession,
        model: type[Answer],
        action: Callable[[], Awaitable[object]],
        *,
        etag: Callable[[Answer], str] | None = None,
    ) -> Answer:
        """Does ``action`` and keeps its answer under the key, or ends the request with the answer kept before.

        What ``action`` returns is read by its attributes into ``model``; ``etag`` makes the header of that name.
        """
        claimed = await session.scalar(
            insert(idempotency_record)
            .values(
                holder=self.holder,
                key=self.key,
                actor=self.actor,
                request_hash=self.request_hash,
                recorded_at=utc_now(),
            )
            .on_conflict_do_nothing()
            .returning(idempotency_record.c.key)
        )
        if claimed is None:
            await self._answer_claimed(session)
        answer = model.model_validate(await action(), from_attributes=True)
        tag = None if etag is None else etag(answer)
        if tag is not None:
            self.response.headers["ETag"] = tag
        await session.execute(
            sa.update(idempotency_record)
            .where(idempotency_record.c.holder == self.holder, idempotency_record.c.key == self.key)
            .values(answer=answer.model_dump_json(by_alias=True), status=self.status, etag=tag)
        )
        return answer

    async def _answer_claimed(self, session: AsyncSession) -> NoReturn:
        await self.answer_again(session)
        raise RuntimeError("a claimed idempotency key has no record")  # pragma: no cover - it is committed

    async def once_with_calls(
        self,
        database: Database,
        model: type[Answer],
        fetch: Callable[[], Awaitable[Fetched]],
        store: Callable[[AsyncSession, Fetched], Awaitable[object]],
    ) -> Answer:
        """The same for a command that calls another service or computes for long, both outside of any transaction.

        ``store`` checks again what may have changed meanwhile. A repetition works while the other service is down.
        """
        async with database.transaction() as session:
            await self.answer_again(session)
        fetched = await fetch()
        async with database.transaction() as session:
            return await self.once(session, model, lambda: store(session, fetched))


def holder_of(principal: Principal) -> str:
    """Whose keys these are: a hash over all that the token says of who asks, so that no two of them can be mistaken
    for each other, however long or odd a name is. Two spellings of a unit are one, as in every rule about units."""
    return document_hash(
        {
            "subject": principal.subject,
            "on_behalf_of": principal.on_behalf_of,
            "division": principal.division,
            "unit": unit_key(principal.unit) or principal.unit,
            "department": principal.department,
            "roles": sorted(role.value for role in principal.roles),
        }
    )


async def get_command(
    request: Request,
    response: Response,
    principal: Annotated[Principal, Depends(get_principal)],
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=8,
            max_length=200,
            pattern=r"^[A-Za-z0-9._:/-]+$",
            description="Names this command; sent again with the same content it changes nothing.",
        ),
    ],
) -> Command:
    query = f"?{request.url.query}" if request.url.query else ""
    operation = f"{request.method} {request.url.path}{query}\n"
    return Command(
        holder=holder_of(principal),
        actor=principal.actor,
        key=key,
        request_hash=sha256_of(operation.encode() + await request.body()),
        status=request.scope["route"].status_code or 200,
        response=response,
    )


KeyedCommand = Annotated[Command, Depends(get_command)]
