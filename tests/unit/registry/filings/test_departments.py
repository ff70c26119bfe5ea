"""Departments confirm and attest their own indicators."""

from decimal import Decimal

import pytest

from services.registry.domain.filings.departments import (
    NothingToConfirm,
    check_attestable,
    confirmed,
    own_indicators,
    unconfirmed_departments,
)
from services.registry.domain.filings.filing import FilingState
from shared.errors import NotFound, RoleNotPermitted
from shared.web.principals import Role
from tests.unit.registry.filings.examples import CATALOGUE, CONTENT, REVENUE, TAX, filing, person, value

INDICATORS = CATALOGUE.by_code()
OWNER = INDICATORS["operating_revenue"].source_department
OTHER = INDICATORS["tax_paid"].source_department


def test_the_two_figures_belong_to_two_departments() -> None:
    assert OWNER != OTHER


def test_a_department_confirms_its_own_indicators_only() -> None:
    own = own_indicators(CATALOGUE, person(Role.SOURCE_DEPARTMENT, department=OTHER))
    assert "tax_paid" in own
    assert "operating_revenue" not in own
    with pytest.raises(NothingToConfirm):
        own_indicators(CATALOGUE, person(Role.SOURCE_DEPARTMENT, department="没有的部门"))


def test_a_filing_moves_on_when_all_departments_have_confirmed() -> None:
    before = filing(FilingState.RECOMMENDED)
    assert unconfirmed_departments(CATALOGUE, {REVENUE}, CONTENT.values) == {OTHER}
    half = confirmed(before, CONTENT, CATALOGUE, {REVENUE})
    assert (half.state, half.version) == (FilingState.RECOMMENDED, before.version + 1)
    assert confirmed(before, CONTENT, CATALOGUE, {REVENUE, TAX}).state is FilingState.CONFIRMED


def test_a_figure_that_the_catalogue_does_not_know_waits_for_nobody() -> None:
    assert unconfirmed_departments(CATALOGUE, frozenset(), [value(("unknown", 2023), "1")]) == frozenset()


def test_an_aggregate_is_attested_by_the_department_of_its_indicator() -> None:
    department = person(Role.SOURCE_DEPARTMENT, department=OWNER)
    check_attestable(CATALOGUE, "operating_revenue", Decimal(10), department=department)
    with pytest.raises(NotFound):
        check_attestable(CATALOGUE, "unknown", Decimal(10), department=department)
    with pytest.raises(RoleNotPermitted):
        check_attestable(CATALOGUE, "tax_paid", Decimal(10), department=department)
    with pytest.raises(NothingToConfirm):
        check_attestable(CATALOGUE, "operating_revenue", Decimal(-1), department=department)
