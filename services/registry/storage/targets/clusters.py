"""Units that are clusters, firms of clusters, entries of clusters and parks of clusters."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from services.registry.domain.programme.measures import (
    ENTERPRISE_YEARS,
    ENTERPRISES,
    PARK_YEARS,
    PARKS,
    QUALIFICATIONS,
    ClusterCoverage,
    ClustersAbove,
    Firms,
    FirmShare,
    ParkRatioGrowth,
)
from services.registry.storage.registers.facts import another_fact, any_of, holds, number_of, text_of
from services.registry.storage.tables.programme import cluster
from services.registry.storage.tables.registers import register_fact as fact
from services.registry.storage.targets.cluster_figures import cluster_figures, stated_figures, with_stated
from services.registry.storage.targets.rows import (
    ONE,
    ZERO,
    Column,
    Rows,
    YearOfLine,
    above,
    all_clusters,
    cluster_unit,
    entries_of,
    first_true,
    rounded,
    silent_clusters,
    unit,
    wanted,
)


def designated(of: YearOfLine) -> Rows:
    return sa.select(*cluster_unit()).where(any_of(cluster.c.code, of.asked.clusters))


def clusters_above(measure: ClustersAbove, of: YearOfLine) -> Rows:
    found = cluster_figures(measure.indicator, measure.sources, of)
    unknown, reached = found.c.value.is_(None), above(found.c.value, measure.threshold)
    higher = sa.false() if of.next_tier is None else above(found.c.value, measure.threshold, of.next_tier)
    left_out = sa.or_(~reached, higher)
    return sa.select(
        *cluster_unit(
            value=found.c.value,
            state=first_true((unknown, "unknown"), (left_out, "not_counted"), otherwise="counted"),
            source=found.c.source,
            reference=found.c.reference,
            reason=first_true((unknown, "no-figure"), (~reached, "not-above"), (higher, "higher-tier"), otherwise=None),
        )
    ).join(found, found.c.cluster == cluster.c.code)  # fmt: skip


def firms(measure: Firms, of: YearOfLine) -> Rows:
    """Each firm once; the firms of a cluster with a stated figure are within that figure."""
    stated = stated_figures(measure.indicator, measure.sources, of)
    held, firm, year = _held_firms(of), another_fact(), another_fact()
    joined = held.outerjoin(firm, _enterprise(firm, held.c.firm, of))
    value: Column | None = None
    if measure.own is None:
        unknown: Column = sa.false()
        counts, otherwise = _has_any(measure.qualifications, held.c.firm, of), "not-qualified"
    else:
        joined = joined.outerjoin(year, of.asked.year_of(year, ENTERPRISE_YEARS, held.c.firm))
        value = number_of(year, measure.own.field)
        unknown = value.is_(None)
        counts, otherwise = above(value, measure.own.threshold), "not-above"
    rows = sa.select(
        *_firm_unit(
            held,
            firm,
            value=value,
            state=first_true((unknown, "unknown"), (counts, "counted"), otherwise="not_counted"),
            reason=sa.case(
                (counts, sa.null()), else_=first_true((unknown, "no-figure"), otherwise=otherwise)
            ),
        )
    ).select_from(joined)
    known = sa.select(sa.func.unnest(held.c.clusters))
    return with_stated(rows, held.c.clusters, known, stated, of)


def firm_share(measure: FirmShare, of: YearOfLine) -> Rows:
    held, firm = _held_firms(of), another_fact()
    unknown, filled = firm.c.id.is_(None), text_of(firm, measure.filled).is_not(None)
    rows = sa.select(
        *_firm_unit(
            held,
            firm,
            part=sa.case((filled, ONE), else_=ZERO),
            state=first_true((unknown, "unknown"), (filled, "counted"), otherwise="not_counted"),
            reference=text_of(firm, measure.filled),
            reason=first_true((unknown, "nothing-registered"), (~filled, "not-filled"), otherwise=None),
        )
    ).select_from(held.outerjoin(firm, _enterprise(firm, held.c.firm, of)))
    return sa.union_all(rows, silent_clusters(of, heard=[sa.select(sa.func.unnest(held.c.clusters))]))


def coverage(measure: ClusterCoverage, of: YearOfLine) -> Rows:
    """A cluster without any entry lacks what is asked for: that is known, not unknown."""
    stated = stated_figures(measure.indicator, measure.sources, of)
    named = text_of(fact, "cluster")
    entries = (
        sa.select(named.label("cluster"), sa.func.count().filter(wanted(fact, measure.where)).label("number"))
        .where(entries_of(measure.register_code, fact, of.asked), of.asked.of_clusters(fact))
        .group_by(named)
        .subquery()
    )
    joined: sa.FromClause = cluster.outerjoin(entries, entries.c.cluster == cluster.c.code)
    number: Column = sa.cast(sa.func.coalesce(entries.c.number, 0), sa.Numeric)
    source = reference = None
    if stated is not None:
        joined = joined.outerjoin(stated, stated.c.cluster == cluster.c.code)
        number = sa.func.coalesce(stated.c.value, number)
        source = sa.func.coalesce(stated.c.source, "registers")
        reference = stated.c.reference
    covered = number >= measure.minimum
    return (
        sa.select(
            *cluster_unit(
                value=number,
                part=sa.case((covered, ONE), else_=ZERO),
                state=first_true((covered, "counted"), otherwise="not_counted"),
                source=source,
                reference=reference,
                reason=first_true((~covered, "too-few"), otherwise=None),
            )
        )
        .select_from(joined)
        .where(any_of(cluster.c.code, of.asked.clusters))
    )


def parks(measure: ParkRatioGrowth, of: YearOfLine) -> Rows:
    """Each park once, also if it holds two clusters."""
    named = text_of(fact, "park")
    linked = (
        sa.select(named.label("park"), all_clusters(text_of(fact, "cluster")).label("clusters"))
        .where(entries_of("cluster-parks", fact, of.asked), of.asked.of_clusters(fact))
        .group_by(named)
        .cte(f"linked_{of.asked.year}")
    )
    park, year = another_fact(), another_fact()
    part, whole = number_of(year, measure.part), number_of(park, measure.whole)
    unknown = sa.or_(part.is_(None), whole.is_(None), whole == 0)
    rows = sa.select(
        *unit(
            kind="park",
            code=linked.c.park,
            name=park.c.name,
            county=park.c.county_code,
            clusters=linked.c.clusters,
            value=rounded(part / sa.func.nullif(whole, 0)),
            part=part,
            whole=whole,
            state=first_true((unknown, "unknown"), otherwise="counted"),
            reason=first_true((unknown, "no-figure"), otherwise=None),
        )
    ).select_from(
        linked.outerjoin(
            park, sa.and_(entries_of(PARKS, park, of.asked), park.c.key == linked.c.park)
        ).outerjoin(year, of.asked.year_of(year, PARK_YEARS, linked.c.park))
    )
    return sa.union_all(rows, silent_clusters(of, heard=[sa.select(sa.func.unnest(linked.c.clusters))]))


def _held_firms(of: YearOfLine) -> sa.CTE:
    """The firms of the clusters on the day, each once, with its clusters."""
    member = of.asked.members()
    return (
        sa.select(member.c.firm, all_clusters(member.c.cluster).label("clusters"))
        .group_by(member.c.firm)
        .cte(f"held_{of.asked.year}")
    )


def _enterprise(firm: sa.FromClause, code: Column, of: YearOfLine) -> Column:
    return sa.and_(
        firm.c.register == ENTERPRISES, firm.c.key == code, of.asked.believed(firm), holds(firm, of.asked.day)
    )


def _firm_unit(held: sa.CTE, firm: sa.FromClause, **more: Column | None) -> list[Column]:
    return unit(
        kind="firm",
        code=held.c.firm,
        name=firm.c.name,
        county=firm.c.county_code,
        clusters=held.c.clusters,
        **more,
    )


def _has_any(kinds: tuple[str, ...], firm: Column, of: YearOfLine) -> Column:
    """Looked up by key; as known at an earlier moment, for which there is no index, read as a whole and hashed."""
    title = another_fact()
    if of.asked.known_at is not None:
        titled = sa.select(text_of(title, "enterprise")).where(
            title.c.register == QUALIFICATIONS,
            any_of(text_of(title, "kind"), kinds),
            of.asked.believed(title),
            holds(title, of.asked.day),
        )
        return firm.in_(titled)
    keys = array([firm + f"|{kind}" for kind in kinds])
    return sa.exists().where(
        title.c.register == QUALIFICATIONS,
        title.c.key == sa.any_(keys),
        of.asked.believed(title),
        holds(title, of.asked.day),
    )
