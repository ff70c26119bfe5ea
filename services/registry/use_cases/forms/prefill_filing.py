"""Proposes values for a new filing: what was accepted before, and what follows from the registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FiledValue
from services.registry.domain.filings.rounds import Round
from services.registry.storage import clusters, reference
from services.registry.storage.filings import filing_desk
from services.registry.use_cases.derived.derive_indicators import DerivedValue, derived_for
from services.registry.use_cases.filings.load_filing import round_of
from shared.errors import NotFound
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values to start from; ``open`` lists the (indicator, year) for which nothing is known."""

    round: Round
    county_code: str
    values: Sequence[FiledValue]
    open: Sequence[tuple[str, int]]


async def prefill_filing(
    session: AsyncSession, round_code: str, cluster_code: str, *, actor: Principal
) -> Proposal:
    """An accepted value of the same year goes before a derived one; nothing is invented."""
    current = await round_of(session, round_code)
    cluster = await clusters.get_cluster(session, cluster_code)
    divisions = await reference.load_divisions(session)
    if cluster is None or not actor.covers(divisions.path(cluster.county_code)):
        raise NotFound("集群", "cluster")
    catalogue = current.indicators()
    asked = catalogue.asked_for(current.dates.data_year)
    years = sorted({year for _, year in asked})
    accepted: dict[tuple[str, int], Mapping[str, object]] = {}
    for row in await filing_desk.accepted_values_of_year(session, cluster_code, years):
        accepted.setdefault((row["indicator"], row["data_year"]), row)
    own = (await derived_for(session, catalogue, [cluster_code], years=years))[cluster_code]
    values = []
    for key in asked:
        if key in accepted:
            values.append(_from_before(accepted[key]))
        elif key in own:
            values.append(_from_registers(key, own[key]))
    known = {value.key for value in values}
    return Proposal(current, cluster.county_code, values, [key for key in asked if key not in known])


def _from_before(row: Mapping[str, object]) -> FiledValue:
    fields = {
        name: row[name] for name in ("indicator", "data_year", "state", "value", "definition", "provenance")
    }
    return FiledValue(**fields, source=f"已受理 {row['filing_code']}")  # type: ignore[arg-type]


def _from_registers(key: tuple[str, int], found: DerivedValue) -> FiledValue:
    return FiledValue(
        indicator=key[0],
        data_year=key[1],
        state="zero" if found.value == 0 else "value",
        value=found.value,
        definition="按指标目录",
        provenance="derived" if found.origin == "registers" else "reported",
        source=found.source,
    )
