"""The Chinese text of a message has the same limits and values as the English one."""

from pathlib import Path

import pytest

from tests.support.both_languages import pairs_in, pairs_of

ROOT = Path(__file__).parents[2]
#: Where messages stand, and that the test does see them.
PLACES = {"services/funding": 300, "services/scoring": 200, "shared": 50}
#: Headings of a bank's file in both languages, which are no messages; and texts that say the same in another way.
SAME = {
    ("services/funding/domain/payments/reconciliation.py", "bank_serial"),
    ("services/funding/domain/payments/reconciliation.py", "amount_yuan"),
    ("services/funding/domain/payments/reconciliation.py", "paid_on"),
    ("services/funding/domain/payments/reconciliation.py", "(* for *, _ in COLUMNS)"),
    ("services/funding/domain/payments/reconciliation.py", "expected"),
    ("services/funding/domain/rules/document_form.py", "named"),
    ("services/funding/domain/rules/document_form.py", "named_*"),
    ("shared/web/request_shape.py", "f'是“{shown}”' if shown else ''"),
    ("shared/web/request_shape.py", "f'is of the type {shown}' if shown else ''"),
}


@pytest.mark.parametrize("place", PLACES)
def test_both_texts_of_a_message_have_the_same_figures(place: str) -> None:
    seen = 0
    wrong: list[tuple[str, int, str]] = []
    for path in sorted((ROOT / place).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for pair in pairs_in(path):
            seen += 1
            wrong += [
                (name, pair.zh.lineno, found) for found in pair.differences if (name, found) not in SAME
            ]
    assert wrong == []
    assert seen > PLACES[place]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ('f("rule", "应为1至9的整数", "a whole number from 1 to 9")', set()),
        ('f("rule", "应为整数", "a whole number from 1 to 9")', {"1", "9"}),
        ('f("rule", f"应为1至{LIMIT}", "at least 1")', {"LIMIT"}),
        ('zh, en = "须大于0", "above zero"\nf(zh, en)', set()),
        ('zh = f"共{n}项"\nf("rule", zh, f"{n} items of {m}")', {"m"}),
        ('f("须有条件之一", f"one of {\', \'.join(names)}")', {"names"}),
        ('f(f"{x.zh}为{STATES_ZH[s]}", f"{x.en} is {s.value}")', set()),
        ('f("不作缩减", "unless the rules say so (floors_exceed_pool)")', {"floors_exceed_pool"}),
        ("f(f\"有{n}个\", f\"{n} unit{'s' if n > 1 else ''}\")", set()),
    ],
)
def test_a_figure_that_one_text_lacks_is_seen(code: str, missing: set[str]) -> None:
    (pair,) = list(pairs_of(code))[:1]
    assert pair.differences == missing
