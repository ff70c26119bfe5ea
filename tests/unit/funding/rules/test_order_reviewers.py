"""Who reviews fund orders, as a programme's rules say."""

from copy import deepcopy

import pytest

from services.funding.domain.rules.vocabulary import ReviewedBy
from tests.unit.funding.reward import HUBEI, found, whole


def test_hubeis_rules_ask_for_another_person_and_a_document_may_ask_for_another_unit() -> None:
    assert whole(HUBEI).orders_reviewed_by is ReviewedBy.ANOTHER_PERSON
    rules = deepcopy(HUBEI)
    rules["fund_orders"] |= {"reviewed_by": "another_unit"}
    assert whole(rules).orders_reviewed_by is ReviewedBy.ANOTHER_UNIT
    del rules["fund_orders"]
    assert whole(rules).orders_reviewed_by is None


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"reviewed_by": "anybody"}, ("fund_orders.reviewed_by", "choice-expected")),
        ({"label": "official"}, ("fund_orders", "clause-missing")),
        ({"by": "another_unit"}, ("fund_orders", "unknown-key")),
    ],
)
def test_a_word_that_is_none_and_an_official_rule_without_a_clause_are_named(
    changed: dict[str, str], problem: tuple[str, str]
) -> None:
    rules = deepcopy(HUBEI)
    rules["fund_orders"] |= changed
    assert found(rules) == {problem}
