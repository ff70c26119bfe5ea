"""A correction of accepted values after the cut-off: a restatement with its reason, never an edit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import (
    Content,
    FiledValue,
    FilingHasErrors,
    FilingKind,
    Step,
    check_step,
)
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import (
    FilingWithContent,
    findings_of,
    lock_filing,
    with_content,
)
from shared.data.events import append_event
from shared.errors import Item
from shared.web.principals import Principal


async def restate_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    values: Sequence[FiledValue],
    facts: dict[str, str],
    reason: str,
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """Replaces single values (and facts) of an accepted filing; earlier snapshots keep the old ones."""
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    check_step(seen.filing, Step.RESTATED)
    merged = {value.key: value for value in seen.content.values} | {value.key: value for value in values}
    content = Content(
        values=tuple(merged[key] for key in sorted(merged)),
        facts={**seen.content.facts, **facts},
        waivers=seen.content.waivers,
    )
    errors = [
        finding
        for finding in findings_of(content, seen.round, seen.around)
        if finding.stops and not finding.waivable
    ]
    if errors:
        raise FilingHasErrors(
            f"更正后的 {code} 有 {len(errors)} 处错误",
            f"The restated {code} has {len(errors)} error(s)",
            items=[Item(field=f"{e.indicator}.{e.data_year}", rule=e.rule, zh=e.zh, en=e.en) for e in errors],
        )
    changed = replace(
        seen.filing,
        version=seen.filing.version + 1,
        content_hash=content.hash(cluster=seen.filing.cluster_code, round_code=seen.filing.round_code),
    )
    await filings.replace_content(session, changed, seen.content, content)
    await filings.add_step(
        session,
        changed,
        Step.RESTATED,
        actor=actor.actor,
        unit=actor.unit,
        business_date=today,
        content=content,
        note=reason,
    )
    await append_event(
        session,
        f"{kind.value}.restated",
        subject=code,
        actor=actor.actor,
        data={"content_hash": changed.content_hash, "values": len(values)},
    )
    return await with_content(session, changed)
