"""Designation (认定): what status a final release gives to each cluster.

27号 三(五): designate when mature, add and remove each year. The names of the outcomes and the order of
statuses are ours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.registry.domain.clusters import Cluster
from services.registry.domain.divisions import Division, Divisions
from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.documents import Programme
from shared.contracts.designation_set import Designation, DesignationSet, DesignationStatus
from shared.contracts.release import Release
from shared.errors import Item, Kind, Refusal

#: Statuses under which a cluster is a provincial cluster and files annual returns.
HOLDING: Final[frozenset[DesignationStatus]] = frozenset({"designated", "rectification"})


@dataclass(frozen=True, slots=True)
class ClusterDesignation:
    """The status that one decision gives to one cluster, from a day on; ``due_on``: until when it rectifies; ``level``:
    by the decision, ``title_levels``: by titles of ministries."""

    cluster_code: str
    decision: str
    release_sha256: str | None
    programme: str
    programme_version: str
    status: DesignationStatus
    level: str
    title_levels: Sequence[str]
    document_number: str
    effective_from: date
    due_on: date | None = None

    def highest_level(self, rules: DesignationRules) -> str:
        """A cluster with several titles is of the highest level of these, once."""
        return rules.highest([self.level, *self.title_levels])


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


def designation_set(
    held: Iterable[ClusterDesignation],
    clusters: Mapping[str, Cluster],
    *,
    programme: Programme,
    as_of: date,
    known_at: datetime | None,
    divisions: Divisions,
) -> DesignationSet:
    """The document that tells who holds what status on a day; counties have the codes of that day."""
    counties = {
        code: divisions.on(cluster.county_code, as_of, known_at=known_at)
        for code, cluster in clusters.items()
    }
    return DesignationSet(
        programme=programme.programme,
        programme_version=programme.version,
        as_of=as_of,
        designations=tuple(
            _told(own, own.highest_level(programme.designation), clusters[own.cluster_code], county, path)
            for own in held
            for county in [counties[own.cluster_code]]
            for path in [divisions.path(county.code)]
        ),
    )


def _told(
    own: ClusterDesignation, level: str, cluster: Cluster, county: Division, path: tuple[str, ...]
) -> Designation:
    return Designation(
        cluster=cluster.code,
        name=cluster.name,
        county_code=county.code,
        county_name=county.name,
        division_path=path,
        status=own.status,
        level=level,
        document_number=own.document_number,
        effective_from=own.effective_from,
        release_sha256=own.release_sha256,
    )
