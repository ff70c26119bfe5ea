"""Chinese names sorted by pinyin and found by a part or by initials."""

import pytest

from services.registry.storage.registers.name_keys import grams, grams_of_query, initials, sort_key


def test_names_sort_by_pinyin_syllable_by_syllable() -> None:
    names = ["重庆", "曾都", "安陆", "宜都", "八里", "安阳", "长阳"]
    assert sorted(names, key=sort_key) == ["安陆", "安阳", "八里", "长阳", "重庆", "宜都", "曾都"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("曾都专用汽车", "zdzyqc"), ("宜都ABC公司", "ydabcgs"), ("(湖北)绿源", "hbly"), ("123", "123")],
)
def test_initials_of_names(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize("query", ["专用", "都专用汽", "zyqc", "ZDZ", "zd", "专"])
def test_what_is_part_of_a_name_has_its_grams(query: str) -> None:
    name = "曾都专用汽车"
    wanted, by_initials = grams_of_query(query)
    assert by_initials == query.isascii()
    assert set(wanted) <= set(grams(name, initials(name)))
