"""Every example of docs/incentives.md is run."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.reading.amounts import METHODS as AMOUNTS
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.reading.quantities import FORMS
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.rules.policies import Method, Shortage
from services.funding.domain.trials.examples import check_examples
from services.funding.offline import answer_of
from shared.documents.reading import read_document
from shared.errors import Refusal

PAGE = (Path(__file__).parents[4] / "docs" / "incentives.md").read_text("utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(example|rules|csv|result)\n(.*?)```", PAGE, flags=re.S)
EXAMPLES: list[dict[str, Any]] = [
    read_document(text, name="example").content for kind, text in BLOCKS if kind == "example"
]


def read_rules(document: object) -> IncentiveRules:
    rules, problems = parse_incentive_rules(document, offline=True)
    assert rules is not None, problems
    return rules


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["reward"])[:80])
def test_a_rule_gives_what_the_page_says(example: dict[str, Any]) -> None:
    assert set(example) <= {"reward", "budget_fen", "table", "expect", "left", "refused"}
    rules = read_rules({"schema": "county-clusters/incentive/2", "reward": example["reward"]})
    header, *rows = list(csv.reader(example["table"].splitlines()))
    candidates, unused = read_ranking(rules.reward, header, rows)
    assert set(unused) <= {"rank", "county"}
    if "refused" in example:
        with pytest.raises(Refusal) as refusal:
            allocate(rules.reward, candidates, pool_fen=example["budget_fen"])
        assert refusal.value.code == example["refused"]
        return
    made = allocate(rules.reward, candidates, pool_fen=example["budget_fen"])
    found = {award.candidate.unit: award.amount_fen for award in made.awards}
    assert found == {unit: amount for unit, amount in example["expect"].items() if amount}
    assert made.pool_fen - made.awarded_fen == example.get("left", 0)


def test_the_first_rules_give_what_the_page_says() -> None:
    texts = {kind: text for kind, text in reversed(BLOCKS) if kind != "example"}
    rules = read_rules(read_document(texts["rules"], name="rules").content)
    header, *rows = list(csv.reader(texts["csv"].splitlines()))
    candidates, _ = read_ranking(rules.reward, header, rows)
    made = allocate(rules.reward, candidates, pool_fen=100_000)
    answer = answer_of(made, candidates, sha256="sha256:...")
    expected = json.loads(re.sub(r"\[\.\.\.\]", "[]", texts["result"]))
    assert {**answer, "units": [unit | {"steps": []} for unit in answer["units"]]} == expected
    for unit in answer["units"]:
        assert unit["steps"][-1]["amount_fen"] == unit["amount_fen"]


def test_the_rules_of_the_page_are_read_and_their_worked_examples_hold() -> None:
    texts = [text for kind, text in BLOCKS if kind == "rules"]
    read = [read_rules(read_document(text, name="rules").content) for text in texts]
    assert [(len(rules.examples), len(rules.uses)) for rules in read] == [(0, 0), (2, 0), (0, 2)]
    for rules in read:
        check_examples(rules)


@pytest.mark.parametrize("word", sorted({*AMOUNTS, *FORMS, *Method, *Shortage}))
def test_every_rule_is_on_the_page(word: str) -> None:
    assert re.search(rf"`[^`]*\b{word}\b", PAGE), f"docs/incentives.md does not describe {word}"
