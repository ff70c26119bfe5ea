"""A source department enters an attested aggregate of a cluster with its document, in place of figures of firms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import NothingToConfirm
from services.registry.storage import clusters, reference
from services.registry.storage.filings import filing_desk
from services.registry.use_cases.filings.load_filing import round_of
from shared.data.events import append_event
from shared.errors import NotFound, RoleNotPermitted
from shared.text.identifiers import new_id
from shared.web.principals import Principal


async def attest_aggregate(
    session: AsyncSession,
    *,
    round_code: str,
    cluster_code: str,
    indicator: str,
    data_year: int,
    value: Decimal,
    document_number: str,
    note: str | None,
    actor: Principal,
) -> Mapping[str, Any]:
    """A new figure for the same cluster, indicator and year goes before the older one, which stays on record."""
    catalogue = (await round_of(session, round_code)).indicators()
    found = catalogue.by_code().get(indicator)
    if found is None:
        raise NotFound("指标", "indicator")
    if found.source_department != actor.department:
        raise RoleNotPermitted(
            f"该指标由{found.source_department}提供",
            f"This indicator is for {found.source_department} to attest",
        )
    if not found.range.holds(value):
        raise NothingToConfirm("数值超出可能范围", "The value lies outside what is possible")
    cluster = await clusters.get_cluster(session, cluster_code)
    divisions = await reference.load_divisions(session)
    if cluster is None or not actor.covers(divisions.path(cluster.county_code)):
        raise NotFound("集群", "cluster")
    row = {
        "id": new_id(), "cluster_code": cluster_code, "indicator": indicator, "data_year": data_year, "value": value,
        "department": found.source_department, "document_number": document_number, "note": note,
        "attested_by": actor.subject,
    }  # fmt: skip
    await filing_desk.add_attested(session, row)
    await append_event(
        session, "aggregate.attested", subject=cluster_code, actor=actor.actor,
        data={"indicator": indicator, "data_year": data_year, "document_number": document_number},
    )  # fmt: skip
    return row
