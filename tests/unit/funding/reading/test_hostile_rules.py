"""Whatever is sent as rules or as a table: an answer with problems, never a crash."""

import re
from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.trials.examples import check_examples
from shared.errors import Refusal
from shared.policy.places import with_clause
from tests.benchmarks.allocation import REWARD
from tests.support.examples import examples

WHOLE: dict[str, Any] = {
    "schema": "county-clusters/incentive/2",
    "id": "x",
    "version": "1",
    "programme": "p",
    "purpose": "incentive",
    "title": {"zh": "一", "en": "one"},
    "label": "official",
    "clause": "27号",
    "effective": {"from": "2024-01-01"},
    "reward": REWARD
    | {
        "pool": {"amount_fen": 5},
        "exhaustion": {"policy": "refuse"},
        "remainder": {"disposition": "return", "next_rank_fen": 3},
        "removal": {"backfill": True},
        "ranking": {"among": "all", "within": "list"},
    },
    "examples": [{"name": "n", "budget_fen": 5, "units": [{"unit": "a", "rank": 1}], "expect": {"a": 5}}],
}
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(["pool", "score", "1", "0.5", "-3", "top", "yes", "27号"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def places(document: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(document, dict):
        return found + [p for key, value in document.items() for p in places(value, (*path, key))]
    if isinstance(document, list):
        return found + [p for index, value in enumerate(document) for p in places(value, (*path, index))]
    return found


PLACES = places(WHOLE)


def figures(text: str) -> set[str]:
    """The numbers in a message, which both languages have."""
    return set(re.findall(r"[0-9]+", text))


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3), st.booleans())
def test_no_junk_in_the_rules_breaks_the_reader(changes: list[tuple[Any, Any]], offline: bool) -> None:
    document: Any = deepcopy(WHOLE)
    for path, junk in changes:
        here: Any = document
        for part in path[:-1]:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                break
        else:
            if isinstance(here, dict) or (
                isinstance(here, list) and isinstance(path[-1], int) and path[-1] < len(here)
            ):
                here[path[-1]] = junk
    rules, problems = parse_incentive_rules(document, offline=offline)
    assert (rules is None) == bool(problems)
    for problem in problems:
        assert problem.zh
        assert with_clause(document, problem).en
        assert figures(problem.zh) == figures(problem.en)
    if rules is not None:
        with suppress(Refusal):
            check_examples(rules)


@given(JUNK)
def test_no_junk_instead_of_rules_breaks_the_reader(junk: object) -> None:
    assert parse_incentive_rules(junk)[0] is None
    assert (
        parse_incentive_rules({"schema": "county-clusters/incentive/2", "reward": junk}, offline=True)[0]
        is None
    )


CELLS = st.text(max_size=6) | st.sampled_from(["1", "2", "-1", "1e5", "NaN", "yes", "", "0.5", "designated"])


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.sampled_from(["unit", "rank", "score", "x", "removed", "group", "grade"]), max_size=8),
    st.lists(st.lists(CELLS, max_size=8), max_size=5),
)
def test_no_junk_in_the_table_breaks_the_chain(header: list[str], rows: list[list[str]]) -> None:
    reward = {
        "cut": {"score_at_least": 0, "grade_in": ["A", "1"]},
        "strata": {"column": "group"},
        "amounts": {"method": "proportional", "to": "x"},
    }
    rules, problems = parse_incentive_rules(
        {"schema": "county-clusters/incentive/2", "reward": reward}, offline=True
    )
    assert rules is not None, problems
    with suppress(Refusal):
        candidates, _ = read_ranking(rules.reward, header, rows)
        made = allocate(rules.reward, candidates, pool_fen=1000)
        assert made.awarded_fen + made.unallocated_fen == 1000


def test_more_quantities_than_anybody_needs_are_refused() -> None:
    many: Any = "x"
    for _ in range(3):
        many = {"sum": [many] * 10}
    document = {
        "schema": "county-clusters/incentive/2",
        "reward": {"amounts": {"method": "proportional", "to": many}},
    }
    _, problems = parse_incentive_rules(document, offline=True)
    assert [problem.rule for problem in problems] == ["quantities-limit"]
