"""What a plan tells its stages: a year's things are named once, and a stage that is not told what it needs says so."""

from dataclasses import replace
from typing import Any

import pytest

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.stages.contract import View
from clients.pipeline.stages.reading import (
    PlanIncomplete,
    ResultMissing,
    came_to,
    given,
    given_text,
    given_version,
    named,
    rounds_of,
)
from shared.documents.canonical import Json


def view_of(**given_by_stage: dict[str, Any]) -> View:
    """At the second of these stages."""
    stages: list[Json] = [
        {"stage": code, "zh": f"环节{code}", "en": f"stage {code}", "with": told}
        for code, told in given_by_stage.items()
    ]
    document: Json = {"programme": "test", "assessment_year": 2024, "version": "1", "stages": stages}
    plan: Plan = read_plan(document, known=given_by_stage.keys())
    return View(plan, plan.stages[1], 1, None, {}, None)  # type: ignore[arg-type]


def test_what_a_stage_is_not_told_itself_is_what_another_one_is_told() -> None:
    view = view_of(publish={"scheme": {"id": "s", "version": "1"}, "line": "a"}, assess={"line": "b"})
    assert given_version(view, "scheme") == ("s", "1")
    assert given_text(view, "line") == "b"
    assert given(view, "nothing") is None


@pytest.mark.parametrize(
    "told", [{}, {"scheme": "s"}, {"scheme": {"id": "s"}}, {"scheme": {"id": "s", "version": 1}}]
)
def test_a_document_that_is_not_named_by_id_and_version_is_refused_with_the_stage(
    told: dict[str, Any],
) -> None:
    with pytest.raises(PlanIncomplete) as caught:
        given_version(view_of(publish={}, assess=told), "scheme")
    assert "环节assess" in caught.value.zh
    assert "assess" in caught.value.en


@pytest.mark.parametrize("told", [{}, {"line": ""}, {"line": 7}])
def test_a_text_that_is_missing_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(PlanIncomplete):
        given_text(view_of(publish={}, assess=told), "line")


@pytest.mark.parametrize("told", [{}, {"rounds": []}, {"rounds": "2024-application"}])
async def test_a_plan_without_rounds_is_refused_before_anybody_is_asked(told: dict[str, Any]) -> None:
    with pytest.raises(PlanIncomplete):
        await rounds_of(view_of(open={}, close=told))


def test_a_stage_that_rests_on_one_that_came_to_nothing_says_so() -> None:
    view = replace(view_of(publish={}, assess={}), results={"publish": {"version": "1", "releases": {}}})
    assert came_to(view, "publish", "version") == "1"
    for stage, key in (("publish", "releases"), ("publish", "other"), ("waived", "version")):
        with pytest.raises(ResultMissing) as caught:
            came_to(view, stage, key)
        assert stage in caught.value.zh


def test_at_most_ten_are_named_and_the_others_counted() -> None:
    assert named(["a", "b"]) == ("a、b", "a, b")
    zh, en = named([str(number) for number in range(12)])
    assert (zh.endswith("9等"), en.endswith("9 and 2 more")) == (True, True)
