"""Filings of one round that are handled at once: all of them or none."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, FilingKind, Step, check_step
from services.registry.domain.filings.rounds import Round, one_round
from services.registry.storage.filings import contents, filings
from services.registry.use_cases.filings.load_filing import visible
from services.registry.use_cases.rounds import round_of
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Together:
    """Filings in the order of their codes, locked until the transaction ends, with their contents."""

    filings: list[Filing]
    contents: dict[str, Content]
    round: Round


async def lock_together(
    session: AsyncSession,
    codes: Collection[str],
    *,
    kind: FilingKind,
    step: Step,
    today: date,
    actor: Principal,
) -> Together:
    """Refuses filings of several rounds, and any for which the step is not possible now."""
    locked = await filings.lock_filings(session, codes)
    found = [visible(locked.get(code), kind=kind, actor=actor) for code in sorted(set(codes))]
    current = await round_of(session, one_round(found))
    current.check_before_cut_off(today)
    for entry in found:
        check_step(entry, step)
    return Together(found, await contents.load_contents(session, codes), current)
