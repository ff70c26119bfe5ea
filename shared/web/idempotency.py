"""Commands that are done once, however often they are sent.

A client names its command with an ``Idempotency-Key``. The key is claimed in the transaction of the change
and never expires. The same key with the same content gets the stored answer, also while an upstream service
is down; the same key with other content is refused. Two requests at once: the second waits for the first
one's commit, then gets its answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import utc_now
from shared.data.database import PLUMBING, Database
from shared.documents.canonical import document_hash
from shared.errors import Kind, Refusal
from shared.web.auth import get_principal
from shared.web.principals import Principal

idempotency_record = sa.Table(
    "idempotency_record",
    PLUMBING,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("answer", JSONB, nullable=True),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
)


class IdempotencyKeyReused(Refusal):
    kind = Kind.INVALID
    code = "idempotency-key-reused"


Answer = TypeVar("Answer", bound=BaseModel)
Fetched = TypeVar("Fetched")


@dataclass(frozen=True, slots=True)
class Command:
    """One keyed command of one person, also where a service acts for them; ``operation`` is its method and path."""

    subject: str
    key: str
    operation: str

    async def stored_answer(
        self, session: AsyncSession, body: BaseModel | None, model: type[Answer]
    ) -> Answer | None:
        """The answer given before, if any; for a command that calls upstream between two transactions."""
        row = (
            await session.execute(
                sa.select(idempotency_record.c.request_hash, idempotency_record.c.answer).where(
                    idempotency_record.c.subject == self.subject, idempotency_record.c.key == self.key
                )
            )
        ).one_or_none()
        if row is None:
            return None
        if row.request_hash != self._request_hash(body):
            raise IdempotencyKeyReused(
                "这个 Idempotency-Key 已用于另一个请求", "This Idempotency-Key was used for another request"
            )
        return model.model_validate(row.answer)

    async def once(
        self,
        session: AsyncSession,
        body: BaseModel | None,
        model: type[Answer],
        action: Callable[[], Awaitable[object]],
    ) -> Answer:
        """Does ``action`` and keeps its answer under the key, or gives the answer kept before.

        What ``action`` returns is read by its attributes into ``model``.
        """
        claimed = await session.scalar(
            insert(idempotency_record)
            .values(
                subject=self.subject,
                key=self.key,
                request_hash=self._request_hash(body),
                recorded_at=utc_now(),
            )
            .on_conflict_do_nothing()
            .returning(idempotency_record.c.key)
        )
        if claimed is None:
            answer = await self.stored_answer(session, body, model)
            if answer is None:  # pragma: no cover - the conflicting row is committed, so it can be read
                raise RuntimeError("a claimed idempotency key has no record")
            return answer
        answer = model.model_validate(await action(), from_attributes=True)
        await session.execute(
            sa.update(idempotency_record)
            .where(idempotency_record.c.subject == self.subject, idempotency_record.c.key == self.key)
            .values(answer=answer.model_dump(mode="json"))
        )
        return answer

    async def once_with_calls(
        self,
        database: Database,
        body: BaseModel | None,
        model: type[Answer],
        fetch: Callable[[], Awaitable[Fetched]],
        store: Callable[[AsyncSession, Fetched], Awaitable[object]],
    ) -> Answer:
        """The same for a command that calls another service or computes for long, both outside of any transaction.

        ``store`` checks again what may have changed meanwhile. A repetition works while the other service is down.
        """
        async with database.transaction() as session:
            answered = await self.stored_answer(session, body, model)
        if answered is not None:
            return answered
        fetched = await fetch()
        async with database.transaction() as session:
            return await self.once(session, body, model, lambda: store(session, fetched))

    def _request_hash(self, body: BaseModel | None) -> str:
        content = None if body is None else body.model_dump_json()
        return document_hash({"operation": self.operation, "body": content})


async def get_command(
    request: Request,
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
    return Command(subject=principal.actor, key=key, operation=f"{request.method} {request.url.path}")


KeyedCommand = Annotated[Command, Depends(get_command)]
