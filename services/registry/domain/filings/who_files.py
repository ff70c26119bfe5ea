"""Who files what: a cluster that holds a designation files annual returns, every other one may apply."""

from services.registry.domain.designations import HOLDING
from services.registry.domain.filings.filing import FilingKind
from shared.contracts.designation_set import DesignationStatus
from shared.errors import Kind, Refusal


class ClusterHoldsDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-designation"


class ClusterHoldsNoDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-no-designation"


def check_may_file(kind: FilingKind, status: DesignationStatus | None) -> None:
    """Refuses a cluster whose status on the day asks for the other kind of filing."""
    holds = status in HOLDING
    if kind is FilingKind.APPLICATION and holds:
        raise ClusterHoldsDesignation(
            "该集群已获认定,应作年度填报", "The cluster is designated; file an annual return"
        )
    if kind is FilingKind.ANNUAL_RETURN and not holds:
        raise ClusterHoldsNoDesignation(
            "该集群未获认定,应先申报", "The cluster is not designated; it must apply first"
        )
