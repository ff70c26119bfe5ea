"""The report of a plan by cluster and by county, page by page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import ClusterDesignation
from services.registry.domain.plan_report.records import (
    ClusterRecord,
    CountyRecord,
    StatusThen,
    YearFigure,
    holding,
)
from services.registry.domain.programme.documents import Indicator, Programme
from services.registry.domain.programme.measures import COUNTY_YEARS
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.fields import NUMERIC, Field
from services.registry.storage import clusters, designations, plan_report, programmes, reference
from services.registry.storage.plan_report import FigureRow
from services.registry.use_cases.plan_report.show_report import PlanSpan, plan_span
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal

#: What a county's register says of it, apart from the year.
_COUNTY_FIELDS: Final[Mapping[str, Field]] = {
    spec.code: spec for spec in register_of(COUNTY_YEARS).own if spec.kind in NUMERIC
}


async def list_cluster_records(
    session: AsyncSession, programme: str, page: PageRequest, *, today: date, actor: Principal
) -> Listed[ClusterRecord]:
    """Of every cluster that was decided on, in the order of codes."""
    span = await plan_span(session, programme, today=today, actor=actor)
    after = cursor_text(page.after)
    codes = await designations.decided_clusters(
        session, programme, span.day, after=after, limit=page.limit + 1
    )
    named = await clusters.get_clusters(session, codes, on=span.day)
    start = _by_cluster(await designations.designations_as_of(session, programme, _first_day(span)))
    end = _by_cluster(await designations.designations_as_of(session, programme, span.day))
    decisions = defaultdict(list)
    for own in await designations.decisions_on_clusters(session, programme, codes, span.day):
        decisions[own.cluster_code].append(own)
    figures = await _figures_of_clusters(session, span, codes)
    rules = span.programme.designation
    divisions = await reference.load_divisions(session)
    records = [
        ClusterRecord(
            code,
            named[code].name,
            divisions.on(named[code].county_code, span.day).code,
            StatusThen.of(start.get(code), rules),
            StatusThen.of(end.get(code), rules),
            decisions[code],
            figures.get(code, []),
        )
        for code in codes
    ]
    return Listed.cut(records, page, lambda record: [record.cluster])


async def list_county_records(
    session: AsyncSession, programme: str, page: PageRequest, *, today: date, actor: Principal
) -> Listed[CountyRecord]:
    """Of every county that takes part, in the order of the codes under which they are kept; one with nothing is listed,
    too. A recoded county is called as on the day of the report."""
    span = await plan_span(session, programme, today=today, actor=actor)
    after = cursor_text(page.after) or ""
    divisions = await reference.load_divisions(session)
    counties = {
        code: county
        for code, county in divisions.counties_on(span.day).items()
        if span.programme.in_scope(divisions.codes_of(code), on=span.day)
    }
    codes = sorted(code for code in counties if code > after)[: page.limit + 1]
    county_of = await clusters.counties_of_clusters(session)
    start = await designations.designations_as_of(session, programme, _first_day(span))
    end = await designations.designations_as_of(session, programme, span.day)
    held_at_start = Counter(county_of[code] for code in holding(start))
    held_at_end = Counter(county_of[code] for code in holding(end))
    own_clusters = [code for code, county in county_of.items() if county in set(codes)]
    decided = await designations.decisions_on_clusters(session, programme, own_clusters, span.day)
    decisions = Counter(county_of[own.cluster_code] for own in decided)
    rows = await plan_report.county_figures(
        session, codes, fields=list(_COUNTY_FIELDS), years=list(span.years)
    )
    figures = _grouped(rows, {code: (spec.zh, spec.en, spec.unit) for code, spec in _COUNTY_FIELDS.items()})
    records = [
        CountyRecord(
            code,
            counties[code].code,
            counties[code].name,
            held_at_start[code],
            held_at_end[code],
            decisions[code],
            figures.get(code, []),
        )
        for code in codes
    ]
    return Listed.cut(records, page, lambda record: [record.kept_under])


def _first_day(span: PlanSpan) -> date:
    return min(span.programme.effective_from, span.day)


def _by_cluster(held: Iterable[ClusterDesignation]) -> dict[str, ClusterDesignation]:
    return {own.cluster_code: own for own in held}


async def _figures_of_clusters(
    session: AsyncSession, span: PlanSpan, codes: Sequence[str]
) -> dict[str, list[YearFigure]]:
    """The main figures: what the targets measure, from accepted filings."""
    document = span.programme
    catalogue = await programmes.get_catalogue(session, document.programme, document.version)
    known = {} if catalogue is None else catalogue.by_code()
    measured = _measured_indicators(document, known)
    rows = await plan_report.accepted_figures(
        session, document.programme, codes, indicators=list(measured), years=span.years
    )
    return _grouped(rows, {code: (own.zh, own.en, own.unit) for code, own in measured.items()})


def _measured_indicators(document: Programme, known: Mapping[str, Indicator]) -> dict[str, Indicator]:
    named = {
        code
        for target in document.targets
        if target.measure is not None
        for code in target.measure.named_indicators()
    }
    return {code: known[code] for code in sorted(named & known.keys())}


def _grouped(
    rows: Iterable[FigureRow], words: Mapping[str, tuple[str, str, str]]
) -> dict[str, list[YearFigure]]:
    found: dict[str, list[YearFigure]] = defaultdict(list)
    for row in rows:
        found[row.owner].append(YearFigure(row.code, *words[row.code], row.year, row.value))
    return found
