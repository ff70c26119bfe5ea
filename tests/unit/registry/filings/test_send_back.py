"""Whoever has a filing on the desk sends it back, with reasons for figures that are there."""

import pytest

from services.registry.domain.filings.filing import FilingState, StepNotPossible
from services.registry.domain.filings.send_back import FieldNotFiled, FieldReason, sent_back
from shared.errors import RoleNotPermitted
from shared.web.principals import Role
from tests.unit.registry.filings.examples import CONTENT, REVENUE, filing, person

DESKS = {
    FilingState.SIGNED_OFF: {Role.CITY_REVIEWER},
    FilingState.RECOMMENDED: {Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER},
    FilingState.CONFIRMED: {Role.PROVINCE_OFFICER},
}


@pytest.mark.parametrize("state", DESKS)
@pytest.mark.parametrize("role", [Role.CITY_REVIEWER, Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER])
def test_only_who_has_it_on_the_desk_sends_it_back(state: FilingState, role: Role) -> None:
    lies = filing(state, signed_off_by="signer", signed_off_hash="sha256:1")
    if role in DESKS[state]:
        back = sent_back(lies, CONTENT, [], reviewer=person(role))
        assert (back.state, back.signed_off_by, back.signed_off_hash) == (FilingState.DRAFT, None, None)
    else:
        with pytest.raises(RoleNotPermitted):
            sent_back(lies, CONTENT, [], reviewer=person(role))


@pytest.mark.parametrize("state", [FilingState.DRAFT, FilingState.ACCEPTED])
def test_a_draft_and_an_accepted_filing_are_not_sent_back(state: FilingState) -> None:
    with pytest.raises(StepNotPossible):
        sent_back(filing(state), CONTENT, [], reviewer=person(Role.PROVINCE_OFFICER))


def test_a_reason_names_a_figure_that_is_filed() -> None:
    reasons = [FieldReason(*REVENUE, "核对"), FieldReason("operating_revenue", 2019, "核对")]
    with pytest.raises(FieldNotFiled) as refusal:
        sent_back(filing(FilingState.CONFIRMED), CONTENT, reasons, reviewer=person(Role.PROVINCE_OFFICER))
    assert [(item.field, item.row) for item in refusal.value.items] == [("reasons[1]", 2)]
