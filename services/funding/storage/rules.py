"""Published incentive rules, as the bytes that were hashed."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.document_form import STANDARD_FORM, DocumentNumberForm
from services.funding.domain.rules.incentive import IncentiveRules, Instrument
from services.funding.domain.rules.vocabulary import ReviewedBy
from services.funding.storage.tables.rules import incentive_version
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one


@dataclass(frozen=True, slots=True)
class RulesVersion:
    incentive: str
    version: str
    programme: str
    division_code: str
    sha256: str
    published_by: str
    published_on: date


@dataclass(frozen=True, slots=True)
class KeptRules(RulesVersion):
    """With the canonical bytes that were hashed."""

    content: bytes

    @property
    def document(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.content)
        return decoded

    @property
    def rules(self) -> IncentiveRules:
        """A published version was checked when it was published."""
        rules, problems = parse_incentive_rules(self.document)
        if rules is None:  # pragma: no cover - the table is append-only
            raise RuntimeError(f"published incentive rules do not parse: {problems[0]}")
        return rules


Said = TypeVar("Said")
_KEPT: Final = sa.select(
    *columns_of(RulesVersion, incentive_version), incentive_version.c.document.label("content")
)


async def add_rules(
    session: AsyncSession,
    rules: IncentiveRules,
    *,
    sha256: str,
    document: bytes,
    division: str,
    published_by: str,
    published_on: date,
) -> bool:
    """Keeps a version; false where the version exists already."""
    added = await session.scalar(
        insert(incentive_version)
        .values(
            incentive=rules.id,
            version=rules.version,
            programme=rules.programme,
            division_code=division,
            sha256=sha256,
            document=document,
            published_by=published_by,
            published_on=published_on,
            recorded_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(incentive_version.c.version)
    )
    return added is not None


async def find_rules(session: AsyncSession, incentive: str, version: str) -> KeptRules | None:
    statement = _KEPT.where(
        incentive_version.c.incentive == incentive, incentive_version.c.version == version
    )
    return await read_one(session, KeptRules, statement)


async def kept_rules(session: AsyncSession, incentive: str, version: str) -> KeptRules:
    """A version that a foreign key holds."""
    found = await find_rules(session, incentive, version)
    if found is None:  # pragma: no cover - a foreign key holds it
        raise RuntimeError(f"the rules {incentive} {version} are missing")
    return found


async def list_rules(session: AsyncSession, *, programme: str | None) -> list[RulesVersion]:
    statement = sa.select(*columns_of(RulesVersion, incentive_version)).order_by(
        incentive_version.c.incentive, incentive_version.c.version
    )
    if programme is not None:
        statement = statement.where(incentive_version.c.programme == programme)
    return await read_all(session, RulesVersion, statement)


async def document_number_form(session: AsyncSession, programme: str | None) -> DocumentNumberForm:
    """What the newest published rules of the programme that speak of it say; else the standard form."""
    found = await _newest_saying(session, {programme}, lambda rules: rules.document_numbers)
    return found.get(programme, STANDARD_FORM)


async def reviewers_asked_for(
    session: AsyncSession, programmes: Collection[str]
) -> Mapping[str | None, ReviewedBy]:
    """Who reviews fund orders of each programme, by its newest published rules that speak of it."""
    return await _newest_saying(session, programmes, lambda rules: rules.orders_reviewed_by)


async def purposes_of(session: AsyncSession, programme: str) -> set[str]:
    """What the published rules of a programme give money for."""
    kept = await read_all(session, KeptRules, _KEPT.where(incentive_version.c.programme == programme))
    return {found.rules.purpose for found in kept}


async def instruments_of(session: AsyncSession, programmes: Collection[str]) -> dict[str, set[str]]:
    """By programme, what its published rules give projects priority for."""
    kept = await read_all(session, KeptRules, _KEPT.where(incentive_version.c.programme.in_(programmes)))
    found: dict[str, set[str]] = {programme: set() for programme in programmes}
    for version in kept:
        found[version.programme] |= {entry.name.code for entry in version.rules.instruments}
    return found


async def newest_instrument(session: AsyncSession, programme: str, code: str) -> Instrument | None:
    """As the programme's newest published rules that have it say; none where no rules have it."""
    return (await _newest_saying(session, {programme}, lambda rules: rules.instrument(code))).get(programme)


async def _newest_saying(
    session: AsyncSession,
    programmes: Collection[str | None],
    said: Callable[[IncentiveRules], Said | None],
) -> Mapping[str | None, Said]:
    """By programme, what its newest rules say that say it at all; one statement."""
    statement = _KEPT.where(
        incentive_version.c.programme.in_([name for name in programmes if name])
    ).order_by(incentive_version.c.recorded_at.desc())
    found: dict[str | None, Said] = {}
    for kept in await read_all(session, KeptRules, statement):
        if kept.programme not in found and (word := said(kept.rules)) is not None:
            found[kept.programme] = word
    return found
