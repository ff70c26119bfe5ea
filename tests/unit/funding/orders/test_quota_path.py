"""To whom quota goes next, and from which amount on a second person reviews."""

import pytest

from services.funding.domain.orders.quota_path import is_district, next_division
from services.funding.domain.orders.review_levels import ReviewLevels
from tests.support import programme


@pytest.mark.parametrize(
    ("path", "from_division", "to"),
    [
        (("420000", "420200", "420281"), "420000", "420281"),  # 大冶 is a county-level city
        (("420000", "421300", "421321"), "420000", "421321"),  # 随县 is a county
        (("420000", "421300", "421303"), "420000", "421300"),  # 曾都 is a district
        (("420000", "421300", "421303"), "421300", "421303"),
        (("420000", "422800", "422802"), "420000", "422802"),  # 利川 is a city of an autonomous prefecture
        (("420000", "429006"), "420000", "429006"),  # 天门 has no city above it
        (("420000", "429006"), "429006", None),
        (("420000", "420200", "420281"), "430000", None),
    ],
)
def test_quota_goes_to_the_county_and_through_the_city_to_a_district(
    path: tuple[str, ...], from_division: str, to: str | None
) -> None:
    assert next_division(path, from_division) == to


def test_districts_of_cities_are_told_by_their_codes_in_the_whole_province() -> None:
    """Not 恩施 and 利川 (the cities of an autonomous prefecture are numbered from 01 on), not 仙桃, 潜江, 天门."""
    counties = [row for row in programme.divisions() if row["level"] == "county"]
    assert len(counties) > 100
    for row in counties:
        assert is_district(row["code"]) is (row["kind"] == "district"), row["name"]


def test_a_second_review_is_needed_from_the_amount_on() -> None:
    assert [ReviewLevels(100).reviews_needed(amount) for amount in (99, 100)] == [1, 2]
    assert ReviewLevels(None).reviews_needed(2**52) == 1
