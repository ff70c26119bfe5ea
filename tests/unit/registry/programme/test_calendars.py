"""What a calendar must be, and what a later version of it may change of a round."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.registry.domain.programme.calendar_changes import CalendarTakesAway, check_changes
from services.registry.domain.programme.calendars import Calendar, CalendarInconsistent, check_calendar
from tests.unit.registry.filings.examples import CALENDAR, PROGRAMME

#: The round of the example: open from 17 June to 31 July, cut off on 16 August 2024.
BEFORE, OPEN, CLOSED, CUT = date(2024, 6, 10), date(2024, 7, 1), date(2024, 8, 5), date(2024, 8, 20)
SECOND = {
    "code": "2024-second", "kind": "application", "data_year": 2023, "opens_on": "2024-09-02",
    "closes_on": "2024-09-30", "cut_off": "2024-10-11", "label": "illustrative",
}  # fmt: skip


def calendar(*more: dict[str, Any], **changed: Any) -> Calendar:
    """The calendar of 2024 in another version, with changes of its round, and more rounds."""
    document = CALENDAR.model_dump(mode="json")
    rounds = [{**document["rounds"][0], **changed}, *more]
    return Calendar.model_validate({**document, "version": "2024.2", "rounds": rounds})


def faults(new: Calendar, today: date, *frozen: str) -> list[tuple[str, str, int | None]]:
    try:
        check_changes(new, before=CALENDAR, frozen=frozen, today=today)
    except CalendarTakesAway as refusal:
        return [(item.field, item.rule, item.row) for item in refusal.items]
    return []


@pytest.mark.parametrize("today", [OPEN, date(2024, 6, 17), date(2024, 7, 31)])
def test_a_running_round_is_lengthened_and_neither_shortened_nor_begun_later(today: date) -> None:
    assert faults(calendar(closes_on="2024-08-09", cut_off="2024-08-23"), today) == []
    assert faults(calendar(closes_on="2024-07-30"), today) == [("rounds[0].closes_on", "round-shortened", 1)]
    assert faults(calendar(cut_off="2024-08-15"), today) == [("rounds[0].cut_off", "round-shortened", 1)]
    for opens_on in ("2024-06-18", "2024-06-10"):
        assert faults(calendar(opens_on=opens_on), today) == [("rounds[0].opens_on", "round-begun", 1)]


def test_after_the_filing_days_only_the_cut_off_moves_and_only_later() -> None:
    assert faults(calendar(cut_off="2024-08-23"), CLOSED) == []
    assert faults(calendar(cut_off="2024-08-15"), CLOSED) == [("rounds[0].cut_off", "round-shortened", 1)]
    assert faults(calendar(closes_on="2024-08-09"), CLOSED) == [("rounds[0].closes_on", "filing-over", 1)]


def test_what_is_cut_off_stays_as_it_is() -> None:
    assert faults(calendar(remind_days_before=[10]), CUT) == []
    found = faults(calendar(opens_on="2024-06-18", closes_on="2024-08-09", cut_off="2024-08-23"), CUT)
    assert [rule for _, rule, _ in found] == ["round-begun", "filing-over", "cut-off-over"]


def test_a_snapshot_forbids_moving_the_cut_off_also_on_its_own_day() -> None:
    later, on_the_day = calendar(cut_off="2024-08-23"), date(2024, 8, 16)
    assert faults(later, on_the_day) == []
    assert faults(later, on_the_day, "2024-application") == [("rounds[0].cut_off", "cut-off-frozen", 1)]


def test_a_round_that_has_not_begun_is_moved_but_not_into_the_past() -> None:
    moved = calendar(opens_on="2024-07-01", closes_on="2024-07-15", cut_off="2024-07-20")
    assert faults(moved, BEFORE) == []
    assert faults(calendar(opens_on="2024-06-10"), BEFORE) == []
    assert faults(calendar(opens_on="2024-06-09"), BEFORE) == [("rounds[0].opens_on", "opens-in-the-past", 1)]


def test_rounds_are_added_and_none_is_taken_away_or_made_another() -> None:
    assert faults(calendar(SECOND), OPEN) == []
    without = calendar(SECOND).model_copy(update={"rounds": calendar(SECOND).rounds[1:]})
    assert faults(without, BEFORE) == [("rounds.2024-application", "round-removed", None)]
    other = calendar(kind="assessment", data_year=2024)
    assert faults(other, BEFORE) == [
        ("rounds[0].kind", "round-kind", 1),
        ("rounds[0].data_year", "round-kind", 1),
    ]


def test_the_days_of_a_round_stay_in_order() -> None:
    for changed in ({"closes_on": "2024-06-16"}, {"cut_off": "2024-07-30"}, {"opens_on": "2024-08-01"}):
        with pytest.raises(ValidationError, match="must be in this order"):
            calendar(**changed)


def test_rounds_of_one_kind_in_a_year_have_codes_and_cut_offs_of_their_own() -> None:
    assert len(calendar(SECOND).rounds) == 2
    with pytest.raises(ValidationError, match="the codes of rounds must be unique: 2024-application"):
        calendar({**SECOND, "code": "2024-application"})
    same_day = {**SECOND, "opens_on": "2024-06-17", "closes_on": "2024-07-31", "cut_off": "2024-08-16"}
    with pytest.raises(ValidationError, match="2 rounds of one kind have the same cut_off 2024-08-16"):
        calendar(same_day)
    assert len(calendar({**same_day, "kind": "assessment"}).rounds) == 2


def inconsistent(new: Calendar, *taken: str, before: Calendar | None = None) -> list[tuple[str, str]]:
    try:
        check_calendar(new, PROGRAMME, before=before, taken_rounds=taken)
    except CalendarInconsistent as refusal:
        return [(item.field, item.rule) for item in refusal.items]
    return []


def test_no_round_begins_before_its_documents_were_public() -> None:
    assert inconsistent(CALENDAR) == []
    late = CALENDAR.model_copy(update={"published_on": date(2024, 6, 18)})
    assert inconsistent(late) == [("rounds[0].opens_on", "opens-before-document")]
    early = calendar(opens_on="2024-05-26").model_copy(update={"published_on": date(2024, 5, 20)})
    assert inconsistent(early) == [("rounds[0].opens_on", "opens-before-document")]  # the programme's


def test_a_round_that_stood_before_rests_on_the_earlier_document() -> None:
    lengthened = calendar(closes_on="2024-08-09").model_copy(update={"published_on": date(2024, 7, 20)})
    assert inconsistent(lengthened, before=CALENDAR) == []
    added = calendar({**SECOND, "opens_on": "2024-07-19"}).model_copy(
        update={"published_on": date(2024, 7, 20)}
    )
    assert inconsistent(added, before=CALENDAR) == [("rounds[1].opens_on", "opens-before-document")]
    older = calendar().model_copy(update={"published_on": date(2024, 5, 26)})
    assert inconsistent(older, before=CALENDAR) == [("published_on", "document-order")]


def test_a_code_of_another_calendar_is_refused() -> None:
    assert inconsistent(calendar(SECOND), "2024-second", before=CALENDAR) == [("rounds[1].code", "unique")]
