"""Entries and lists of a register: what may be asked, edited, withdrawn, and by whom."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.registry.domain.divisions import Division, Divisions, Level
from services.registry.domain.registers.declared import register_of
from services.registry.domain.registers.entries import (
    EntriesInvalid,
    Entry,
    check_no_error,
    check_same_key,
    check_withdrawable,
    given_cells,
    shown_cells,
    unknown_fields,
)
from services.registry.domain.registers.keepers import check_writer, desk_of
from services.registry.domain.registers.problems import Problem, ProblemList
from services.registry.domain.registers.wishes import ListWishInvalid, Wish, list_query
from shared.errors import RoleNotPermitted
from shared.web.principals import Principal, Role

FIRMS = register_of("enterprises")
TODAY = date(2024, 6, 20)


def person(role: Role, division: str = "421303") -> Principal:
    return Principal("somebody", "某人", frozenset({role}), division, "某单位")


def wish(**more: Any) -> Wish:
    fields: dict[str, Any] = {
        "search": None, "sort": "name", "as_of": None, "known_at": None, "division": None, "filters": (), **more,
    }  # fmt: skip
    return Wish(**fields)


def test_a_wish_becomes_a_query_of_the_day() -> None:
    query = list_query(
        FIRMS, wish(search="  香菇 ", sort="-key", filters=("source=a=b",)), counties=["421303"], today=TODAY
    )
    assert (query.search, query.sort, query.descending, query.as_of) == ("香菇", "key", True, TODAY)
    assert query.filters == {"source": "a=b"}
    assert list_query(FIRMS, wish(search="  "), counties=[], today=TODAY).search is None


def test_all_unknown_filters_and_orders_are_listed() -> None:
    with pytest.raises(ListWishInvalid) as refusal:
        list_query(
            FIRMS,
            wish(sort="valid_to", filters=("nothing=1", "key", "valid_from=2024-01-01", "key=a\0")),
            counties=[],
            today=TODAY,
        )
    assert [item.field for item in refusal.value.items] == ["where"] * 4 + ["sort"]


def test_an_entry_shows_its_values_as_a_template_has_them() -> None:
    moment = datetime(2024, 6, 1, tzinfo=UTC)
    entry = Entry(
        1, "k", "421303", "甲", date(2024, 1, 1), None, "名录", "2024", "按登记说明", "reported",
        {"name": "甲公司", "tags": ["a", "b"], "listed": True}, moment,
    )  # fmt: skip
    assert (entry.value("name"), entry.value("listed"), entry.value("valid_to")) == ("甲公司", True, None)
    assert (entry.value("valid_from"), entry.value("county_code")) == ("2024-01-01", "421303")
    shown = dict(zip([spec.code for spec in FIRMS.fields], shown_cells(FIRMS, entry), strict=True))
    assert (shown["name"], shown["provenance"], shown["valid_to"]) == ("甲公司", "填报", "")
    assert given_cells({"tags": ["a", "b"], "listed": True}) == {"tags": "a、b", "listed": True}


def test_a_request_is_refused_for_an_error_but_not_for_a_warning() -> None:
    problems = ProblemList(limit=10)
    problems.add(Problem(1, "name", "名称", "width", "warning", "提示", "hint"))
    check_no_error(problems)
    for problem in unknown_fields(FIRMS, [{"name": "甲"}, {"colour": "red"}]):
        problems.add(problem)
    with pytest.raises(EntriesInvalid) as refusal:
        check_no_error(problems)
    assert [(item.field, item.rule, item.row) for item in refusal.value.items] == [("colour", "known", 2)]


def test_an_edit_keeps_the_key_and_a_withdrawal_leaves_nothing_dangling() -> None:
    check_same_key(FIRMS, "a", {"a"})
    check_same_key(FIRMS, "a", set())
    with pytest.raises(EntriesInvalid):
        check_same_key(FIRMS, "a", {"a", "b"})
    check_withdrawable(FIRMS, referred_to=False)
    with pytest.raises(EntriesInvalid):
        check_withdrawable(FIRMS, referred_to=True)


def test_a_register_is_kept_by_those_whom_its_declaration_names() -> None:
    roles = {"county": Role.COUNTY_PREPARER, "city": Role.CITY_REVIEWER, "province": Role.PROVINCE_OFFICER}
    for writer, role in roles.items():
        if writer in FIRMS.writers:
            check_writer(FIRMS, person(role))
    with pytest.raises(RoleNotPermitted):
        check_writer(FIRMS, person(Role.AUDITOR))


def test_an_officer_of_a_county_need_not_name_it() -> None:
    divisions = Divisions(
        [
            Division("420000", "湖北", Level.PROVINCE, "省", None, None, None, None),
            Division("421300", "随州", Level.PREFECTURE, "市", "420000", None, None, None),
            Division("421303", "曾都", Level.COUNTY, "区", "421300", None, None, None),
            Division("421302", "旧曾都", Level.COUNTY, "区", "421300", None, date(2009, 1, 1), "421303"),
        ]
    )
    county = desk_of(person(Role.COUNTY_PREPARER), divisions, TODAY)
    assert (county.own_county, county.counties) == ("421303", {"421302", "421303"})
    city = desk_of(person(Role.CITY_REVIEWER, "421300"), divisions, TODAY)
    assert (city.own_county, city.counties) == (None, {"421303", "421302"})
