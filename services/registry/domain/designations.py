"""Designation (认定): what status a final release gives to each cluster.

27号 三(五): designate when mature, add and remove each year. The names of the outcomes and the order of
statuses are ours.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import ProposedStatus, Release
from shared.errors import Item, Kind, Refusal

STATUS_OF_PROPOSAL: Final[Mapping[ProposedStatus, DesignationStatus]] = {
    "designate": "designated",
    "cultivate": "cultivated",
    "refuse": "refused",
    "keep": "designated",
    "rectify": "rectification",
    "remove": "removed",
}

#: Statuses under which a cluster is a provincial cluster and files annual returns.
HOLDING: Final[frozenset[DesignationStatus]] = frozenset({"designated", "rectification"})


class ReleaseNotFinal(Refusal):
    kind = Kind.CONFLICT
    code = "release-not-final"


class DesignationPrecedesItsRelease(Refusal):
    """Nothing is designated before the notice of the list is over."""

    code = "designation-precedes-its-release"


class ReleaseOfOtherProgramme(Refusal):
    code = "release-of-other-programme"


class ReleaseAlreadyDesignated(Refusal):
    kind = Kind.CONFLICT
    code = "release-already-designated"


class ClustersNotRegistered(Refusal):
    code = "clusters-not-registered"


def check_release(
    release: Release, *, programme: str, registered: Collection[str], effective_from: date
) -> None:
    """Refuses a release that is not final, not of this programme, names unknown clusters, or is to hold before it."""
    if release.stage != "final":
        raise ReleaseNotFinal(
            "评估结果尚未最终公布(公示期未满或异议未处理),不能据此认定",
            "The release is not final (notice or objections are open); nothing can be designated on it",
        )
    if release.programme != programme:
        raise ReleaseOfOtherProgramme(
            f"评估结果属于 {release.programme}", f"The release belongs to the programme {release.programme}"
        )
    if release.notice is not None and effective_from <= release.notice.ends_on:
        raise DesignationPrecedesItsRelease(
            f"生效日期 {effective_from} 不晚于公示截止日 {release.notice.ends_on}",
            f"It cannot hold from {effective_from}: the public notice runs until {release.notice.ends_on}",
        )
    unknown = sorted({unit.unit for unit in release.units} - set(registered))
    if unknown:
        raise ClustersNotRegistered(
            f"评估结果中有未登记的集群:{'、'.join(unknown)}",
            f"The release names clusters that are not registered: {', '.join(unknown)}",
            items=[
                Item(field="units", rule="registered", zh=f"{code} 未登记", en=f"{code} unknown")
                for code in unknown
            ],
        )


def status_of(release: Release, unit: str) -> DesignationStatus:
    """The status that the release gives; a unit removed after an objection is refused or loses its status."""
    entry = next(entry for entry in release.units if entry.unit == unit)
    if entry.removed is not None:
        return "refused" if release.kind == "application" else "removed"
    return STATUS_OF_PROPOSAL[entry.outcomes.proposed_status]
