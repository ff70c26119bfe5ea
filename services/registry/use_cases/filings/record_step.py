"""Every step of a filing leaves a row in its history and an event, in the transaction of the change."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, Step
from services.registry.domain.filings.send_back import FieldReason
from services.registry.storage.filings.steps import add_step
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def record_step(
    session: AsyncSession,
    changed: Filing,
    step: Step,
    *,
    today: date,
    actor: Principal,
    data: Mapping[str, Json],
    content: Content | None = None,
    note: str | None = None,
    reasons: Sequence[FieldReason] = (),
) -> None:
    """``data`` is what the event tells; ``content`` is kept where the step changed it."""
    await add_step(
        session,
        changed,
        step,
        actor=actor.actor,
        unit=actor.unit,
        business_date=today,
        content=content,
        note=note,
        reasons=reasons,
    )
    await append_event(
        session, f"{changed.kind.value}.{step.value}", subject=changed.code, actor=actor.actor, data=data
    )
