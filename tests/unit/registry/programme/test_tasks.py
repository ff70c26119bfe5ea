"""How far a task is, what is late, and who reports on it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.registry.domain.programme.documents import Programme, Responsibility
from services.registry.domain.programme.tasks import (
    NoteDayImpossible,
    Standing,
    TaskNote,
    TaskState,
    UnitNotResponsible,
    check_noted_on,
    names_unit,
    standing_of,
    tasks_of,
)
from shared.web.principals import Role
from tests.support.people import PROVINCE_OFFICER, Person, source_department
from tests.unit.registry.filings.examples import PROGRAMME

FIRST = PROGRAMME.responsibilities[0]
DUE = date(2026, 12, 31)


def note(**changed: Any) -> TaskNote:
    made = TaskNote(
        task=FIRST.code,
        number=1,
        noted_on=date(2025, 3, 1),
        text="推进",
        percent=None,
        state=TaskState.IN_PROGRESS,
        standing=Standing.LEAD,
        unit="省发改委",
        written_by="somebody",
        recorded_at=datetime(2025, 3, 1, tzinfo=UTC),
    )
    return replace(made, **changed)


def first_task(today: date, *notes: TaskNote) -> Any:
    return tasks_of(PROGRAMME, notes, today=today)[0]


def test_the_first_unit_leads_and_the_others_join() -> None:
    found = tasks_of(PROGRAMME, [], today=date(2025, 1, 1))
    assert [task.place for task in found] == list(range(1, len(PROGRAMME.responsibilities) + 1))
    assert (found[0].lead, found[0].joint[:2]) == ("省发改委", ("省科技厅", "省经信厅"))
    assert {task.state for task in found} == {TaskState.NOT_STARTED}


def test_a_task_is_late_from_the_day_after_its_due_day_until_it_is_done() -> None:
    assert not first_task(DUE).is_late
    late = first_task(date(2027, 1, 3), note(percent=60))
    assert (late.is_late, late.days_late, late.percent) == (True, 3, 60)
    done = first_task(date(2027, 1, 3), note(state=TaskState.DONE))
    assert (done.is_late, done.days_late, done.percent) == (False, 0, 100)


def test_a_task_without_a_due_day_is_never_late() -> None:
    without = [task for task in tasks_of(PROGRAMME, [], today=date(2199, 1, 1)) if task.due_on is None]
    assert without
    assert {task.is_late for task in without} == {False}


@pytest.mark.parametrize(
    ("percent", "state", "says"),
    [
        (100, None, TaskState.DONE),
        (40, None, TaskState.IN_PROGRESS),
        (40, TaskState.STUCK, TaskState.STUCK),
        (None, TaskState.DONE, TaskState.DONE),
    ],
)
def test_a_percentage_says_a_state_where_none_is_given(
    percent: int | None, state: TaskState | None, says: TaskState
) -> None:
    assert note(percent=percent, state=state).says is says


def test_a_unit_is_known_by_any_spelling_and_reports_as_lead_joint_or_province() -> None:
    assert names_unit(FIRST, " 省 科技厅")
    assert standing_of(source_department("省发改委").principal, FIRST) is Standing.LEAD
    assert standing_of(source_department("省科技厅 ").principal, FIRST) is Standing.JOINT
    by_unit = Person("somebody", (Role.SOURCE_DEPARTMENT,), unit="省科技厅")
    assert standing_of(by_unit.principal, FIRST) is Standing.JOINT
    assert standing_of(PROVINCE_OFFICER.principal, FIRST) is Standing.PROVINCE
    both = Person("both", (Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER), unit="省教育厅")
    assert standing_of(both.principal, FIRST) is Standing.PROVINCE


@pytest.mark.parametrize("department", ["省教育厅", "", "省发改", "省发改委处"])
def test_a_department_that_is_not_named_does_not_report(department: str) -> None:
    with pytest.raises(UnitNotResponsible):
        standing_of(source_department(department).principal, FIRST)


@pytest.mark.parametrize("day", [date(2024, 5, 26), date(2025, 1, 2)])
def test_a_note_is_of_a_day_since_the_document_and_not_of_one_to_come(day: date) -> None:
    for fit in (PROGRAMME.published_on, date(2025, 1, 1)):
        check_noted_on(fit, PROGRAMME, today=date(2025, 1, 1))
    with pytest.raises(NoteDayImpossible):
        check_noted_on(day, PROGRAMME, today=date(2025, 1, 1))


def with_first(**changed: Any) -> dict[str, Any]:
    document = PROGRAMME.model_dump(mode="json")
    first, *rest = document["responsibilities"]
    return {**document, "responsibilities": [{**first, **changed}, *rest]}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": PROGRAMME.responsibilities[1].code}, "codes in responsibilities must be unique"),
        ({"units": ["省发改委", "省科技厅", " 省 发改委"]}, "rooted-industries names a unit twice"),
        ({"due_on": {"day": "2026-12-31", "label": "official"}}, "an official rule names its clause"),
    ],
)
def test_a_programme_with_impossible_tasks_is_refused(changed: dict[str, Any], told: str) -> None:
    Programme.model_validate(with_first())
    with pytest.raises(ValidationError, match=told):
        Programme.model_validate(with_first(**changed))


def test_hubei_cites_a_clause_for_each_task_and_none_for_a_day_that_it_does_not_name() -> None:
    rules: tuple[Responsibility, ...] = PROGRAMME.responsibilities
    assert {rule.label for rule in rules} == {"official"}
    days = [rule.due_on for rule in rules if rule.due_on is not None]
    assert {(day.label, day.clause) for day in days} == {("illustrative", None)}
