"""A plan is read strictly: each mistake with its place, a gap or an order that cannot be among them."""

from typing import Any

import pytest

from clients.pipeline.domain.plan import changes_between
from clients.pipeline.domain.reading import PlanInvalid, read_plan
from tests.support.pipeline.story import YEAR_PLAN, plan_of, planned

KNOWN = {"publish", "remind", "cut_off", "assess", "decide", "notice", "allocate", "issue"}
GATE = {"persons": 1, "roles": ["province_decider"]}


def problems(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(PlanInvalid) as found:
        read_plan(document, known=KNOWN)
    assert all(item.zh and item.en for item in found.value.items)
    return [(item.field, item.rule) for item in found.value.items]


def test_a_stage_comes_after_the_one_above_it_unless_it_says_otherwise() -> None:
    plan = read_plan(plan_of(), known=KNOWN)
    assert [stage.after for stage in plan.stages[:4]] == [(), ("budget_request",), ("publish",), ("remind",)]
    assert plan.by_code["allocate"].after == ("notice", "remind")
    assert plan.later_than("decide") == {"decide", "notice", "allocate", "issue", "archive"}


def test_the_order_of_keys_changes_no_hash() -> None:
    turned = dict(reversed(plan_of().items()))
    assert read_plan(turned, known=KNOWN).sha256 == read_plan(plan_of(), known=KNOWN).sha256


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ({"stage": "publish", "zh": "发布"}, ("stages[0].en", "missing-key")),
        (planned("publish", colour="red"), ("stages[0]", "unknown-key")),
        (planned("publsh"), ("stages[0].stage", "stage-unknown")),
        (planned("publish", not_before="2024-13-01"), ("stages[0].not_before", "date-expected")),
        (planned("publish", not_before="2024-06-03", due="2024-06-02"), ("stages[0].due", "days-reversed")),
        (planned("publish", due={"after": "issue", "days": 3}), ("stages[0].due.after", "order-impossible")),
        (
            planned("publish", due={"after": "publish", "days": 3}),
            ("stages[0].due.after", "order-impossible"),
        ),
        (planned("publish", due={"round": "r", "day": "ends"}), ("stages[0].due.day", "choice-expected")),
        (planned("publish", after=["assess"]), ("stages[0].after", "order-impossible")),
        (planned("publish", remind_days_before=[3]), ("stages[0].due", "day-missing")),
        (
            planned("publish", due="2024-06-03", remind_days_before=[-1]),
            ("stages[0].remind_days_before[0]", "integer-expected"),
        ),
        (
            planned("publish", due="2024-06-03", escalate_after_days=1),
            ("stages[0].escalate_to", "roles-missing"),
        ),
        (planned("publish", gate=GATE | {"roles": []}), ("stages[0].gate.roles", "list-expected")),
        (planned("publish", gate=GATE | {"roles": ["pipeline"]}), ("stages[0].gate.roles", "role-unknown")),
        (planned("publish", gate=GATE | {"persons": 0}), ("stages[0].gate.persons", "integer-expected")),
        (
            planned("publish", gate=GATE | {"send_back_to": "assess"}),
            ("stages[0].gate.send_back_to", "order-impossible"),
        ),
        (planned("publish", **{"with": []}), ("stages[0].with", "mapping-expected")),
    ],
)
def test_each_mistake_has_its_place(stage: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in problems(plan_of(stage))


def test_a_stage_stands_once_and_a_due_day_does_not_come_before_what_goes_first() -> None:
    found = problems(
        plan_of(
            planned("publish", not_before="2024-06-03"),
            planned("assess", due="2024-06-01"),
            planned("publish"),
        )
    )
    assert found == [("stages[2]", "stage-twice"), ("stages[1].due", "days-reversed")]


def test_a_stage_that_no_service_keeps_yet_needs_no_class() -> None:
    assert not read_plan(plan_of(planned("archive", kept=False)), known=KNOWN).stages[0].is_kept


@pytest.mark.parametrize("junk", [None, [], "plan", {"stages": []}, plan_of() | {"version": 2024}, {"a": 1}])
def test_what_is_no_plan_is_refused(junk: Any) -> None:
    assert problems(junk)


def test_the_difference_of_two_plans_names_its_stages() -> None:
    before = read_plan(plan_of(), known=KNOWN)
    stages = [stage for stage in YEAR_PLAN if stage["stage"] != "remind"]
    stages[6] = stages[6] | {"after": ["notice"]}
    after = read_plan(plan_of(*stages, version="2024.2"), known=KNOWN)
    changes = changes_between(before, after)
    assert [change.stage for change in changes] == ["allocate", "remind"]
    assert changes[1].after is None
