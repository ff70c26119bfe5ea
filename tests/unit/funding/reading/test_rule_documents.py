"""No rule before its document: the days of a rule set, of its documents and of its negative lists fit together."""

from copy import deepcopy
from datetime import date
from typing import Any

from services.funding.domain.rules.incentive import NegativeList
from tests.unit.funding.reward import HUBEI, HUBEI_WITH_BONDS, found, whole

PUBLIC = date(2024, 12, 25)


def lists(*days: str) -> dict[str, Any]:
    """The rules with a list of each of these days."""
    changed = deepcopy(HUBEI_WITH_BONDS)
    first = changed["instruments"][0]["negative_lists"][0]
    changed["instruments"][0]["negative_lists"] = [
        {**first, "document": f"国办发〔{day[:4]}〕{number}号", "published_on": day}
        for number, day in enumerate(days, start=1)
    ]
    return changed


def test_official_rules_name_their_document() -> None:
    without = deepcopy(HUBEI)
    del without["document"]
    assert found(without) == {("document", "document-missing")}


def test_rules_are_not_in_effect_before_their_document_is_public() -> None:
    early = deepcopy(HUBEI)
    early["effective"]["from"] = "2024-05-26"
    assert found(early) == {("effective.from", "effective-before-document")}
    same_day = deepcopy(HUBEI)
    same_day["effective"]["from"] = same_day["document"]["published_on"]
    assert whole(same_day).effective_from == date(2024, 5, 27)


def test_negative_lists_follow_one_another_by_day_of_publication() -> None:
    at = "instruments[0].negative_lists[1]"
    assert found(lists("2024-12-25", "2024-12-25")) == {(at, "lists-in-order")}
    assert found(lists("2025-06-01", "2024-12-25")) == {(at, "lists-in-order")}


def test_the_list_in_force_is_the_last_one_that_was_public_on_the_day() -> None:
    bond = whole(lists("2024-12-25", "2025-06-01")).instruments[0]

    def number(day: date) -> str | None:
        listing = bond.list_in_force(day)
        return None if listing is None else listing.document.number

    assert number(date(2024, 12, 24)) is None
    assert number(PUBLIC) == number(date(2025, 5, 31)) == "国办发〔2024〕1号"
    assert number(date(2025, 6, 1)) == "国办发〔2025〕2号"


def test_the_documents_of_rules_are_their_own_and_those_of_their_lists() -> None:
    assert [(entry.number, str(entry.published_on)) for entry in whole(HUBEI_WITH_BONDS).documents] == [
        ("鄂政办发〔2024〕27号", "2024-05-27"),
        ("国办发〔2024〕52号", "2024-12-25"),
    ]
    assert [entry.number for entry in whole(HUBEI).documents] == ["鄂政办发〔2024〕27号"]


def test_the_list_has_the_six_heads_that_its_document_names_each_official_and_with_the_exception() -> None:
    listing = _listing()
    assert [item.name.zh for item in listing.items] == [
        "完全无收益的项目",
        "楼堂馆所",
        "形象工程和政绩工程",
        "除保障性住房、土地储备以外的房地产开发",
        "主题公园、仿古城〔镇、村、街〕等商业设施",
        "一般竞争性产业项目",
    ]
    assert {item.name.source.cited for item in listing.items} == {"国办发〔2024〕52号 一(一)"}
    assert {item.name.source.label.value for item in listing.items} == {"official"}
    excepted = [name.zh for item in listing.items for name in item.exceptions]
    assert excepted == ["保障性住房", "土地储备"]


def test_the_later_version_differs_from_the_first_in_what_became_public_only() -> None:
    changed = {
        key for key in HUBEI_WITH_BONDS.keys() | HUBEI.keys() if HUBEI_WITH_BONDS.get(key) != HUBEI.get(key)
    }
    assert changed == {"version", "effective", "instruments"}
    assert date.fromisoformat(HUBEI_WITH_BONDS["effective"]["from"]) == _listing().document.published_on


def _listing() -> NegativeList:
    listing = whole(HUBEI_WITH_BONDS).instruments[0].list_in_force(PUBLIC)
    assert listing is not None
    return listing
