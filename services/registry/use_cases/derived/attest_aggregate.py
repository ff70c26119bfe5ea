"""A source department enters an attested aggregate of a cluster with its document, in place of figures of firms."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.figures import AttestedAggregate
from services.registry.domain.filings.departments import check_attestable
from services.registry.storage.derived.attested import add_attested
from services.registry.use_cases.places import cluster_of
from services.registry.use_cases.rounds import round_of
from shared.data.events import append_event
from shared.text.identifiers import new_id
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class NewAggregate:
    """What a department attests about a cluster, for a round."""

    round: str
    cluster: str
    indicator: str
    data_year: int
    value: Decimal
    document_number: str
    note: str | None


async def attest_aggregate(
    session: AsyncSession, new: NewAggregate, *, actor: Principal
) -> AttestedAggregate:
    """A new figure for the same cluster, indicator and year goes before the older one, which stays on record."""
    catalogue = (await round_of(session, new.round)).indicators()
    check_attestable(catalogue, new.indicator, new.value, department=actor)
    cluster = await cluster_of(session, new.cluster, actor=actor)
    attested = AttestedAggregate(
        id=new_id(),
        cluster_code=cluster.code,
        indicator=new.indicator,
        data_year=new.data_year,
        value=new.value,
        department=catalogue.by_code()[new.indicator].source_department,
        document_number=new.document_number,
        note=new.note,
        attested_by=actor.subject,
    )
    await add_attested(session, attested)
    await append_event(
        session,
        "aggregate.attested",
        subject=cluster.code,
        actor=actor.actor,
        data={
            "indicator": new.indicator,
            "data_year": new.data_year,
            "document_number": new.document_number,
        },
    )
    return attested
