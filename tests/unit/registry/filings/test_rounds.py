"""What a round permits on which day, and which cluster files what."""

from datetime import date

import pytest

from services.registry.domain.designations import ClusterDesignation
from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.filings.rounds import (
    CatalogueNotPublished,
    FilingsOfSeveralRounds,
    RoundClosed,
    RoundOfOtherKind,
    one_round,
)
from services.registry.domain.filings.who_files import (
    ClusterHoldsDesignation,
    ClusterHoldsNoDesignation,
    check_may_file,
)
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.designation_set import DesignationStatus
from tests.support.three_levels import FOLDER
from tests.unit.registry.filings.examples import filing, round_of

THREE_LEVELS = DesignationRules.model_validate(FOLDER.programme["designation"])
BEFORE, OPEN, LAST, LATE, CUT_OFF, AFTER = (
    date(2024, 5, 31), date(2024, 6, 1), date(2024, 6, 30), date(2024, 7, 1), date(2024, 7, 15), date(2024, 7, 16),
)  # fmt: skip


def test_a_filing_starts_on_the_filing_days_in_a_round_of_its_kind() -> None:
    current = round_of("assessment")
    for day in (OPEN, LAST):
        current.check_may_start(FilingKind.ANNUAL_RETURN, day)
    for day in (BEFORE, LATE):
        with pytest.raises(RoundClosed):
            current.check_may_start(FilingKind.ANNUAL_RETURN, day)
    with pytest.raises(RoundOfOtherKind):
        current.check_may_start(FilingKind.APPLICATION, OPEN)
    with pytest.raises(CatalogueNotPublished):
        round_of("assessment", catalogue=None).check_may_start(FilingKind.ANNUAL_RETURN, OPEN)


def test_what_was_sent_back_is_corrected_until_the_cut_off() -> None:
    current = round_of("application")
    current.check_county_may_work(CUT_OFF, sent_back=True)
    for day, sent_back in ((AFTER, True), (LATE, False)):
        with pytest.raises(RoundClosed):
            current.check_county_may_work(day, sent_back=sent_back)


def designation(status: DesignationStatus, level: str = "provincial") -> ClusterDesignation:
    return ClusterDesignation(
        "421303-01", "d-1", None, "p", "1", status, level, (), "文号", date(2024, 9, 14)
    )


@pytest.mark.parametrize("status", ["designated", "rectification"])
def test_who_holds_a_designation_files_annual_returns(status: DesignationStatus) -> None:
    check_may_file(FilingKind.ANNUAL_RETURN, designation(status), DesignationRules())
    with pytest.raises(ClusterHoldsDesignation):
        check_may_file(FilingKind.APPLICATION, designation(status), DesignationRules())


@pytest.mark.parametrize("status", [None, "cultivated", "refused", "removed"])
def test_everybody_else_applies(status: DesignationStatus | None) -> None:
    held = None if status is None else designation(status)
    check_may_file(FilingKind.APPLICATION, held, DesignationRules())
    with pytest.raises(ClusterHoldsNoDesignation):
        check_may_file(FilingKind.ANNUAL_RETURN, held, DesignationRules())


@pytest.mark.parametrize(
    ("status", "level", "may"),
    [
        ("designated", "municipal", True),
        ("designated", "provincial", False),
        ("rectification", "municipal", False),
    ],
)
def test_a_holder_applies_for_the_next_level(status: DesignationStatus, level: str, may: bool) -> None:
    held = designation(status, level)
    check_may_file(FilingKind.ANNUAL_RETURN, held, THREE_LEVELS)
    if may:
        check_may_file(FilingKind.APPLICATION, held, THREE_LEVELS)
    else:
        with pytest.raises(ClusterHoldsDesignation):
            check_may_file(FilingKind.APPLICATION, held, THREE_LEVELS)


def test_filings_are_handled_together_within_one_round() -> None:
    assert one_round([filing(), filing()]) == "R"
    with pytest.raises(FilingsOfSeveralRounds):
        one_round([filing(), filing(round_code="S")])
