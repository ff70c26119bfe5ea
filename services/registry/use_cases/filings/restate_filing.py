"""A correction of accepted values after the cut-off: a restatement with its reason, never an edit."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import FiledValue
from services.registry.domain.filings.filing import FilingKind, Step
from services.registry.domain.filings.restatement import restated, restated_content
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import (
    FilingWithContent,
    findings_of,
    lock_filing,
    with_content,
)
from services.registry.use_cases.filings.record_step import record_step
from shared.documents.canonical import Json
from shared.web.principals import Principal


async def restate_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    values: Sequence[FiledValue],
    facts: Mapping[str, str],
    reason: str,
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """Replaces single values (and facts) of an accepted filing; earlier snapshots keep the old ones."""
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    content = restated_content(seen.content, values, facts)
    changed = restated(seen.filing, content, findings_of(content, seen.round, seen.around))
    await filings.replace_content(session, changed, seen.content, content)
    data: dict[str, Json] = {"content_hash": changed.content_hash, "values": len(values)}
    await record_step(
        session, changed, Step.RESTATED, today=today, actor=actor, data=data, content=content, note=reason
    )
    return await with_content(session, changed)
