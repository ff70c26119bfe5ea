"""What a round may be opened with."""

from datetime import date

import pytest

from services.funding.domain.refusals import PoolMissing, RulesNotInEffect, RulesOfOtherProgramme
from services.funding.domain.rounds.opening import check_rules, pool_of
from tests.unit.funding.reward import HUBEI, document, whole

RULES = whole(HUBEI)
DAY = date(2024, 10, 8)


def test_rules_are_of_the_lines_programme_and_in_effect() -> None:
    check_rules(RULES, programme="hubei-county-clusters", today=DAY)
    with pytest.raises(RulesOfOtherProgramme):
        check_rules(RULES, programme="sme-clusters", today=DAY)
    with pytest.raises(RulesNotInEffect):
        check_rules(RULES, programme="hubei-county-clusters", today=date(2027, 1, 1))


def test_the_pool_is_the_rounds_else_the_rules() -> None:
    assert (pool_of(RULES, 5), pool_of(RULES, None)) == (5, 8_000_000_000)
    with pytest.raises(PoolMissing):
        pool_of(whole(document(pool=None)), None)
