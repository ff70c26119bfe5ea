"""Units behind a figure: every measure selects the same columns, so that sums and lists are of the very same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.domain.derived.rules import Derivation
from services.registry.domain.programme.documents import Caps
from services.registry.domain.programme.measures import Threshold, Where
from services.registry.domain.registers.declared import register_of
from services.registry.domain.targets.judgement import Bounds
from services.registry.storage.clusters import name_of_cluster
from services.registry.storage.derived.statements import Asked
from services.registry.storage.registers.facts import Fact, any_of, holds, text_of
from services.registry.storage.tables.programme import cluster

Column = sa.ColumnElement[Any]
Statement = sa.Select[*tuple[Any, ...]]
Rows = Statement | sa.CompoundSelect[*tuple[Any, ...]]
ONE = sa.literal(1, sa.Numeric)
ZERO = sa.literal(0, sa.Numeric)


@dataclass(frozen=True, slots=True)
class YearOfLine:
    """What a measure is asked for: clusters and day, counties, and what else of the programme it looks at."""

    asked: Asked
    counties: Sequence[str]
    programme: str
    derivations: Mapping[str, Derivation]
    caps: Caps
    bounds: Bounds | None
    next_tier: Decimal | None


def unit(
    *,
    kind: str,
    code: Column,
    name: Column,
    county: Column,
    clusters: Column | None = None,
    value: Column | None = None,
    part: Column | None = None,
    whole: Column | None = None,
    state: Column | None = None,
    source: Column | None = None,
    reference: Column | None = None,
    reason: Column | None = None,
) -> list[Column]:
    """The columns of a unit; without a state it is counted, without a part it counts as one."""
    return [
        sa.literal(kind, sa.Text).label("kind"),
        sa.cast(code, sa.Text).label("code"),
        sa.cast(name, sa.Text).label("name"),
        sa.cast(county, sa.Text).label("county_code"),
        sa.cast(clusters if clusters is not None else sa.null(), ARRAY(sa.Text)).label("clusters"),
        sa.cast(value if value is not None else sa.null(), sa.Numeric).label("value"),
        (part if part is not None else ONE).label("part"),
        (whole if whole is not None else ONE).label("whole"),
        (state if state is not None else sa.literal("counted", sa.Text)).label("state"),
        (source if source is not None else sa.literal("registers", sa.Text)).label("source"),
        sa.cast(reference if reference is not None else sa.null(), sa.Text).label("reference"),
        sa.cast(reason if reason is not None else sa.null(), sa.Text).label("reason"),
    ]


def first_true(*cases: tuple[Column, str], otherwise: str | None) -> Column:
    """The text of the first condition that holds."""
    whens = [(condition, sa.literal(text, sa.Text)) for condition, text in cases]
    return sa.case(*whens, else_=sa.null() if otherwise is None else sa.literal(otherwise, sa.Text))


def above(value: Column, threshold: Threshold, limit: Decimal | None = None) -> Column:
    """超 is >, 以上 is >=; ``limit`` instead of the threshold's own value."""
    than = Decimal(threshold.value) if limit is None else limit
    return value > than if threshold.comparison == "more_than" else value >= than


def rounded(quotient: Column) -> Column:
    """As it is shown; what it is compared by stays exact."""
    return sa.func.round(quotient, 6)


def within(value: Column, bounds: Bounds) -> Column:
    asked = []
    if bounds.low is not None:
        asked.append(value > bounds.low if bounds.open_low else value >= bounds.low)
    if bounds.high is not None:
        asked.append(value <= bounds.high)
    return sa.and_(sa.true(), *asked)


def cluster_unit(**more: Column | None) -> list[Column]:
    """The columns of a cluster as a unit of its own."""
    return unit(
        kind="cluster",
        code=cluster.c.code,
        name=name_of_cluster(),
        county=cluster.c.county_code,
        clusters=sa.func.string_to_array(cluster.c.code, "\n"),
        **more,
    )


def silent_clusters(of: YearOfLine, *, heard: Sequence[sa.Select[tuple[str]]]) -> Statement:
    """Clusters of which none of ``heard`` knows anything: their figure is unknown, not zero."""
    return sa.select(
        *cluster_unit(
            part=ZERO,
            whole=ZERO,
            state=sa.literal("unknown", sa.Text),
            reason=sa.literal("nothing-registered", sa.Text),
        )
    ).where(
        any_of(cluster.c.code, of.asked.clusters), *(cluster.c.code.not_in(statement) for statement in heard)
    )


def entries_of(register_code: str, entry: Fact, asked: Asked) -> Column:
    """Entries that hold on the day; of a yearly register those of the year that no correction has ended."""
    when = (
        holds(entry, asked.day)
        if register_of(register_code).field("year") is None
        else sa.and_(entry.c.valid_to.is_(None), text_of(entry, "year") == str(asked.year))
    )
    return sa.and_(entry.c.register == register_code, asked.believed(entry), when)


def wanted(entry: Fact, where: Where) -> Column:
    return sa.and_(sa.true(), *(any_of(text_of(entry, code), words) for code, words in where.items()))


def all_clusters(column: Column) -> Column:
    """Distinct values of a group, in order."""
    return sa.func.array_agg(sa.distinct(column))
