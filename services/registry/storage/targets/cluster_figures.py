"""One figure of each cluster in a year: a department's attested aggregate, an accepted filing's, or the registers'."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from services.registry.domain.derived.rules import (
    CountyShare,
    Derivation,
    Entries,
    InParkShare,
    InvestmentPerMu,
    Members,
    MembersAbove,
    MembersSum,
)
from services.registry.domain.filings.filing import FilingState, Step
from services.registry.domain.programme.measures import Source
from services.registry.storage.derived import statements
from services.registry.storage.registers.facts import any_of
from services.registry.storage.tables.filings import filing, filing_step, filing_value
from services.registry.storage.tables.programme import cluster, filing_round
from services.registry.storage.tables.registers import attested_aggregate
from services.registry.storage.targets.rows import (
    Column,
    Rows,
    Statement,
    YearOfLine,
    cluster_unit,
    silent_clusters,
)

_REGISTERS = "registers"


def cluster_figures(indicator: str, sources: Sequence[Source], of: YearOfLine) -> sa.Subquery:
    """For each cluster: the value of the first source that has one, which source it is, and on what it rests."""
    found = {source: _of_source(source, indicator, of).subquery() for source in sources}
    joined: sa.FromClause = cluster
    for table in found.values():
        joined = joined.outerjoin(table, table.c.cluster == cluster.c.code)
    values = [table.c.value for table in found.values()]
    return (
        sa.select(
            cluster.c.code.label("cluster"),
            sa.func.coalesce(*values).label("value"),
            _first(found, lambda source, _: sa.literal(source, sa.Text)).label("source"),
            _first(found, lambda _, table: table.c.reference).label("reference"),
        )
        .select_from(joined)
        .where(any_of(cluster.c.code, of.asked.clusters))
        .subquery()
    )


def stated_figures(indicator: str | None, sources: Sequence[Source], of: YearOfLine) -> sa.CTE | None:
    """Figures of whole clusters that stand in place of the registers' entries; none if only registers are asked."""
    others = [source for source in sources if source != _REGISTERS]
    if indicator is None or not others:
        return None
    found = cluster_figures(indicator, others, of)
    return sa.select(found).where(found.c.value.is_not(None)).cte(f"stated_{of.asked.year}")


def with_stated(
    rows: Statement, clusters: Column, known: sa.Select[tuple[str]], stated: sa.CTE | None, of: YearOfLine
) -> Rows:
    """Units of the registers, the clusters that state a figure in their place, and those of which nothing is known."""
    if stated is None:
        return sa.union_all(rows, silent_clusters(of, heard=[known]))
    return sa.union_all(
        rows.where(~sa.exists().where(stated.c.cluster == sa.any_(clusters))),
        sa.select(
            *cluster_unit(
                value=stated.c.value,
                part=stated.c.value,
                source=stated.c.source,
                reference=stated.c.reference,
            )
        ).join(stated, stated.c.cluster == cluster.c.code),
        silent_clusters(of, heard=[known, sa.select(stated.c.cluster)]),
    )


def _first(found: dict[Source, sa.Subquery], of: Callable[[Source, sa.Subquery], Column]) -> Column:
    whens = [(table.c.value.is_not(None), of(source, table)) for source, table in found.items()]
    return sa.case(*whens, else_=sa.null())


def _of_source(source: Source, indicator: str, of: YearOfLine) -> Statement:
    match source:
        case "attested":
            return _attested(indicator, of)
        case "filings" if of.asked.known_at is None:
            return _filed(indicator, of)
        case "filings":
            return _filed_then(indicator, of)
        case "registers":
            return _derived(of.derivations[indicator], of)


def _attested(indicator: str, of: YearOfLine) -> Statement:
    attested, known_at = attested_aggregate.c, of.asked.known_at
    statement = sa.select(
        attested.cluster_code.label("cluster"), attested.value, attested.document_number.label("reference")
    ).where(
        any_of(attested.cluster_code, of.asked.clusters),
        attested.indicator == indicator,
        attested.data_year == of.asked.year,
    )
    if known_at is not None:
        statement = statement.where(attested.recorded_at <= known_at)
    return statement.ext(distinct_on(attested.cluster_code)).order_by(
        attested.cluster_code, attested.recorded_at.desc()
    )


def _accepted(of: YearOfLine, value: Column) -> Statement:
    """Filings of the programme that are accepted, the newest round of each cluster first."""
    return (
        sa.select(
            filing.c.cluster_code.label("cluster"), value.label("value"), filing.c.code.label("reference")
        )
        .join(filing_round, filing_round.c.code == filing.c.round_code)
        .where(
            filing_round.c.programme == of.programme,
            filing.c.state == FilingState.ACCEPTED.value,
            any_of(filing.c.cluster_code, of.asked.clusters),
            value.is_not(None),
        )
        .ext(distinct_on(filing.c.cluster_code))
        .order_by(filing.c.cluster_code, filing.c.round_code.desc())
    )


def _filed(indicator: str, of: YearOfLine) -> Statement:
    return (
        _accepted(of, filing_value.c.value)
        .join(filing_value, filing_value.c.filing_code == filing.c.code)
        .where(filing_value.c.indicator == indicator, filing_value.c.data_year == of.asked.year)
    )


def _filed_then(indicator: str, of: YearOfLine) -> Statement:
    """The same as it was known at a moment: what the newest step until then had left in a filing accepted by then."""
    known = sa.and_(
        filing_step.c.filing_code == filing.c.code, filing_step.c.recorded_at <= of.asked.known_at
    )
    accepted = sa.exists().where(known, filing_step.c.step == Step.ACCEPTED.value).correlate(filing)
    content = (
        sa.select(filing_step.c.content)
        .where(
            known, filing_step.c.content.is_not(None), sa.func.jsonb_typeof(filing_step.c.content) == "object"
        )
        .order_by(filing_step.c.number.desc())
        .limit(1)
        .correlate(filing)
        .lateral("content")
    )
    entry = sa.func.jsonb_array_elements(content.c.content["values"]).table_valued("value").lateral("entry")
    told = sa.cast(entry.c.value, filing_step.c.content.type)
    return (
        _accepted(of, sa.cast(told["value"].astext, sa.Numeric))
        .join(content, sa.true())
        .join(entry, sa.true())
        .where(
            accepted,
            told["indicator"].astext == indicator,
            told["data_year"].astext == str(of.asked.year),
        )
    )


def _derived(rule: Derivation, of: YearOfLine) -> Statement:  # noqa: PLR0911 - one for each kind of rule
    """What the catalogue's own rule gives, in the figure's unit."""
    asked = of.asked
    match rule:
        case Members():
            return _amount(statements.members(rule, asked))
        case MembersAbove():
            return _amount(statements.members_above(rule, asked))
        case MembersSum():
            return _amount(statements.members_sum(rule, asked))
        case Entries():
            return _amount(statements.entries(rule, asked))
        case InParkShare():
            return _quotient(statements.in_park(asked), times=100)
        case CountyShare():
            return _quotient(statements.county_share(asked), times=100)
        case InvestmentPerMu():
            return _quotient(statements.investment_per_mu(asked), times=1)


def _amount(statement: statements.Statement) -> Statement:
    found = statement.subquery()
    value = sa.cast(sa.func.coalesce(found.c.value, 0), sa.Numeric)
    reference = sa.cast(sa.null(), sa.Text).label("reference")
    return sa.select(found.c.cluster, value.label("value"), reference).where(found.c.known > 0)


def _quotient(statement: statements.Statement, *, times: int) -> Statement:
    found = statement.subquery()
    part = sa.cast(sa.func.coalesce(found.c.part, 0), sa.Numeric)
    value = part * times / sa.func.nullif(sa.cast(found.c.whole, sa.Numeric), 0)
    return sa.select(found.c.cluster, value.label("value"), sa.cast(sa.null(), sa.Text).label("reference"))
