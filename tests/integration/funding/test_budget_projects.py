"""A county's plans change, split and close with a reason; quota is not cut below them without a word."""

from typing import Any

import pytest

from shared.web.principals import Role
from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, county_finance, with_quota
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, Person, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
COUNTY = county_finance(DAYE)
PART = {"name": "检测中心", "unit": "检测公司", "use": "technology_platform"}


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    """大冶 holds 700 万元 and plans all of it for DY-1."""
    desks = Desks(FundingStory(funding, below_funding))
    await with_quota(desks)
    return desks


async def command(desks: Desks, project: str, action: str, **body: Any) -> dict[str, Any]:
    path = f"/v1/budget-projects/{project}/{action}"
    shown: dict[str, Any] = ok(await desks.story.post(COUNTY, path, {"reason": "实施方案调整", **body}))
    return shown


async def broken(desks: Desks, project: str, action: str, **body: Any) -> list[tuple[str, str]]:
    """Field and rule of each reason against the command, which changes nothing."""
    before = await fingerprint(desks.story.funding)
    path = f"/v1/budget-projects/{project}/{action}"
    answer = await desks.story.post(COUNTY, path, {"reason": "实施方案调整", **body})
    problem = refused(answer, 409, "budget-project-refused")
    assert await fingerprint(desks.story.funding) == before
    return [(item["field"], item["rule"]) for item in problem["errors"]]


async def planned(desks: Desks) -> int:
    (line,) = [
        row for row in ok(await desks.story.get(COUNTY, "/v1/spending"))["lines"] if row["division"] == DAYE
    ]
    return int(line["planned_fen"])


async def test_a_plan_is_changed_with_its_reason_and_what_it_was_stays_visible(desks: Desks) -> None:
    shown = await command(desks, "DY-1", "changes", changes={"name": "检验检测平台", "amount_fen": 500 * WAN})
    assert (shown["name"], shown["amount_fen"], shown["unit"]) == ("检验检测平台", 500 * WAN, "平台建设单位")
    (step,) = shown["steps"]
    assert (step["action"], step["reason"], step["fund_order"]) == ("changed", "实施方案调整", None)
    assert step["before"] == {"name": "公共服务平台", "amount_fen": 700 * WAN}
    assert step["after"] == {"name": "检验检测平台", "amount_fen": 500 * WAN}
    assert await planned(desks) == 500 * WAN
    await desks.project(DAYE, LINE, "DY-2", 200 * WAN)
    assert await broken(desks, "DY-1", "changes", changes={"amount_fen": 501 * WAN}) == [
        ("amount_fen", "within-quota")
    ]


async def test_a_plan_does_not_fall_below_what_it_paid(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 400 * WAN)))
    assert await broken(desks, "DY-1", "changes", changes={"amount_fen": 399 * WAN}) == [
        ("amount_fen", "plan-covers-paid")
    ]
    await command(desks, "DY-1", "changes", changes={"amount_fen": 400 * WAN})
    await desks.project(DAYE, LINE, "DY-2", 300 * WAN)
    assert await broken(desks, "DY-2", "changes", changes={"use": "nothing-named"}) == [("use", "named-use")]
    assert await broken(desks, "DY-2", "changes", changes={"amount_fen": 300 * WAN}) == [
        ("changes", "something-changes")
    ]


async def test_a_plan_is_split_and_its_parts_take_what_is_not_paid(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 400 * WAN)))
    parts = [
        {"code": "DY-2", "amount_fen": 200 * WAN, **PART},
        {"code": "DY-3", "amount_fen": 101 * WAN, **PART},
    ]
    assert await broken(desks, "DY-1", "split", parts=parts) == [("parts", "parts-fit-plan")]
    same = [parts[0], {**parts[1], "code": "DY-2", "amount_fen": WAN, "use": "nothing-named"}]
    assert await broken(desks, "DY-1", "split", parts=same) == [
        ("parts[1].code", "code-once"),
        ("parts[1].use", "named-use"),
    ]
    assert await broken(desks, "DY-1", "split", parts=[{**parts[0], "code": "DY-1"}]) == []
    parts[1]["amount_fen"] = 100 * WAN
    shown = await command(desks, "DY-1", "split", parts=parts)
    assert (shown["amount_fen"], shown["state"]) == (400 * WAN, "closed")  # nothing is left to pay
    listed = {row["code"]: row for row in ok(await desks.story.get(AUDITOR, "/v1/budget-projects"))["items"]}
    assert {code: (row["amount_fen"] // WAN, row["split_from"]) for code, row in listed.items()} == {
        "DY-1": (400, None),
        "DY-2": (200, "DY-1"),
        "DY-3": (100, "DY-1"),
    }
    assert await planned(desks) == 700 * WAN
    ok(await desks.pay(DAYE, "F2", desks.payment("S2", "DY-2", 200 * WAN)))


async def test_a_closed_plan_pays_nothing_and_frees_its_quota(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    shown = await command(desks, "DY-1", "closure")
    assert (shown["state"], shown["amount_fen"]) == ("closed", 100 * WAN)
    assert shown["steps"][0]["before"] == {"amount_fen": 700 * WAN, "state": "open"}
    answer = await desks.pay(DAYE, "F2", desks.payment("S2", "DY-1", WAN))
    problem = refused(answer, 409, "payments-refused")
    assert [item["rule"] for item in problem["errors"]] == ["project-open"]
    for action, body in (
        ("changes", {"changes": {"name": "甲"}}),
        ("split", {"parts": [{"code": "DY-2", "amount_fen": 1, **PART}]}),
        ("closure", {}),
    ):
        assert await broken(desks, "DY-1", action, **body) == [("code", "project-open")]
    ok(await desks.give_back(DAYE, "S1", "R1", 100 * WAN))  # what comes back is quota again
    await desks.project(DAYE, LINE, "DY-2", 700 * WAN)


@pytest.mark.strangers
async def test_a_withdrawal_below_the_plans_lists_the_projects_and_asks(desks: Desks) -> None:
    """700 万元 arrived, 400 and 300 are planned, 150 is paid: withdrawing 200 leaves 350, 550 is still to pay."""
    parts = [{"code": "DY-2", "amount_fen": 300 * WAN, **PART}]
    await command(desks, "DY-1", "split", parts=parts)
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 150 * WAN)))
    withdrawal: dict[str, Any] = {
        "cluster": f"{DAYE}-01",
        "division": DAYE,
        "method": "quota_withdrawn",
        "ground": "unspent",
        "amount_fen": 200 * WAN,
    }
    item = await asked(desks, "recovery", **withdrawal)
    for text in (item["message"], item["message_en"]):
        for value in ("DY-1", "400 ", "150 ", "DY-2", "300 ", "350 ", "550 ", "200 "):
            assert value in text
    short = [{"budget_project": "DY-2", "planned_fen": 101 * WAN}]
    item = await asked(desks, "recovery", plan_cuts=short, **withdrawal)
    assert "DY-2 检测中心(计划 101 万元" in item["message"]
    cuts = [
        {"budget_project": "DY-1", "planned_fen": 150 * WAN},
        {"budget_project": "DY-2", "planned_fen": 299 * WAN},
    ]
    number = await desks.decide("recovery", LINE, plan_cuts=cuts, **withdrawal)
    listed = {row["code"]: row for row in ok(await desks.story.get(COUNTY, "/v1/budget-projects"))["items"]}
    assert (listed["DY-1"]["state"], listed["DY-1"]["amount_fen"]) == ("closed", 150 * WAN)
    assert (listed["DY-2"]["state"], listed["DY-2"]["amount_fen"]) == ("open", 299 * WAN)
    assert listed["DY-2"]["steps"][-1] == {
        "number": 1,
        "action": "cut",
        "before": {"amount_fen": 300 * WAN},
        "after": {"amount_fen": 299 * WAN},
        "reason": "依据文件办理",
        "fund_order": number,
        "subject": FINANCE_REVIEWER.subject,
        "business_date": desks.today,
    }
    assert (await desks.balances(LINE))["passed_down"] == 350 * WAN


async def test_a_year_end_below_the_plans_asks_too(desks: Desks) -> None:
    left: dict[str, Any] = {
        "left_in": "passed_down",
        "cluster": f"{DAYE}-01",
        "division": DAYE,
        "disposition": "carry_over",
        "amount_fen": 700 * WAN,
    }
    item = await asked(desks, "year_end", **left)
    assert "DY-1" in item["message"]
    await desks.decide("year_end", LINE, plan_cuts=[{"budget_project": "DY-1", "planned_fen": 0}], **left)
    (project,) = ok(await desks.story.get(COUNTY, "/v1/budget-projects"))["items"]
    assert (project["state"], project["amount_fen"]) == ("closed", 0)


async def asked(desks: Desks, kind: str, **body: Any) -> dict[str, Any]:
    """What an order that cuts quota below the plans asks."""
    before = await fingerprint(desks.story.funding)
    answer = await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", desks.order(kind, LINE, **body))
    problem = refused(answer, 409, "fund-order-not-possible")
    assert await fingerprint(desks.story.funding) == before
    (item,) = problem["errors"]
    assert (item["field"], item["rule"]) == ("plan_cuts", "plans-fit-quota")
    found: dict[str, Any] = item
    return found


@pytest.mark.parametrize(
    ("cuts", "reasons"),
    [
        ([("XX-1", 0)], [("plan_cuts[0].budget_project", "project-of-quota")]),
        ([("DY-1", 700)], [("plan_cuts[0].planned_fen", "cut-within-plan")]),
        ([("DY-1", 99)], [("plan_cuts[0].planned_fen", "cut-within-plan")]),
        (
            [("DY-1", 400), ("DY-1", 400)],
            [
                ("plan_cuts[0].budget_project", "project-once"),
                ("plan_cuts[1].budget_project", "project-once"),
            ],
        ),
    ],
)
async def test_a_cut_names_a_project_of_the_quota_and_less_than_it_plans(
    desks: Desks, cuts: list[tuple[str, int]], reasons: list[tuple[str, str]]
) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    order = desks.order(
        "recovery",
        LINE,
        cluster=f"{DAYE}-01",
        division=DAYE,
        method="quota_withdrawn",
        ground="unspent",
        amount_fen=300 * WAN,
        plan_cuts=[{"budget_project": code, "planned_fen": wan * WAN} for code, wan in cuts],
    )
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    found = [(item["field"], item["rule"]) for item in problem["errors"]]
    assert found[: len(reasons)] == reasons
    assert set(found[len(reasons) :]) <= {("plan_cuts", "plans-fit-quota")}


async def test_nobody_else_changes_a_countys_plans(desks: Desks) -> None:
    before = await fingerprint(desks.story.funding)
    bodies: dict[str, dict[str, Any]] = {
        "changes": {"changes": {"name": "甲"}, "reason": "乙"},
        "split": {"parts": [{"code": "DY-2", "amount_fen": 1, **PART}], "reason": "乙"},
        "closure": {"reason": "乙"},
    }
    city = Person("city", (Role.CITY_FINANCE,), "420200", "黄石市财政局")
    for action, body in bodies.items():
        path = f"/v1/budget-projects/DY-1/{action}"
        for person in (FINANCE_MAKER, AUDITOR, county_preparer(DAYE), city):
            refused(await desks.story.post(person, path, body), 403, "role-not-permitted")
        refused(await desks.story.post(county_finance(TIANMEN), path, body), 404, "not-found")
    refused(await desks.story.get(county_finance(TIANMEN), "/v1/budget-projects/DY-1"), 404, "not-found")
    assert await fingerprint(desks.story.funding) == before


async def test_a_plan_keeps_the_consent_that_it_has_also_where_a_newer_rule_asks_for_another_form(
    desks: Desks,
) -> None:
    consent = {"use": "other", "consent_document_number": "鄂发改函〔2024〕9号"}
    await command(desks, "DY-1", "changes", changes=consent)
    rules = programme.document("incentive") | {"id": "own-form", "version": "1"}
    rules["document_numbers"] |= {
        "form": "{office}字〔{year}〕第{number}号",
        "example": "鄂财字〔2024〕第1号",
    }
    ok(await desks.story.publish(rules))
    shown = await command(desks, "DY-1", "changes", changes={"name": "平台二期"})
    assert (shown["name"], shown["consent_document_number"]) == ("平台二期", "鄂发改函〔2024〕9号")
    other = {"consent_document_number": "鄂发改函〔2024〕10号"}
    assert await broken(desks, "DY-1", "changes", changes=other) == [
        ("consent_document_number", "document-number-form")
    ]


async def test_what_comes_back_to_a_closed_plan_is_free_and_no_longer_planned(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 400 * WAN)))
    await command(desks, "DY-1", "closure")
    assert await planned(desks) == 400 * WAN
    ok(await desks.give_back(DAYE, "S1", "R1", 100 * WAN))
    assert await planned(desks) == 300 * WAN
    await desks.project(DAYE, LINE, "DY-2", 400 * WAN)
    assert await planned(desks) == 700 * WAN
