"""A table of clock jumps: what was missed fires once and in order, nothing fires twice, no deadline moves silently."""

from datetime import date
from typing import Any

import pytest

from clients.pipeline.domain.states import Outcome, StageState
from tests.support.pipeline.story import Story, plan_of, planned

STAGE = planned(
    "publish", not_before="2024-06-03", due="2024-06-28", remind_days_before=[14, 7, 1],
    escalate_after_days=3, escalate_to=["auditor"],
)  # fmt: skip
#: A stage that waits for somebody, so that its days pass.
WAITING = plan_of(STAGE)


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


async def played(story: Story, days: list[str]) -> list[str]:
    """What was told on these business dates, one tick on each."""
    story.deeds["publish"].waits_for = {"附件"}
    await story.start(WAITING)
    for text in days:
        story.today = date.fromisoformat(text) if len(text) > 5 else day(text)
        await story.tick()
    return [f"{notice.kind}" for notice in await story.notices()]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["06-01"], []),
        (["06-03"], []),
        (["06-14"], ["reminder"]),
        (["06-14", "06-14"], ["reminder"]),  # the same day again
        (["06-14", "06-15", "06-21", "06-27"], ["reminder"] * 3),
        (["06-27"], ["reminder"]),  # forward over three reminders: one is told
        (["06-28"], ["reminder"]),  # the day it is due is not over
        (["06-29"], ["overdue"]),  # forward over the deadline: reminders come too late
        (["06-14", "06-29"], ["reminder", "overdue"]),
        (["06-29", "07-02"], ["overdue", "escalation"]),
        (["2025-01-02"], ["overdue", "escalation"]),  # over the end of the year, in order
        (["06-14", "06-13", "06-14"], ["reminder"]),  # back by a day
        (["06-29", "05-29", "06-29"], ["overdue"]),  # back by a month
        (["07-02", "06-01", "06-14", "06-29", "07-02"], ["overdue", "escalation"]),
    ],
)
async def test_what_is_told_when_the_clock_jumps(story: Story, days: list[str], told: list[str]) -> None:
    assert await played(story, days) == told


async def test_a_clock_that_goes_back_before_the_beginning_waits_again_and_undoes_nothing(
    story: Story,
) -> None:
    await story.start(
        plan_of(planned("publish", not_before="2024-06-03"), planned("assess", not_before="2024-08-26"))
    )
    story.today = day("06-03")
    assert await story.tick() is Outcome.WAITS_FOR_DATE
    assert len(story.office.done) == 3
    story.today = day("05-03")
    assert await story.tick() is Outcome.WAITS_FOR_DATE
    stages = await story.stages()
    assert (stages["publish"].state, stages["publish"].done_on) == (StageState.DONE, day("06-03"))
    story.today = day("08-26")
    await story.tick()
    assert len(story.office.done) == 4


async def test_a_deadline_that_the_registrys_calendar_moves_is_told_and_reminded_anew(story: Story) -> None:
    due: dict[str, Any] = {"round": "2024-application", "day": "cut_off"}
    story.deeds["publish"].waits_for = {"附件"}
    await story.start(plan_of(planned("publish", due=due, remind_days_before=[1])))
    story.today = day("08-15")
    await story.tick()
    story.rounds = {("2024-application", "cut_off"): day("08-30")}
    await story.tick()
    story.today = day("08-29")
    await story.tick()
    assert [notice.kind for notice in await story.notices()] == ["reminder", "deadline_moved", "reminder"]
    moved = (await story.notices())[1]
    assert "2024-08-16" in moved.zh
    assert "2024-08-30" in moved.zh
    assert (await story.stages())["publish"].due_on == day("08-30")


async def test_while_the_registry_is_away_its_days_stay(story: Story) -> None:
    due: dict[str, Any] = {"round": "2024-application", "day": "cut_off"}
    await story.start(plan_of(planned("publish", not_before="2024-09-01", due=due)))
    await story.tick()
    story.office.is_away = True
    await story.tick()
    assert (await story.stages())["publish"].due_on == day("08-16")
    assert await story.notices() == []


async def test_a_round_that_the_calendar_does_not_have_is_a_reason(story: Story) -> None:
    begins: dict[str, Any] = {"round": "2024-assessment", "day": "opens_on"}
    await story.start(plan_of(planned("publish", not_before=begins)))
    await story.tick()
    stage = (await story.stages())["publish"]
    assert stage.state is StageState.WAITING
    assert stage.reasons[0]["code"] == "day-unknown"
    assert "2024-assessment.opens_on" in stage.reasons[0]["zh"]


async def test_a_deadline_in_a_year_whose_holidays_are_not_known_is_provisional(story: Story) -> None:
    plan = plan_of(
        planned("publish"), planned("assess", due={"after": "publish", "days": 5, "kind": "working"})
    )
    story.deeds["assess"].waits_for = {"附件"}
    story.today = date(2098, 12, 25)
    await story.start(plan)
    await story.tick()
    stage = (await story.stages())["assess"]
    assert (stage.due_on, stage.is_provisional) == (date(2099, 1, 1), True)  # counted by weekends only
