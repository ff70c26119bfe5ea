"""Who files what: a cluster that holds a designation files annual returns; who may get one or a higher one applies."""

from services.registry.domain.designations import HOLDING, ClusterDesignation
from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.errors import Kind, Refusal


class ClusterHoldsDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-designation"


class ClusterHoldsNoDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-no-designation"


def check_may_file(kind: FilingKind, designation: ClusterDesignation | None, rules: DesignationRules) -> None:
    """Refuses a cluster whose status on the day asks for the other kind of filing."""
    holds = designation is not None and designation.status in HOLDING
    if kind is FilingKind.APPLICATION and designation is not None and not _may_apply(designation, rules):
        raise ClusterHoldsDesignation(
            "该集群已获认定,应作年度填报", "The cluster is designated; file an annual return"
        )
    if kind is FilingKind.ANNUAL_RETURN and not holds:
        raise ClusterHoldsNoDesignation(
            "该集群未获认定,应先申报", "The cluster is not designated; it must apply first"
        )


def _may_apply(designation: ClusterDesignation, rules: DesignationRules) -> bool:
    """A holder applies for the next level, where a decision gives one; in rectification it does not."""
    return designation.status not in HOLDING or (
        designation.status == "designated" and rules.next_decided(designation.level) is not None
    )
