"""Reading who takes part: tests that must hold, vetoes that must not."""

from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.quantities import read_quantity
from services.funding.domain.rules.policies import Comparison
from services.funding.domain.rules.quantities import Column
from services.funding.domain.rules.reward import Entry, FlagTest, NumberTest, Test, WordTest
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, read_optional_source

LIST_LIMIT: Final = 100
_COMPARISONS: Final = tuple(comparison.value for comparison in Comparison)


def read_entry(reward: Fields) -> Entry:
    fields = reward.optional_part("eligibility", (), ("statuses", "tests", "vetoes"))
    source = read_optional_source(fields)
    tests = _tests(fields, "tests")
    if fields.has("statuses"):
        held = Test(
            "statuses", WordTest("status", frozenset(fields.words("statuses")), negated=False), source
        )
        tests = (held, *tests)
    return Entry(tests, _tests(fields, "vetoes"), source)


def _tests(fields: Fields, key: str) -> tuple[Test, ...]:
    def read(value: object, at: str) -> Test:
        return _test(value, at, fields.problems)

    return fields.each(key, read, limit=LIST_LIMIT) if fields.has(key) else ()


def _test(value: object, path: str, problems: list[Item]) -> Test:
    """A column that must say yes, or a condition on a word or a number."""
    if isinstance(value, str):
        flag = Fields({"column": value}, path, problems, required=("column",))
        return Test(
            value, FlagTest(flag.column("column")), read_optional_source(Fields({}, path, [], required=()))
        )
    fields = Fields(
        value, path, problems, required=("code",),
        optional=("column", "of", "in", "not_in", *_COMPARISONS, *OPTIONAL_SOURCE_KEYS),
    )  # fmt: skip
    code, source = fields.code("code"), read_optional_source(fields)
    words = [key for key in ("in", "not_in") if fields.has(key)]
    numbers = [comparison for comparison in Comparison if fields.has(comparison.value)]
    if fields.has("column") == fields.has("of") or (words and numbers) or len(words) > 1:
        zh = "须为 column(可配 in 或 not_in)或 of(配比较)之一"
        en = "either a column (with in or not_in, or a flag) or a quantity `of` with comparisons is expected"
        fields.report("one-condition", zh, en)
    if fields.has("column") and words:
        found = frozenset(fields.words(words[0]))
        return Test(code, WordTest(fields.column("column"), found, negated=words[0] == "not_in"), source)
    if fields.has("column") and not numbers:
        return Test(code, FlagTest(fields.column("column")), source)
    if not numbers:
        names = ", ".join(_COMPARISONS)
        fields.report("comparison-missing", f"须有比较条件之一: {names}", f"one of {names} is expected")
    of = (
        Column(fields.column("column"), fields.at("column"))
        if fields.has("column")
        else read_quantity(fields.raw("of"), fields.at("of"), problems)
    )
    bounds = tuple(
        (kind, read_quantity(fields.raw(kind.value), fields.at(kind.value), problems)) for kind in numbers
    )
    return Test(code, NumberTest(of, bounds), source)
