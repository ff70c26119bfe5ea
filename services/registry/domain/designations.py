"""Designation (认定): what status a final release gives to each cluster.

27号 三(五): designate when mature, add and remove each year. The names of the outcomes and the order of
statuses are ours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.registry.domain.clusters import Cluster
from services.registry.domain.divisions import Divisions
from shared.contracts.designation_set import Designation, DesignationSet, DesignationStatus
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


@dataclass(frozen=True, slots=True)
class ClusterDesignation:
    """The status that one release gives to one cluster, from a day on."""

    cluster_code: str
    release_sha256: str
    programme: str
    programme_version: str
    status: DesignationStatus
    level: Literal["provincial", "national"]
    document_number: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class RecordedDesignations:
    """What a designation document has done: how many clusters are in each status from its first day on."""

    release_sha256: str
    designation_set_sha256: str
    counts: Mapping[DesignationStatus, int]


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


def designated(
    release: Release, *, programme: str, document_number: str, effective_from: date
) -> list[ClusterDesignation]:
    """One designation for each unit of the release."""
    return [
        ClusterDesignation(
            cluster_code=entry.unit,
            release_sha256=release.sha256,
            programme=programme,
            programme_version=release.programme_version,
            status=status_of(release, entry.unit),
            level="provincial",
            document_number=document_number,
            effective_from=effective_from,
        )
        for entry in release.units
    ]


def designation_set(
    held: Iterable[ClusterDesignation],
    clusters: Mapping[str, Cluster],
    *,
    programme: str,
    programme_version: str,
    as_of: date,
    divisions: Divisions,
) -> DesignationSet:
    """The document that tells who holds what status on a day."""
    return DesignationSet(
        programme=programme,
        programme_version=programme_version,
        as_of=as_of,
        designations=tuple(_told(own, clusters[own.cluster_code], divisions) for own in held),
    )


def _told(own: ClusterDesignation, cluster: Cluster, divisions: Divisions) -> Designation:
    return Designation(
        cluster=cluster.code,
        name=cluster.name,
        county_code=cluster.county_code,
        county_name=divisions.name(cluster.county_code),
        division_path=divisions.path(cluster.county_code),
        status=own.status,
        level=own.level,
        document_number=own.document_number,
        effective_from=own.effective_from,
        release_sha256=own.release_sha256,
    )


def recorded(release: Release, statuses: DesignationSet) -> RecordedDesignations:
    return RecordedDesignations(
        release_sha256=release.sha256,
        designation_set_sha256=statuses.sha256,
        counts=Counter(entry.status for entry in statuses.designations),
    )
