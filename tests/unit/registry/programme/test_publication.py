"""What a programme and its catalogue must be to be published."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.levels import Needs
from services.registry.domain.programme.publication import (
    ProgrammeInconsistent,
    VersionAlreadyPublished,
    check_catalogue,
    check_programme,
    is_same,
)
from tests.unit.registry.filings.examples import CATALOGUE, PROGRAMME


def test_a_published_version_is_immutable() -> None:
    assert not is_same("1", kept=None, sha256="a")
    assert is_same("1", kept="a", sha256="a")
    with pytest.raises(VersionAlreadyPublished):
        is_same("1", kept="b", sha256="a")


def test_all_unknown_counties_are_listed() -> None:
    counties = set(PROGRAMME.scope.counties)
    check_programme(PROGRAMME, counties=counties, before=None)
    with pytest.raises(ProgrammeInconsistent) as refusal:
        check_programme(PROGRAMME, counties=counties - set(PROGRAMME.scope.counties[1:3]), before=PROGRAMME)
    assert [item.field for item in refusal.value.items] == ["scope.counties[1]", "scope.counties[2]"]


def test_a_level_that_clusters_may_hold_stays() -> None:
    first, *above = PROGRAMME.designation.ladder
    county = first.model_copy(update={"code": "county", "needs": Needs(level=first.code)})
    for levels, fits in (
        ((first, county, *above), True),
        ((first,), False),
        ((county.model_copy(update={"needs": None}), *above), False),
    ):
        rules = PROGRAMME.designation.model_copy(update={"levels": levels})
        document = PROGRAMME.model_copy(update={"designation": rules})
        if fits:
            check_programme(document, counties=set(PROGRAMME.scope.counties), before=PROGRAMME)
            continue
        with pytest.raises(ProgrammeInconsistent) as refusal:
            check_programme(document, counties=set(PROGRAMME.scope.counties), before=PROGRAMME)
        assert [item.rule for item in refusal.value.items] == ["level-kept"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"effective_from": "2024-05-26"}, "effective_from"),
        ({"published_on": "2024-06-18"}, "effective_from"),
        ({"published_on": "2024-06-18", "effective_from": "2024-06-18"}, "scope.effective_from"),
    ],
)
def test_nothing_of_a_programme_holds_before_its_document(changed: dict[str, str], named: str) -> None:
    document = PROGRAMME.model_dump(mode="json")
    assert Programme.model_validate(document).published_on == date(2024, 5, 27)
    with pytest.raises(
        ValidationError, match=f"{named} is before .*, when 鄂政办发〔2024〕27号 was published"
    ):
        Programme.model_validate({**document, **changed})


def test_a_catalogue_has_every_indicator_that_a_check_names() -> None:
    check_catalogue(CATALOGUE, PROGRAMME)
    named = {code for check in PROGRAMME.checks for code in check.named_indicators()}
    left = tuple(entry for entry in CATALOGUE.indicators if entry.code not in named)
    with pytest.raises(ProgrammeInconsistent):
        check_catalogue(CATALOGUE.model_copy(update={"indicators": left}), PROGRAMME)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"effective_to": "2024-05-26"}, "effective_to is before effective_from"),
        (
            {"successor": {"programme": PROGRAMME.programme, "takes": ["tasks"], "label": "illustrative"}},
            "does not succeed itself",
        ),
        ({"successor": {"programme": "next", "takes": [], "label": "illustrative"}}, "at least 1 item"),
    ],
)
def test_a_plan_ends_after_it_begins_and_something_else_follows(changed: dict[str, Any], said: str) -> None:
    document = PROGRAMME.model_dump(mode="json")
    with pytest.raises(ValidationError, match=said):
        Programme.model_validate({**document, **changed})


def test_a_plan_runs_to_the_end_of_its_last_target_or_to_the_day_that_it_names() -> None:
    assert (PROGRAMME.ends_on, list(PROGRAMME.plan_years)) == (date(2026, 12, 31), [2024, 2025, 2026])
    shorter = PROGRAMME.model_copy(update={"effective_to": date(2025, 6, 30)})
    assert (shorter.ends_on, list(shorter.plan_years)) == (date(2025, 6, 30), [2024, 2025])
    without = PROGRAMME.model_copy(update={"targets": ()})
    assert without.ends_on == date(2024, 12, 31)
