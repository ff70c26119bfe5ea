"""A case note from its first writing to the public, and who may take which step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.registry.domain.case_notes import (
    CaseNote,
    CaseNoteContent,
    CaseNoteNotInState,
    CaseNoteState,
    Figure,
)
from shared.errors import MakerCannotCheck, Stale
from shared.web.principals import Principal
from tests.support.people import PROVINCE_OFFICER, county_preparer

WRITER, OTHER_WRITER = (county_preparer(code).principal for code in ("421303", "421321"))
OFFICER = PROVINCE_OFFICER.principal
TODAY = date(2025, 5, 1)
CONTENT = CaseNoteContent(
    title="链主带动",
    text="做法和成效",
    what_was_done="开放配套清单",
    figures=(Figure("配套企业", Decimal("36"), "家", 2024),),
    source="曾都区发展和改革局",
)


def note(state: CaseNoteState = CaseNoteState.SUBMITTED, *, by: Principal = WRITER) -> CaseNote:
    return CaseNote(
        code="421303-01.1",
        cluster_code="421303-01",
        division_path=("420000", "421300", "421303"),
        state=state,
        version=1,
        content=CONTENT,
        makers=(by.actor,),
        unit=by.unit,
    )


def publish(found: CaseNote, by: Principal = OFFICER) -> CaseNote:
    return found.published(content_hash=found.content_hash, by=by, today=TODAY)


STEPS: dict[str, Callable[[CaseNote], Any]] = {
    "publish": publish,
    "send back": lambda found: found.sent_back(reason="缺依据", by=OFFICER),
    "revise": lambda found: found.revised(CONTENT, version=found.version, by=WRITER),
    "withdraw": lambda found: found.withdrawn(reason="数据有误", by=OFFICER),
}
MAY = {
    CaseNoteState.SUBMITTED: {"publish", "send back", "revise"},
    CaseNoteState.SENT_BACK: {"revise"},
    CaseNoteState.PUBLISHED: {"withdraw"},
    CaseNoteState.WITHDRAWN: set[str](),
}


@pytest.mark.parametrize("state", list(CaseNoteState))
def test_from_each_state_only_its_own_steps_go_on(state: CaseNoteState) -> None:
    went = set()
    for name, step in STEPS.items():
        try:
            step(note(state))
        except CaseNoteNotInState:
            continue
        went.add(name)
    assert went == MAY[state]


def test_nobody_reviews_what_they_wrote_a_part_of() -> None:
    mine = note(by=OFFICER)
    for step in (publish, STEPS["send back"]):
        with pytest.raises(MakerCannotCheck):
            step(mine)
    revised = note().revised(CONTENT, version=1, by=OFFICER)
    with pytest.raises(MakerCannotCheck):
        publish(revised)


def test_a_person_behind_a_service_is_the_same_person() -> None:
    written = note(by=replace(OFFICER, subject="console", on_behalf_of=OFFICER.subject))
    with pytest.raises(MakerCannotCheck):
        publish(written)


def test_only_the_content_that_was_read_is_published() -> None:
    read = note()
    changed = read.revised(replace(CONTENT, text="另一内容"), version=1, by=OTHER_WRITER)
    assert changed.makers == tuple(sorted({WRITER.actor, OTHER_WRITER.actor}))
    with pytest.raises(Stale):
        changed.published(content_hash=read.content_hash, by=OFFICER, today=TODAY)
    published = publish(changed)
    assert (published.state, published.published_on) == (CaseNoteState.PUBLISHED, TODAY)


def test_an_edit_of_an_outdated_version_is_rejected() -> None:
    revised = note().revised(CONTENT, version=1, by=WRITER)
    with pytest.raises(Stale):
        revised.revised(CONTENT, version=1, by=OTHER_WRITER)


def test_a_revision_waits_for_its_review_again_and_a_publication_forgets_the_reason() -> None:
    returned = note().sent_back(reason="缺依据", by=OFFICER)
    again = returned.revised(replace(CONTENT, source="统计公报"), version=returned.version, by=WRITER)
    assert (again.state, again.reason) == (CaseNoteState.SUBMITTED, "缺依据")
    assert publish(again).reason is None


def test_every_part_of_the_content_is_in_its_hash() -> None:
    hashes = {CONTENT.hash(cluster="421303-01"), CONTENT.hash(cluster="421303-02")}
    other = "另一内容"
    changed = (
        replace(CONTENT, title=other),
        replace(CONTENT, text=other),
        replace(CONTENT, what_was_done=other),
        replace(CONTENT, source=other),
        replace(CONTENT, figures=()),
    )
    hashes |= {content.hash(cluster="421303-01") for content in changed}
    assert len(hashes) == 7
