"""What a designation document makes of a signed final release."""

from datetime import date

import pytest

from services.registry.domain.clusters import Cluster
from services.registry.domain.designations import (
    ClustersNotRegistered,
    DesignationPrecedesItsRelease,
    ReleaseNotFinal,
    ReleaseOfOtherProgramme,
    check_release,
    designated,
    designation_set,
    recorded,
    status_of,
)
from services.registry.domain.divisions import Division, Divisions, Level
from shared.contracts.release import Release
from tests.support.release import final_release

HUBEI = "hubei-county-clusters"
DAY = date(2024, 9, 14)


def check(release: Release, *, programme: str = HUBEI, effective_from: date = DAY) -> None:
    check_release(
        release, programme=programme, registered={"421303-01", "421303-02"}, effective_from=effective_from
    )


def test_only_a_final_release_of_the_programme_about_registered_clusters_designates() -> None:
    release = final_release(("421303-01", "designate"))
    check(release)
    with pytest.raises(ReleaseNotFinal):
        check(final_release(("421303-01", "designate"), stage="proposed"))
    with pytest.raises(ReleaseOfOtherProgramme):
        check(release, programme="another")
    with pytest.raises(DesignationPrecedesItsRelease):
        check(release, effective_from=date(2024, 9, 10))
    with pytest.raises(ClustersNotRegistered):
        check(final_release(("421303-09", "designate")))


@pytest.mark.parametrize(
    ("proposed", "status"),
    [
        ("designate", "designated"),
        ("cultivate", "cultivated"),
        ("refuse", "refused"),
        ("keep", "designated"),
        ("rectify", "rectification"),
        ("remove", "removed"),
    ],
)
def test_each_proposed_status_has_its_outcome(proposed: str, status: str) -> None:
    assert status_of(final_release(("421303-01", proposed)), "421303-01") == status


@pytest.mark.parametrize(("kind", "status"), [("application", "refused"), ("assessment", "removed")])
def test_a_cluster_removed_after_an_objection_gets_or_keeps_nothing(kind: str, status: str) -> None:
    release = final_release(("421303-01", "designate"), kind=kind)
    removed = release.units[0].model_copy(update={"removed": "异议成立"})
    assert status_of(release.model_copy(update={"units": (removed,)}), "421303-01") == status


def test_a_designation_document_counts_the_clusters_in_each_status() -> None:
    release = final_release(("421303-01", "designate"), ("421303-02", "cultivate"))
    new = designated(release, programme=HUBEI, document_number="文号", effective_from=DAY)
    assert [(entry.cluster_code, entry.status) for entry in new] == [
        ("421303-01", "designated"),
        ("421303-02", "cultivated"),
    ]
    divisions = Divisions(
        [
            Division("420000", "湖北", Level.PROVINCE, "省", None, None, None, None),
            Division("421303", "曾都", Level.COUNTY, "区", "420000", None, None, None),
        ]
    )
    clusters = {
        code: Cluster(code, "421303", "集群", "农产品加工", None, (), in_focus=False, waiver_reason=None)
        for code in ("421303-01", "421303-02")
    }
    statuses = designation_set(
        new, clusters, programme=HUBEI, programme_version="2024.1", as_of=DAY, divisions=divisions
    )
    assert statuses.designations[0].division_path == ("420000", "421303")
    found = recorded(release, statuses)
    assert found.counts == {"designated": 1, "cultivated": 1}
    assert (found.release_sha256, found.designation_set_sha256) == (release.sha256, statuses.sha256)
