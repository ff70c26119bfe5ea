"""A third-party evaluator checks figures on the spot and records the original and the confirmed value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.filings.on_site import OnSiteCheck, checkable_value
from services.registry.storage.filings import on_site_checks
from services.registry.use_cases.filings.load_filing import check_visible, lock_filing
from shared.data.events import append_event
from shared.text.identifiers import new_id
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class FoundOnSite:
    """What an evaluator found in place of a filed figure, and on what grounds."""

    indicator: str
    data_year: int
    confirmed: Decimal
    note: str


async def check_on_site(
    session: AsyncSession, code: str, found: FoundOnSite, *, kind: FilingKind, today: date, actor: Principal
) -> OnSiteCheck:
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    filed = checkable_value(
        seen.filing,
        seen.content,
        seen.round.indicators().by_code(),
        indicator=found.indicator,
        data_year=found.data_year,
        confirmed=found.confirmed,
    )
    check = OnSiteCheck(
        id=new_id(),
        filing_code=code,
        indicator=found.indicator,
        data_year=found.data_year,
        original=filed.value,
        confirmed=found.confirmed,
        note=found.note,
        checked_by=actor.subject,
        unit=actor.unit,
        business_date=today,
    )
    await on_site_checks.add_on_site_check(session, check)
    await append_event(
        session,
        f"{kind.value}.checked_on_site",
        subject=code,
        actor=actor.actor,
        data={
            "indicator": found.indicator,
            "data_year": found.data_year,
            "differs": filed.value != found.confirmed,
        },
    )
    return check


async def checks_of(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> Sequence[OnSiteCheck]:
    """All checks of a filing, oldest first."""
    await check_visible(session, code, kind=kind, actor=actor)
    return await on_site_checks.on_site_checks(session, [code])
