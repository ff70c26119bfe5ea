"""Reads a filing with its content, findings and history, for those whose division covers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.checks.figures import Finding, Surroundings
from services.registry.domain.filings.checks.values import check_content
from services.registry.domain.filings.content import Content, FigureKey
from services.registry.domain.filings.departments import unconfirmed_departments
from services.registry.domain.filings.filing import Filing, FilingKind
from services.registry.domain.filings.history import RecordedStep
from services.registry.domain.filings.rounds import Round
from services.registry.storage.filings import contents, filings, steps
from services.registry.use_cases.derived.derive_indicators import surroundings_of
from services.registry.use_cases.rounds import round_of
from shared.errors import NotFound
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class FilingWithContent:
    filing: Filing
    round: Round
    content: Content
    findings: Sequence[Finding]
    confirmed: Mapping[FigureKey, str]
    around: Surroundings

    @property
    def unconfirmed(self) -> frozenset[str]:
        """The departments that have still to confirm a figure."""
        return unconfirmed_departments(self.round.indicators(), self.confirmed.keys(), self.content.values)


async def load_filing(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> FilingWithContent:
    return await with_content(
        session, visible(await filings.get_filing(session, code), kind=kind, actor=actor)
    )


async def lock_filing(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> FilingWithContent:
    """The same, locked until the transaction ends."""
    locked = await filings.lock_filings(session, [code])
    return await with_content(session, visible(locked.get(code), kind=kind, actor=actor))


async def load_steps(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> list[RecordedStep]:
    await check_visible(session, code, kind=kind, actor=actor)
    return await steps.list_steps(session, code)


async def check_visible(session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal) -> None:
    visible(await filings.get_filing(session, code), kind=kind, actor=actor)


def visible(found: Filing | None, *, kind: FilingKind, actor: Principal) -> Filing:
    """Another county's filing is as if it did not exist."""
    if found is None or found.kind is not kind or not actor.covers(found.division_path):
        raise NotFound(
            "申报" if kind is FilingKind.APPLICATION else "年度填报",
            "application" if kind is FilingKind.APPLICATION else "annual return",
        )
    return found


async def with_content(session: AsyncSession, found: Filing) -> FilingWithContent:
    current = await round_of(session, found.round_code)
    content = (await contents.load_contents(session, [found.code]))[found.code]
    around = await surroundings_of(session, current, cluster_code=found.cluster_code)
    return FilingWithContent(
        filing=found,
        round=current,
        content=content,
        findings=findings_of(content, current, around),
        around=around,
        confirmed=(await contents.confirmed_keys(session, [found.code]))[found.code],
    )


def findings_of(content: Content, current: Round, around: Surroundings) -> list[Finding]:
    return check_content(
        content,
        programme=current.programme,
        catalogue=current.indicators(),
        data_year=current.dates.data_year,
        around=around,
    )
