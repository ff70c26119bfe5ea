"""Derives indicators from the registers, and shows them beside what was reported, with the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.rules import ADDITIVE, change_percent
from services.registry.domain.filings.checks.figures import Surroundings
from services.registry.domain.filings.rounds import Round
from services.registry.domain.programme.checks import FamilyCheck
from services.registry.domain.programme.documents import IndicatorCatalogue
from services.registry.storage import clusters, programmes, reference
from services.registry.storage.derived import figures
from services.registry.storage.filings import filing_desk
from shared.errors import NotFound
from shared.web.principals import Principal

if TYPE_CHECKING:
    from services.registry.use_cases.filings.load_filing import FilingWithContent

Origin = Literal["registers", "attested"]


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A figure that the registers or a department's document give. ``source`` says which."""

    value: Decimal
    origin: Origin
    source: str


async def derived_for(
    session: AsyncSession, catalogue: IndicatorCatalogue, codes: Sequence[str], *, years: Sequence[int]
) -> dict[str, dict[tuple[str, int], DerivedValue]]:
    """For each cluster, by indicator and year; a department's attested aggregate goes before the registers."""
    found: dict[str, dict[tuple[str, int], DerivedValue]] = {code: {} for code in codes}
    for year in years:
        values = await figures.derived_values(session, catalogue.derivations(), codes, year=year)
        for code, own in values.items():
            for indicator, value in own.items():
                found[code][indicator, year] = DerivedValue(value, "registers", "登记簿推算")
    for row in await filing_desk.attested(session, codes, years):
        source = f"{row['department']}:{row['document_number']}"
        found[row["cluster_code"]][row["indicator"], row["data_year"]] = DerivedValue(
            row["value"], "attested", source
        )
    return found


async def surroundings_of(
    session: AsyncSession, current: Round, *, cluster_code: str, county_code: str
) -> Surroundings:
    """What the rules compare a filing with; a constant number of queries."""
    years = (current.dates.data_year - 1, current.dates.data_year)
    own = (await derived_for(session, current.indicators(), [cluster_code], years=years))[cluster_code]
    families = {
        code
        for check in current.programme.checks
        if isinstance(check, FamilyCheck)
        for code in check.named_indicators()
    }
    return Surroundings(
        derived={key: entry.value for key, entry in own.items()},
        county=await figures.county_figures(session, county_code, years),
        others=await filing_desk.figures_of_others(
            session, current.dates.code, apart_from=cluster_code, indicators=families
        )
        if families
        else {},
    )


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """Derived indicators of many clusters in one year, their growth on the year before, sums of those that add up."""

    indicators: Sequence[str]
    values: Mapping[str, Mapping[str, DerivedValue]]
    growth_percent: Mapping[str, Mapping[str, Decimal]]
    totals: Mapping[str, Decimal]


async def derived_table(
    session: AsyncSession, programme: str, *, data_year: int, actor: Principal
) -> DerivedTable:
    """All clusters of the actor's division; clusters of which the registers know nothing are left out."""
    policy = await programmes.newest_programme(session, programme)
    catalogue = None if policy is None else await programmes.get_catalogue(session, programme, policy.version)
    if catalogue is None:
        raise NotFound("指标目录", "indicator catalogue")
    divisions = await reference.load_divisions(session)
    counties = set(divisions.counties_within(actor.division))
    codes = sorted(
        code for code, county in (await clusters.counties_of_clusters(session)).items() if county in counties
    )
    found = await derived_for(session, catalogue, codes, years=[data_year - 1, data_year])
    by_cluster = {
        code: {indicator: entry for (indicator, year), entry in own.items() if year == data_year}
        for code, own in found.items()
    }
    values = {code: own for code, own in by_cluster.items() if own}
    additive = [code for code, rule in catalogue.derivations().items() if rule.kind in ADDITIVE]
    return DerivedTable(
        indicators=sorted({indicator for own in values.values() for indicator in own}),
        values=values,
        growth_percent={
            code: growth_of({key: entry.value for key, entry in found[code].items()}, data_year)
            for code in values
        },
        totals={
            code: sum((own[code].value for own in values.values() if code in own), Decimal(0))
            for code in additive
        },
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported figure beside the derived one, each with its growth on the year before, in percent."""

    indicator: str
    data_year: int
    reported: Decimal | None
    derived: DerivedValue | None
    difference: Decimal | None
    percent: Decimal | None
    reported_growth_percent: Decimal | None
    derived_growth_percent: Decimal | None


async def compare_filing(session: AsyncSession, found: "FilingWithContent") -> list[Compared]:
    """A filing's figures beside the derived ones."""
    year = found.round.dates.data_year
    own = await derived_for(
        session, found.round.indicators(), [found.filing.cluster_code], years=(year - 1, year)
    )
    return compare({value.key: value.value for value in found.content.values}, own[found.filing.cluster_code])


def compare(
    reported: Mapping[tuple[str, int], Decimal | None], own: Mapping[tuple[str, int], DerivedValue]
) -> list[Compared]:
    """One line for each figure that is reported or derived."""
    lines = []
    derived_figures = {key: entry.value for key, entry in own.items()}
    for key in sorted(reported.keys() | own.keys()):
        filed, found = reported.get(key), own.get(key)
        difference = None if filed is None or found is None else filed - found.value
        percent = (
            None
            if difference is None or found is None or not found.value
            else change_percent(difference, found.value)
        )
        growths = growth_percent(reported, *key), growth_percent(derived_figures, *key)
        lines.append(Compared(*key, filed, found, difference, percent, *growths))
    return lines


Figures = Mapping[tuple[str, int], Decimal | None]


def growth_percent(figures: Figures, indicator: str, year: int) -> Decimal | None:
    """Growth on the year before; none without a figure now or a base other than zero."""
    now, before = figures.get((indicator, year)), figures.get((indicator, year - 1))
    if now is None or not before:
        return None
    return change_percent(now - before, abs(before))


def growth_of(figures: Figures, year: int) -> dict[str, Decimal]:
    """The growth of every indicator that has one."""
    grown = {indicator: growth_percent(figures, indicator, year) for indicator, at in figures if at == year}
    return {indicator: growth for indicator, growth in grown.items() if growth is not None}
