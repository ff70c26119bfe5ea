"""What a designation document makes of a signed final release."""

from datetime import date

import pytest

from services.registry.domain.designations import (
    ClustersNotRegistered,
    DesignationPrecedesItsRelease,
    ReleaseNotFinal,
    ReleaseOfOtherProgramme,
    check_release,
)
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
