"""The county answers for exactly this content, the city recommends it, and an edit voids both."""

import pytest

from services.registry.domain.filings.checks.figures import FilingHasErrors
from services.registry.domain.filings.filing import FilingState, StepNotPossible
from services.registry.domain.filings.sign_off import SignOffVoid, recommended, revised, signed_off
from shared.errors import MakerCannotCheck
from tests.unit.registry.filings.examples import CONTENT, REVENUE, filing, finding, value

DEPARTMENTS = frozenset({"省经信厅"})
PROVINCE_RUN = ("420000", "429004")


def test_a_second_person_signs_off_and_the_filing_goes_to_the_city() -> None:
    draft = filing()
    signed = signed_off(
        draft, signer="signer", content_hash=draft.content_hash, findings=[], unconfirmed=DEPARTMENTS
    )
    assert (signed.state, signed.version) == (FilingState.SIGNED_OFF, draft.version + 1)
    assert (signed.signed_off_by, signed.signed_off_hash) == ("signer", draft.content_hash)


@pytest.mark.parametrize(
    ("left", "state"), [(DEPARTMENTS, FilingState.RECOMMENDED), (frozenset(), FilingState.CONFIRMED)]
)
def test_a_province_run_unit_has_no_city_and_skips_what_is_confirmed(
    left: frozenset[str], state: FilingState
) -> None:
    draft = filing(division_path=PROVINCE_RUN)
    signed = signed_off(
        draft, signer="signer", content_hash=draft.content_hash, findings=[], unconfirmed=left
    )
    assert signed.state is state


def test_the_preparer_cannot_sign_off() -> None:
    draft = filing()
    with pytest.raises(MakerCannotCheck):
        signed_off(
            draft, signer="preparer", content_hash=draft.content_hash, findings=[], unconfirmed=DEPARTMENTS
        )


def test_a_sign_off_is_for_the_content_that_was_read() -> None:
    with pytest.raises(SignOffVoid):
        signed_off(filing(), signer="signer", content_hash="sha256:0", findings=[], unconfirmed=DEPARTMENTS)


def test_all_errors_are_listed_but_not_those_that_are_waived() -> None:
    draft = filing()
    found = [finding(), finding(data_year=None), finding(waived_because="x"), finding(severity="warning")]
    with pytest.raises(FilingHasErrors) as refusal:
        signed_off(
            draft,
            signer="signer",
            content_hash=draft.content_hash,
            findings=found,
            unconfirmed=DEPARTMENTS,
        )
    assert [item.field for item in refusal.value.items] == ["operating_revenue.2023", "operating_revenue"]


def test_the_city_recommends_what_it_has_read() -> None:
    signed = filing(FilingState.SIGNED_OFF)
    assert recommended(signed, content_hash=None, unconfirmed=DEPARTMENTS).state is FilingState.RECOMMENDED
    same = recommended(signed, content_hash=signed.content_hash, unconfirmed=frozenset())
    assert same.state is FilingState.CONFIRMED
    with pytest.raises(SignOffVoid):
        recommended(signed, content_hash="sha256:0", unconfirmed=DEPARTMENTS)
    with pytest.raises(StepNotPossible):
        recommended(filing(), content_hash=None, unconfirmed=DEPARTMENTS)


def test_an_edit_voids_the_sign_off() -> None:
    signed = filing(FilingState.SIGNED_OFF, signed_off_by="signer", signed_off_hash="sha256:1")
    content = type(CONTENT)((value(REVENUE, "1001"),), {}, ())
    changed = revised(signed, content, preparer="another")
    assert changed.state is FilingState.DRAFT
    assert (changed.signed_off_by, changed.signed_off_hash, changed.prepared_by) == (None, None, "another")
    assert changed.content_hash == content.hash(cluster=signed.cluster_code, round_code=signed.round_code)
    with pytest.raises(StepNotPossible):
        revised(filing(FilingState.RECOMMENDED), content, preparer="another")
