"""The report of a plan: its lines by year, what ends on its last day, and what passes to the one that follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.plan_report.leftovers import Leftover, leftovers
from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.tasks import tasks_of
from services.registry.domain.targets.view import Wish
from services.registry.storage import clusters, designations, programmes, tasks
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from services.registry.use_cases.targets.line_reader import programme_reader
from services.registry.use_cases.targets.show_targets import TargetTable, table_of
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class PlanSpan:
    """A plan and the day that its report is of: its last one, or today where that is earlier."""

    programme: Programme
    day: date

    @property
    def years(self) -> list[int]:
        """Those of the plan that have begun."""
        return [year for year in self.programme.plan_years if year <= self.day.year]


@dataclass(frozen=True, slots=True)
class PlanReport:
    """``years``: the targets of each year; ``successor_known``: whether the programme that follows is published."""

    span: PlanSpan
    is_over: bool
    successor_known: bool
    years: Sequence[TargetTable]
    left: Sequence[Leftover]


async def plan_span(session: AsyncSession, programme: str, *, today: date, actor: Principal) -> PlanSpan:
    await require_own_programme(session, programme, actor)
    document = await newest_programme(session, programme)
    return PlanSpan(document, min(today, document.ends_on))


async def show_report(session: AsyncSession, programme: str, *, today: date, actor: Principal) -> PlanReport:
    """Before the end, as far as it is known today: what would be left if the plan ended now."""
    span = await plan_span(session, programme, today=today, actor=actor)
    years = []
    for year in span.years:
        wish = Wish(year=year, as_of=None, known_at=None, division=None)
        years.append(await table_of(await programme_reader(session, programme, wish, today=span.day)))
    follows = span.programme.successor
    known = follows is not None and await programmes.division_of(session, follows.programme) is not None
    return PlanReport(span, today > span.programme.ends_on, known, years, await _left(session, span))


async def _left(session: AsyncSession, span: PlanSpan) -> list[Leftover]:
    document = span.programme
    held = await designations.designations_as_of(session, document.programme, span.day)
    named = await clusters.get_clusters(session, [own.cluster_code for own in held], on=span.day)
    open_tasks = tasks_of(document, await tasks.newest_notes(session, document.programme), today=span.day)
    return leftovers(document, held, {code: own.name for code, own in named.items()}, open_tasks)
