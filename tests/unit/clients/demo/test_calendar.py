"""The demo's days: nothing happens before what it stands on, after what tells of it, or while offices are closed."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest

from clients.demo.calendar import DAYS, Days
from clients.demo.years import YEARS, DemoYear
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from shared.calendar.holiday_calendar import holiday_calendar

FOLDER = ProgrammeFolder(default_programme_folder())
ALL = pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))


def stages(year: int) -> dict[str, Any]:
    return {stage["stage"]: stage for stage in FOLDER.cycle_plan(year)["stages"]}


def story(days: Days) -> dict[str, date]:
    told = {field.name: getattr(days, field.name) for field in fields(days)}
    return {name: day for name, day in told.items() if day is not None}


@ALL
def test_each_day_of_the_story_is_a_working_day_not_before_the_one_before(year: DemoYear) -> None:
    days = story(year.days)
    assert list(days.values()) == sorted(days.values())
    assert [name for name, day in days.items() if not holiday_calendar().is_working(day)] == []
    assert {day.year for day in days.values()} == {year.year}


@ALL
def test_each_notice_lasts_seven_calendar_days_before_the_next_decision(year: DemoYear) -> None:
    """By the plan of the cycle it begins on the day after its decision."""
    days = year.days
    assert stages(year.year)["public_notice"]["not_before"] == {"after": "decide", "days": 1}
    last = days.decided_again or days.decided
    assert last + timedelta(days=1 + 7) <= days.designated
    if days.decided_again is not None:
        assert days.decided + timedelta(days=1 + 7) == days.decided_again + timedelta(days=1)


def test_the_first_notice_of_2024_is_the_published_one() -> None:
    assert DAYS[2024].decided + timedelta(days=1) == date(2024, 9, 4)


def test_the_list_is_issued_before_a_newspaper_prints_it() -> None:
    printed = FOLDER.reference("published_sources")["suiw"]
    assert "2024-09-21" in printed
    assert date(2024, 9, 21) > DAYS[2024].issued


@ALL
def test_the_demo_keeps_to_the_days_of_its_rounds(year: DemoYear) -> None:
    days = year.days
    (calendar,) = (entry for entry in FOLDER.calendars if entry["assessment_year"] == year.year)
    assert date.fromisoformat(calendar["published_on"]) <= days.published
    assert tuple(entry["code"] for entry in calendar["rounds"]) == year.rounds
    assert stages(year.year)["open_filings"]["with"] == {"rounds": list(year.rounds)}
    for entry in calendar["rounds"]:
        opens_on, closes_on, cut_off = (
            date.fromisoformat(entry[name]) for name in ("opens_on", "closes_on", "cut_off")
        )
        assert opens_on <= days.filed <= closes_on < days.reviewed
        assert days.accepted <= cut_off == days.cut_off


@ALL
def test_the_money_is_of_the_years_own_line_and_settled_on_its_last_day(year: DemoYear) -> None:
    assert stages(year.year)["open_round"]["with"] == {"appropriation": year.appropriation}
    assert date(year.year, 1, 1) <= year.days.budget_approved < date(year.year, 3, 1)
    assert date.fromisoformat(stages(year.year)["spending"]["not_before"]) == year.days.settled
    assert year.days.settled == date(year.year, 12, 31)


@ALL
def test_the_rules_of_a_cycle_are_in_effect_when_they_are_published(year: DemoYear) -> None:
    rules = FOLDER.incentive_of(FOLDER.cycle_plan(year.year))
    assert rules in FOLDER.incentives_by(year.days.published)
    assert date.fromisoformat(rules["effective"]["to"]) >= year.days.settled


def test_no_rule_is_loaded_and_no_project_tested_before_its_document_is_public() -> None:
    first, second, *_ = FOLDER.incentives
    days = DAYS[2024]
    assert FOLDER.incentives_by(days.published) == [first]
    assert FOLDER.incentives_by(days.priority) == [first, second]
    assert "instruments" not in first
    for document in (FOLDER.scheme["document"], first["document"], FOLDER.programme):
        assert date.fromisoformat(document["published_on"]) <= days.published
    (listing,) = second["instruments"][0]["negative_lists"]
    assert days.published < date.fromisoformat(listing["published_on"]) <= days.priority
