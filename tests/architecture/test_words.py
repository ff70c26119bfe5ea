"""Words that an official would stumble over stay out of messages, screens, pages and programmes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = (".py", ".md", ".yaml", ".json", ".html")

#: What is wrong, and the right word.
WRONG = {
    "受理": "审核通过: 受理 only means taken in hand",
    "目标值": "阈值(上、下限) for goalposts; 目标值 is a plan's",
    "注销": "作废 for an entry; 注销 is a firm's",
    "结余": "未支付 or 未分配; 结余 is left when the task is done",
    "偷税": "重大税收违法",
    "严重失信(?!主体名单)": "列入严重失信主体名单",
}
#: Where such a word has its own, right meaning.
RIGHT = {
    ("services/registry/domain/registers/declared/clusters.py", "目标值"),  # the goal of a plan
}


def wrong_words(text: str) -> set[str]:
    return {word for word in WRONG if re.search(word, text)}


def shown_texts() -> list[Path]:
    places = [ROOT / place for place in ("services", "shared", "clients", "programmes", "docs")]
    files = [path for place in places for path in place.rglob("*") if path.suffix in SHOWN]
    return [*files, *ROOT.glob("README*.md")]


def test_no_shown_text_has_a_word_that_means_something_else() -> None:
    texts = shown_texts()
    found = {
        (str(path.relative_to(ROOT)), word) for path in texts for word in wrong_words(path.read_text("utf-8"))
    }
    assert {(path, word, WRONG[word]) for path, word in found - RIGHT} == set()
    assert found >= RIGHT  # an exception that is no longer needed goes
    assert len(texts) > 500  # it does look at them


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("省级受理", "受理"),
        ("目标值不得为零", "目标值"),
        ("请注销后重新登记", "注销"),
        ("结余资金", "结余"),
        ("偷税漏税", "偷税"),
        ("严重失信", "严重失信(?!主体名单)"),
    ],
)
def test_each_wrong_word_is_seen(text: str, word: str) -> None:
    assert wrong_words(text) == {word}


def test_the_right_words_are_let_through() -> None:
    assert wrong_words("审核通过 阈值 作废 未支付 未分配 重大税收违法 列入严重失信主体名单") == set()
