"""Corrections of accepted values, and files that prove figures."""

import pytest

from services.registry.domain.filings.checks.figures import FilingHasErrors
from services.registry.domain.filings.evidence import check_attachable
from services.registry.domain.filings.filing import FilingState, StepNotPossible
from services.registry.domain.filings.restatement import restated, restated_content
from shared.web.principals import Role
from tests.unit.registry.filings.examples import CONTENT, REVENUE, TAX, filing, finding, person, value


def test_a_restatement_replaces_single_values_of_an_accepted_filing() -> None:
    content = restated_content(CONTENT, [value(REVENUE, "1100")], {"accident": "true"})
    assert {entry.key: str(entry.value) for entry in content.values} == {REVENUE: "1100", TAX: "50"}
    assert content.facts == {"accident": "true"}
    before = filing(FilingState.ACCEPTED)
    after = restated(before, content, [finding(waivable=True), finding(severity="warning")])
    assert (after.state, after.version) == (FilingState.ACCEPTED, before.version + 1)
    assert after.content_hash != before.content_hash


def test_a_restatement_that_cannot_be_is_refused() -> None:
    with pytest.raises(FilingHasErrors):
        restated(filing(FilingState.ACCEPTED), CONTENT, [finding()])
    with pytest.raises(StepNotPossible):
        restated(filing(FilingState.CONFIRMED), CONTENT, [])


def test_the_county_attaches_evidence_while_it_prepares_and_others_until_acceptance() -> None:
    county, evaluator = person(Role.COUNTY_PREPARER), person(Role.THIRD_PARTY_EVALUATOR)
    check_attachable(filing(), giver=county)
    check_attachable(filing(FilingState.CONFIRMED), giver=evaluator)
    for state, giver in ((FilingState.SIGNED_OFF, county), (FilingState.ACCEPTED, evaluator)):
        with pytest.raises(StepNotPossible):
            check_attachable(filing(state), giver=giver)
