"""Checks on the spot: what can be checked, and what a confirmed value does when the province accepts."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.registry.domain.filings.checks.figures import FilingHasErrors
from services.registry.domain.filings.filing import FilingState, StepNotPossible
from services.registry.domain.filings.on_site import (
    OnSiteCheck,
    accepted,
    checkable_value,
    with_confirmed_values,
)
from services.registry.domain.filings.send_back import FieldNotFiled
from tests.unit.registry.filings.examples import CATALOGUE, CONTENT, REVENUE, filing

INDICATORS = CATALOGUE.by_code()


def check(original: str, confirmed: str) -> OnSiteCheck:
    return OnSiteCheck(
        id=uuid4(),
        filing_code="R.421303-01",
        indicator=REVENUE[0],
        data_year=REVENUE[1],
        original=Decimal(original),
        confirmed=Decimal(confirmed),
        note="现场查看",
        checked_by="evaluator",
        unit="评估公司",
        business_date=date(2024, 7, 1),
    )


def asked(**more: Any) -> dict[str, Any]:
    return {"indicator": REVENUE[0], "data_year": REVENUE[1], "confirmed": Decimal(900), **more}


def test_a_figure_is_checked_between_sign_off_and_acceptance() -> None:
    for state in (FilingState.SIGNED_OFF, FilingState.RECOMMENDED, FilingState.CONFIRMED):
        assert checkable_value(filing(state), CONTENT, INDICATORS, **asked()).value == 1000
    for state in (FilingState.DRAFT, FilingState.ACCEPTED):
        with pytest.raises(StepNotPossible):
            checkable_value(filing(state), CONTENT, INDICATORS, **asked())


def test_what_is_not_filed_or_cannot_be_is_refused() -> None:
    signed = filing(FilingState.SIGNED_OFF)
    with pytest.raises(FieldNotFiled):
        checkable_value(signed, CONTENT, INDICATORS, **asked(data_year=2019))
    with pytest.raises(FilingHasErrors):
        checkable_value(signed, CONTENT, INDICATORS, **asked(confirmed=Decimal(-5)))


def test_the_newest_confirmed_value_takes_the_place_of_the_one_it_was_checked_against() -> None:
    changed = with_confirmed_values(CONTENT, [check("1000", "950"), check("1000", "900")])
    assert [value.value for value in changed.values] == [Decimal(900), Decimal(50)]
    assert changed.values[0].source == "年报;现场核查:评估公司"
    assert with_confirmed_values(CONTENT, [check("1000", "0")]).values[0].state == "zero"


@pytest.mark.parametrize("older", [check("999", "900"), check("1000", "1000")])
def test_a_figure_that_changed_since_or_was_right_stays(older: OnSiteCheck) -> None:
    assert with_confirmed_values(CONTENT, [older]) == CONTENT


def test_acceptance_binds_the_hash_to_the_corrected_content() -> None:
    before = filing(FilingState.CONFIRMED)
    assert accepted(before, CONTENT, CONTENT).content_hash == before.content_hash
    corrected = with_confirmed_values(CONTENT, [check("1000", "900")])
    after = accepted(before, CONTENT, corrected)
    assert after.state is FilingState.ACCEPTED
    assert after.content_hash == corrected.hash(cluster=before.cluster_code, round_code=before.round_code)
