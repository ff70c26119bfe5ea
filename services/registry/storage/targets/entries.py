"""Units that are entries of a register of clusters, such as brands, and units that are counties."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.domain.programme.measures import (
    COUNTY_YEARS,
    CountyClusters,
    CountyEntries,
    CountyRatio,
    EntriesOfClusters,
)
from services.registry.domain.registers.declared import register_of
from services.registry.storage.registers.facts import another_fact, any_of, number_of, text_of
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.reference import division
from services.registry.storage.tables.registers import register_fact as fact
from services.registry.storage.targets.cluster_figures import stated_figures, with_stated
from services.registry.storage.targets.rows import (
    ONE,
    ZERO,
    Column,
    Rows,
    YearOfLine,
    all_clusters,
    entries_of,
    first_true,
    rounded,
    unit,
    wanted,
    within,
)

#: What a unit of a register is called; any other is an entry.
_KINDS = {
    "brands": "brand",
    "projects": "project",
    "parks": "park",
    "cluster-parks": "park",
    "enterprises": "firm",
}
_WAIVER = "waiver_reason"


def entries(measure: EntriesOfClusters, of: YearOfLine) -> Rows:
    stated = stated_figures(measure.indicator, measure.sources, of)
    code: Column = fact.c.key
    if measure.distinct_by is not None:
        code = sa.func.coalesce(text_of(fact, measure.distinct_by), fact.c.key)
    grouped = (
        sa.select(
            code.label("code"),
            sa.func.min(fact.c.name).label("name"),
            sa.func.min(fact.c.county_code).label("county_code"),
            all_clusters(text_of(fact, "cluster")).label("clusters"),
            sa.func.bool_or(wanted(fact, measure.where)).label("counts"),
        )
        .where(entries_of(measure.register_code, fact, of.asked), of.asked.of_clusters(fact))
        .group_by(code)
        .cte(f"entry_{of.asked.year}")
    )
    rows = sa.select(
        *unit(
            kind=_KINDS.get(measure.register_code, "entry"),
            code=grouped.c.code,
            name=grouped.c.name,
            county=grouped.c.county_code,
            clusters=grouped.c.clusters,
            state=first_true((grouped.c.counts, "counted"), otherwise="not_counted"),
            reason=first_true((~grouped.c.counts, "not-wanted"), otherwise=None),
        )
    )
    known = sa.select(sa.func.unnest(grouped.c.clusters))
    return with_stated(rows, grouped.c.clusters, known, stated, of)


def county_share(measure: CountyRatio, of: YearOfLine) -> Rows:
    """Each county with its own denominator; of which nothing is stated, it is unknown."""
    county, year = _counties(of), another_fact()
    part, whole = number_of(year, measure.part), number_of(year, measure.whole)
    share = part * 100 / sa.func.nullif(whole, 0)
    unknown = share.is_(None)
    reached = sa.true() if of.bounds is None else within(share, of.bounds)
    return sa.select(
        *_county_unit(
            county,
            value=rounded(share),
            part=part,
            whole=whole,
            state=first_true((unknown, "unknown"), (reached, "counted"), otherwise="not_counted"),
            reference=text_of(year, measure.stated_in),
            reason=first_true((unknown, "no-figure"), (~reached, "outside"), otherwise=None),
        )
    ).select_from(_named(county).outerjoin(year, of.asked.year_of(year, COUNTY_YEARS, county.c.code)))


def county_entries(measure: CountyEntries, of: YearOfLine) -> Rows:
    register, chosen = register_of(measure.register_code), wanted(fact, measure.where)
    number: Column = sa.func.count().filter(chosen)
    if measure.total_of is not None:
        number = sa.func.sum(number_of(fact, measure.total_of)).filter(chosen)
    waived = text_of(fact, _WAIVER).is_not(None) if register.field(_WAIVER) else sa.false()
    found = (
        sa.select(fact.c.county_code, number.label("number"), sa.func.bool_or(waived).label("waived"))
        .where(entries_of(register.code, fact, of.asked), any_of(fact.c.county_code, of.counties))
        .group_by(fact.c.county_code)
        .subquery()
    )
    return _kept_to(measure, found, of)


def county_clusters(measure: CountyClusters, of: YearOfLine) -> Rows:
    chosen = cluster.c.in_focus if measure.in_focus else sa.true()
    statement = (
        sa.select(
            cluster.c.county_code,
            sa.func.count().label("number"),
            sa.func.bool_or(cluster.c.waiver_reason.is_not(None)).label("waived"),
        )
        .where(any_of(cluster.c.county_code, of.counties), cluster.c.registered_on <= of.asked.day, chosen)
        .group_by(cluster.c.county_code)
    )
    if of.asked.known_at is not None:
        statement = statement.where(cluster.c.recorded_at <= of.asked.known_at)
    return _kept_to(measure, statement.subquery(), of)


def _kept_to(measure: CountyEntries | CountyClusters, found: sa.Subquery, of: YearOfLine) -> Rows:
    """Whether each county has enough and not too many; a reason (waiver) excuses too many."""
    county = _counties(of)
    number = sa.cast(sa.func.coalesce(found.c.number, 0), sa.Numeric)
    waived = sa.func.coalesce(found.c.waived, sa.false())
    too_few = number < measure.minimum
    too_many = sa.false() if measure.cap is None else number > getattr(of.caps, measure.cap)
    above_cap = sa.and_(too_many, ~waived)
    wrong = sa.or_(too_few, above_cap)
    return sa.select(
        *_county_unit(
            county,
            value=number,
            part=sa.case((wrong, ZERO), else_=ONE),
            state=first_true((wrong, "not_counted"), otherwise="counted"),
            reason=first_true(
                (too_few, "too-few"), (above_cap, "above-cap"), (too_many, "waived"), otherwise=None
            ),
        )
    ).select_from(_named(county).outerjoin(found, found.c.county_code == county.c.code))


def _counties(of: YearOfLine) -> sa.TableValuedAlias:
    codes = sa.literal(list(of.counties), ARRAY(sa.Text))
    return sa.func.unnest(codes).table_valued(sa.column("code", sa.Text)).render_derived("county")


def _named(county: sa.TableValuedAlias) -> sa.Join:
    return sa.join(county, division, division.c.code == county.c.code)


def _county_unit(county: sa.TableValuedAlias, **more: Column | None) -> list[Column]:
    return unit(kind="county", code=county.c.code, name=division.c.name, county=county.c.code, **more)
