"""The registry's typed client against the real application: programme, tasks, notes, targets and the plan's report."""

from datetime import date
from typing import Any

import pytest

from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from tests.support.designations import designated
from tests.support.people import AUDITOR, PROVINCE_OFFICER, Person, county_preparer, source_department
from tests.support.register_story import RegisterStory
from tests.support.registry_story import (
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    set_business_date,
)
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
CLUSTER = f"{ZENGDU}-01"


def registry_as(registry: RunningService, person: Person) -> RegistryClient:
    return RegistryClient(
        "http://registry", registry.token_source(person), transport=registry.transport, attempts=1
    )


async def test_calendars_and_tasks_are_read_and_progress_is_noted(registry: RunningService) -> None:
    await load_programme(registry)
    async with registry_as(registry, source_department("省发改委")) as department:
        note = await department.note_progress(
            PROGRAMME, "into-parks", noted_on=date(2024, 6, 19), text="已启动", percent=20, key="note-1-2024"
        )
        assert (note.number, note.standing, note.percent) == (1, "lead", 20)
    async with registry_as(registry, PROVINCE_OFFICER) as officer:
        [version] = await officer.calendars(PROGRAMME)
        calendar = await officer.calendar(PROGRAMME, 2024)
        assert [entry.code for entry in calendar.rounds] == ["2024-application"]
        assert await officer.calendar_versions(PROGRAMME, 2024) == [version]
        tasks = {task.code: task for task in await officer.tasks(PROGRAMME, unit="省发改委")}
        assert (tasks["into-parks"].state, tasks["into-parks"].due_on) == ("in_progress", date(2026, 12, 31))
        assert await officer.tasks(PROGRAMME, late=True) == []
        task = await officer.task(PROGRAMME, "into-parks")
        assert task.latest == await officer.task_notes(PROGRAMME, "into-parks") == [note]


async def test_a_case_note_goes_from_the_county_to_everybody(registry: RunningService) -> None:
    await load_programme(registry)
    ok(await RegistryStory(registry).register())
    content: dict[str, Any] = {
        "title": "链主带动",
        "text": "做法",
        "what_was_done": "开放配套清单",
        "figures": [{"name": "配套企业", "value": "32", "unit": "家", "year": 2023}],
        "source": "曾都区发展和改革局",
    }
    async with (
        registry_as(registry, county_preparer(ZENGDU)) as county,
        registry_as(registry, PROVINCE_OFFICER) as province,
    ):
        written = await county.write_case_note({"cluster": CLUSTER, **content}, key="case-1-2024")
        sent_back = await province.send_back_case_note(written.code, reason="请补充", key="case-2-2024")
        assert (sent_back.state, sent_back.reason) == ("sent_back", "请补充")
        revised = await county.revise_case_note(
            written.code, {**content, "text": "做法与成效"}, version=sent_back.version
        )
        assert await county.case_note(written.code) == revised
        await province.publish_case_note(written.code, content_hash=revised.content_hash, key="case-3-2024")
        assert [note.code for note in await province.case_notes(cluster=CLUSTER, state="published")] == [
            written.code
        ]
        [public] = await county.published_case_notes()
        assert (public.text, public.figures[0].value) == ("做法与成效", "32")
        withdrawn = await province.withdraw_case_note(written.code, reason="数据有误", key="case-4-2024")
        assert withdrawn.state == "withdrawn"
        assert await county.published_case_notes() == []


async def test_targets_goals_and_the_report_of_a_plan_are_read(registry: RunningService) -> None:
    await load_programme(registry)
    await RegistryStory(registry).accepted(plausible_content(revenue="4140000"))
    goal = {
        "cluster": CLUSTER,
        "year": 2023,
        "indicator": "operating_revenue",
        "goal": "4000000",
        "goal_unit": "万元",
        "source": "集群发展计划",
        "period": "2023",
    }
    ok(await RegisterStory(registry).enter("plan-goals", goal))
    await designated(registry, CLUSTER, since="2024-09-20")
    await set_business_date(registry, "2025-02-01")
    async with registry_as(registry, AUDITOR) as auditor:
        table = await auditor.targets(PROGRAMME, year=2024)
        lines = {line.code: line for line in table.items}
        assert (lines["provincial_clusters"].value, lines["provincial_clusters"].counts.counted) == ("1", 1)
        [line] = (await auditor.target(PROGRAMME, "provincial_clusters", year=2024)).items
        assert line == lines["provincial_clusters"]
        before = await auditor.target(PROGRAMME, "provincial_clusters", year=2024, as_of=date(2024, 9, 19))
        assert before.items[0].value == "0"
        [unit] = await auditor.target_units(PROGRAMME, "provincial_clusters", year=2024, state="counted")
        assert (unit.code, unit.clusters) == (CLUSTER, [CLUSTER])
        public = await auditor.published_targets(PROGRAMME)
        assert (public.year, [own.value for own in public.items]) == (
            2024,
            [own.value for own in table.items],
        )
        announced = await auditor.designated_clusters(PROGRAMME, as_of=date(2024, 12, 31))
        assert [(own.cluster, own.level) for own in announced.clusters] == [(CLUSTER, "provincial")]
        assert [level.code for level in announced.levels] == ["provincial", "national"]
        [stated] = await auditor.plan_goals(PROGRAMME, cluster=CLUSTER, year=2023)
        assert (stated.actual, stated.difference) == ("4140000", "140000")
        report = await auditor.plan_report(PROGRAMME)
        assert [year.year for year in report.lines[0].years] == [2024, 2025]
        assert ("designations", CLUSTER, None) in {(own.kind, own.code, own.passes_to) for own in report.left}
        [cluster] = await auditor.plan_clusters(PROGRAMME)
        assert (cluster.start, [own.status for own in cluster.decisions]) == (None, ["designated"])
        counties = {county.code: county for county in await auditor.plan_counties(PROGRAMME)}
        assert (counties[ZENGDU].held_at_end, len(counties)) == (1, 80)
        with pytest.raises(ServiceProblem) as caught:
            await auditor.published_targets(PROGRAMME, year=2025)
        assert caught.value.problem_code == "year-not-over"
