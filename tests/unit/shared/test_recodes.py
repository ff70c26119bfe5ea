"""Who stands where after recodes of divisions, one after the other."""

from dataclasses import replace
from datetime import date

from shared.data.division_recodes import Recode, Recodes
from shared.web.principals import Principal, Role
from shared.web.tokens.placing import placed

COUNTY, CITY_OF_COUNTY = "421321", "421300"
FIRST = Recode(
    COUNTY, "421382", COUNTY, date(2025, 2, 1), ["420000", "421300", COUNTY], ["420000", "421300", "421382"]
)
SECOND = Recode(
    "421382",
    "420690",
    COUNTY,
    date(2027, 5, 1),
    ["420000", "421300", "421382"],
    ["420000", "420600", "420690"],
)
ABSORBED = Recode(
    "420921",
    "420902",
    "420902",
    date(2026, 1, 1),
    ["420000", "420900", "420921"],
    ["420000", "420900", "420902"],
)
RECODES = Recodes([SECOND, FIRST, ABSORBED])


def of(division: str) -> Principal:
    return placed(Principal("p", "p", frozenset({Role.AUDITOR}), division, "unit"), RECODES)


def test_all_codes_of_a_county_are_one_county() -> None:
    for code in (COUNTY, "421382", "420690"):
        person = of(code)
        assert person.division == COUNTY
        for path in (FIRST.path_before, FIRST.path_after, SECOND.path_after):
            assert person.covers(path)
    assert {RECODES.kept(code) for code in (COUNTY, "421382", "420690")} == {COUNTY}
    assert RECODES.named_now() == {COUNTY: "420690", "420902": "420902"}


def test_the_new_city_takes_over_and_the_old_one_keeps_what_names_it() -> None:
    new, old = of("420600"), of("421300")
    assert (new.division, old.division) == ("420600", "421300")
    assert new.covers(FIRST.path_before)
    assert new.covers(FIRST.path_after)
    assert new.covers(SECOND.path_after)
    assert old.covers(FIRST.path_before)
    assert not old.covers(SECOND.path_after)
    assert not new.covers(["420000", "421300", "421303"])


def test_who_absorbs_a_county_has_its_things_and_the_absorbed_not_the_others() -> None:
    district, county = of("420902"), of("420921")
    assert district.covers(ABSORBED.path_before)
    assert district.covers(ABSORBED.path_after)
    assert county.covers(ABSORBED.path_before)
    assert not county.covers(ABSORBED.path_after)


def test_nobody_else_is_moved() -> None:
    for division in ("420000", "421303", "430000"):
        person = of(division)
        assert (person.division, person.taken_over) == (division, frozenset())
        assert person == replace(person)
