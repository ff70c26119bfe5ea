"""Derives indicators from the registers, and gathers what the rules compare a filing with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.figures import DerivedValue, growth_of
from services.registry.domain.derived.rules import ADDITIVE
from services.registry.domain.designations import HOLDING
from services.registry.domain.filings.checks.figures import Surroundings
from services.registry.domain.filings.rounds import Round
from services.registry.domain.programme.checks import FamilyCheck
from services.registry.domain.programme.documents import IndicatorCatalogue
from services.registry.storage import clusters, designations, programmes
from services.registry.storage.derived.attested import newest_attested
from services.registry.storage.derived.figures import county_figures, derived_values
from services.registry.storage.filings.figures import figures_of_others
from services.registry.use_cases.places import counties_of
from shared.contracts.designation_set import DesignationStatus
from shared.errors import NotFound
from shared.web.principals import Principal


async def derived_for(
    session: AsyncSession, catalogue: IndicatorCatalogue, codes: Sequence[str], *, years: Sequence[int]
) -> dict[str, dict[tuple[str, int], DerivedValue]]:
    """For each cluster, by indicator and year; a department's attested aggregate goes before the registers."""
    found: dict[str, dict[tuple[str, int], DerivedValue]] = {code: {} for code in codes}
    for year in years:
        values = await derived_values(session, catalogue.derivations(), codes, year=year)
        for code, own in values.items():
            for indicator, value in own.items():
                found[code][indicator, year] = DerivedValue(value, "registers", "登记簿推算")
    for entry in await newest_attested(session, codes, years):
        found[entry.cluster_code][entry.indicator, entry.data_year] = entry.as_derived()
    return found


async def surroundings_of(session: AsyncSession, current: Round, *, cluster_code: str) -> Surroundings:
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
        county=await county_figures(session, cluster_code, years),
        others=await figures_of_others(
            session, current.dates.code, apart_from=cluster_code, indicators=families
        )
        if families
        else {},
    )


@dataclass(frozen=True, slots=True)
class DerivedOfCluster:
    """What is derived of one cluster in a year, and its growth on the year before where there is a base."""

    cluster: str
    status: DesignationStatus | None
    values: Mapping[str, DerivedValue]
    growth_percent: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """Derived indicators of many clusters in one year, and sums of those that add up.

    The sums are over the ``counted`` clusters: those that hold a designation on the day ``as_of``.
    """

    data_year: int
    as_of: date
    counted: int
    clusters: Sequence[DerivedOfCluster]
    totals: Mapping[str, Decimal]


async def derived_table(
    session: AsyncSession, programme: str, *, data_year: int, as_of: date, actor: Principal
) -> DerivedTable:
    """All clusters of the actor's division; clusters of which the registers know nothing are left out.

    Applicants and removed clusters are listed with their status; totals and targets are about designated ones.
    """
    policy = await programmes.newest_programme(session, programme)
    catalogue = None if policy is None else await programmes.get_catalogue(session, programme, policy.version)
    if catalogue is None:
        raise NotFound("指标目录", "indicator catalogue")
    counties = set(await counties_of(session, actor))
    by_county = await clusters.counties_of_clusters(session)
    codes = sorted(code for code, county in by_county.items() if county in counties)
    found = await derived_for(session, catalogue, codes, years=[data_year - 1, data_year])
    held = await designations.designations_as_of(session, programme, as_of)
    status = {own.cluster_code: own.status for own in held}
    every = [_line(code, status.get(code), found[code], data_year) for code in codes]
    lines = [line for line in every if line.values]
    counted = [line for line in every if line.status in HOLDING]
    return DerivedTable(
        data_year=data_year,
        as_of=as_of,
        counted=len(counted),
        clusters=lines,
        totals={
            code: sum((line.values[code].value for line in counted if code in line.values), Decimal(0))
            for code, rule in sorted(catalogue.derivations().items())
            if rule.kind in ADDITIVE
        },
    )


def _line(
    code: str, status: DesignationStatus | None, own: Mapping[tuple[str, int], DerivedValue], year: int
) -> DerivedOfCluster:
    growth = growth_of({key: entry.value for key, entry in own.items()}, year)
    values = {indicator: entry for (indicator, at), entry in own.items() if at == year}
    return DerivedOfCluster(code, status, dict(sorted(values.items())), dict(sorted(growth.items())))
