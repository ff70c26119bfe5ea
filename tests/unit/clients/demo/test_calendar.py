"""The demo's days: nothing happens before what it stands on, after what tells of it, or while offices are closed."""

from datetime import date, timedelta

from clients.demo import calendar
from clients.demo.year.story import ROUND
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from shared.calendar.holiday_calendar import holiday_calendar

FOLDER = ProgrammeFolder(default_programme_folder())
DAYS = ("opens_on", "closes_on", "cut_off")
#: In the order of the story.
STORY = (
    "BUDGET_APPROVED_ON", "PUBLISHED_ON", "FILED_ON", "REVIEWED_ON", "ACCEPTED_ON", "CUT_OFF",
    "DECIDED_ON", "OBJECTED_ON", "RULED_ON", "DECIDED_AGAIN_ON",
    "DESIGNATED_ON", "ALLOCATED_ON", "REVIEWED_MONEY_ON", "ISSUED_ON", "PASSED_DOWN_ON", "PASSED_ON_ON", "PLANNED_ON",
    "PAID_ON", "RETURNED_ON", "PRIORITY_ON", "SETTLED_ON",
)  # fmt: skip


def day(name: str) -> date:
    found: date = getattr(calendar, name)
    return found


def test_each_day_of_the_story_is_a_working_day_not_before_the_one_before() -> None:
    days = [day(name) for name in STORY]
    assert days == sorted(days)
    assert [name for name in STORY if not holiday_calendar().is_working(day(name))] == []
    assert {name for name in vars(calendar) if name.isupper()} == set(STORY)


def test_both_notices_last_seven_calendar_days_and_the_second_follows_the_first() -> None:
    """By the plan of the cycle each begins on the day after its decision."""
    stages = {stage["stage"]: stage for stage in FOLDER.cycle_plan(2024)["stages"]}
    assert stages["public_notice"]["not_before"] == {"after": "decide", "days": 1}
    first, second = (day + timedelta(days=1) for day in (calendar.DECIDED_ON, calendar.DECIDED_AGAIN_ON))
    assert first == date(2024, 9, 4)  # published: 4 to 10 September
    assert first + timedelta(days=7) == second
    assert second + timedelta(days=7) <= calendar.DESIGNATED_ON


def test_the_list_is_issued_before_a_newspaper_prints_it() -> None:
    printed = FOLDER.reference("published_sources")["suiw"]
    assert "2024-09-21" in printed
    assert date(2024, 9, 21) > calendar.ISSUED_ON


def test_the_demo_keeps_to_the_days_of_its_round() -> None:
    (calendar_of_2024,) = FOLDER.calendars
    days = {name: date.fromisoformat(told) for name, told in FOLDER.round(ROUND).items() if name in DAYS}
    assert date.fromisoformat(calendar_of_2024["published_on"]) <= calendar.PUBLISHED_ON
    assert days["opens_on"] <= calendar.FILED_ON <= days["closes_on"]
    assert days["closes_on"] < calendar.REVIEWED_ON <= calendar.ACCEPTED_ON <= days["cut_off"]
    assert days["cut_off"] == calendar.CUT_OFF


def test_the_budget_is_approved_at_the_beginning_of_its_year() -> None:
    assert date(2024, 1, 1) <= calendar.BUDGET_APPROVED_ON <= date(2024, 2, 29)


def test_no_rule_is_loaded_and_no_project_tested_before_its_document_is_public() -> None:
    first, second = FOLDER.incentives
    assert "instruments" not in first
    for document in (FOLDER.scheme["document"], first["document"], FOLDER.programme):
        assert date.fromisoformat(document["published_on"]) <= calendar.PUBLISHED_ON
    (listing,) = second["instruments"][0]["negative_lists"]
    assert calendar.PUBLISHED_ON < date.fromisoformat(listing["published_on"]) <= calendar.PRIORITY_ON
