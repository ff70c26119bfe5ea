"""Treasury payments: all of a file or nothing, each payment once, never above the quota, and reconciled by serial."""

from typing import Any

import pytest

from shared.web.principals import Role
from tests.support.fingerprint import fingerprint
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, ZENGDU, Desks, county_finance, with_quota
from tests.support.people import AUDITOR, Person, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    await with_quota(found)
    return found


async def refused_file(desks: Desks, file: str, *payments: dict[str, Any]) -> list[tuple[int | None, str]]:
    """(row, rule) of everything that is wrong; nothing was changed."""
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.pay(DAYE, file, *payments), 409, "payments-refused")
    assert await fingerprint(desks.story.funding) == before
    return [(entry["row"], entry["rule"]) for entry in problem["errors"]]


async def test_the_same_payment_twice_and_with_another_amount_is_refused(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    again = desks.payment("S1", "DY-1", 100 * WAN)
    assert await refused_file(desks, "F2", again) == [(1, "serial-once")]
    assert await refused_file(desks, "F2", {**again, "actual_fen": 99 * WAN}) == [(1, "serial-differs")]
    assert await refused_file(desks, "F1", desks.payment("S2", "DY-1", WAN)) == [(None, "file-once")]
    fresh = desks.payment("S3", "DY-1", WAN)
    assert await refused_file(desks, "F2", fresh, fresh) == [(2, "serial-once")]


async def test_a_file_tells_every_wrong_row(desks: Desks) -> None:
    wrong = [
        desks.payment("S1", "DY-1", 400 * WAN),
        desks.payment("S2", "NONE", WAN),
        {**desks.payment("S3", "DY-1", 2 * WAN), "requested_fen": WAN},
        {**desks.payment("S4", "DY-1", WAN), "paid_on": "2025-01-01"},
        desks.payment("S5", "DY-1", 400 * WAN),
    ]
    assert await refused_file(desks, "F1", *wrong) == [
        (2, "known-budget-project"),
        (3, "within-request"),
        (4, "date-to-come"),
        (5, "within-budget-project"),
        (5, "within-quota"),
    ]


async def test_payments_stay_within_what_is_left_of_the_plan_after_a_recovery(desks: Desks) -> None:
    await desks.decide(
        "recovery",
        LINE,
        cluster=f"{DAYE}-01",
        division=DAYE,
        method="quota_withdrawn",
        ground="unspent",
        amount_fen=600 * WAN,
        plan_cuts=[{"budget_project": "DY-1", "planned_fen": 100 * WAN}],
    )
    faults = await refused_file(desks, "F1", desks.payment("S1", "DY-1", 101 * WAN))
    assert faults == [(1, "within-budget-project"), (1, "within-quota")]
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))


@pytest.mark.parametrize("again", ["tst-1a", "\uff34\uff33\uff34-1A", " TST-1A\u200b", "TST -\u00a01A"])
async def test_a_serial_written_in_another_way_is_paid_and_returned_once(desks: Desks, again: str) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("TST-1A", "DY-1", 100 * WAN)))
    ok(await desks.give_back(DAYE, "tst-1a", "r-1", 10 * WAN))
    before = await fingerprint(desks.story.funding)
    assert await refused_file(desks, "F2", desks.payment(again, "DY-1", 100 * WAN)) == [(1, "serial-once")]
    twice = [desks.payment("B-1", "DY-1", WAN), desks.payment("b-1", "DY-1", WAN)]
    assert await refused_file(desks, "F2", *twice) == [(2, "serial-once")]
    problem = refused(await desks.give_back(DAYE, "TST-1A", "R-1", WAN), 409, "payments-refused")
    assert [entry["rule"] for entry in problem["errors"]] == ["serial-once"]
    answer = await desks.pay(DAYE, "f1", desks.payment("B-1", "DY-1", WAN))
    problem = refused(answer, 409, "payments-refused")
    assert [entry["rule"] for entry in problem["errors"]] == ["file-once"]
    assert await fingerprint(desks.story.funding) == before


async def test_wrong_control_totals_refuse_the_file(desks: Desks) -> None:
    before = await fingerprint(desks.story.funding)
    body = {
        "file_number": "F1",
        "control_count": 2,
        "control_total_fen": 99 * WAN,
        "payments": [desks.payment("S1", "DY-1", 100 * WAN)],
    }
    answer = await desks.story.post(county_finance(DAYE), "/v1/treasury-payments", body)
    problem = refused(answer, 422, "payment-file-invalid")
    assert [entry["rule"] for entry in problem["errors"]] == ["control-count", "control-total"]
    assert await fingerprint(desks.story.funding) == before


async def test_no_more_comes_back_than_was_paid_and_each_return_once(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    ok(await desks.give_back(DAYE, "S1", "R1", 60 * WAN))
    for serial, amount, rules in (
        ("R2", 41 * WAN, ["within-payment"]),
        ("R1", 40 * WAN, ["serial-once"]),
    ):
        problem = refused(await desks.give_back(DAYE, "S1", serial, amount), 409, "payments-refused")
        assert [entry["rule"] for entry in problem["errors"]] == rules
    refused(await desks.give_back(DAYE, "S9", "R2", WAN), 404, "not-found")
    recovered: dict[str, Any] = {
        "cluster": f"{DAYE}-01",
        "division": DAYE,
        "ground": "misuse",
        "amount_fen": 30 * WAN,
    }
    await desks.decide("recovery", LINE, method="deducted_at_settlement", **recovered)
    problem = refused(await desks.give_back(DAYE, "S1", "R2", 40 * WAN), 409, "payments-refused")
    assert [entry["rule"] for entry in problem["errors"]] == ["not-recovered"]
    shown = ok(await desks.give_back(DAYE, "S1", "R2", 10 * WAN))
    assert shown["returned_fen"] == 70 * WAN


async def test_plans_stay_within_the_quota_and_name_their_use(desks: Desks) -> None:
    body = {
        "code": "DY-2",
        "appropriation": LINE,
        "cluster": f"{DAYE}-01",
        "name": "办公楼",
        "unit": "某局",
        "use": "office_building",
        "amount_fen": 1,
    }
    problem = refused(
        await desks.story.post(county_finance(DAYE), "/v1/budget-projects", body),
        409,
        "budget-project-refused",
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["within-quota", "named-use"]
    problem = refused(
        await desks.story.post(county_finance(DAYE), "/v1/budget-projects", {**body, "use": "other"}),
        409,
        "budget-project-refused",
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["within-quota", "use-needs-consent"]
    refused(await desks.story.post(county_finance(TIANMEN), "/v1/budget-projects", body), 404, "not-found")


async def test_a_county_pays_from_its_own_projects_only_and_sees_its_own(desks: Desks) -> None:
    problem = refused(
        await desks.pay(TIANMEN, "F1", desks.payment("S1", "DY-1", WAN)), 409, "payments-refused"
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["known-budget-project"]
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", WAN)))
    assert ok(await desks.story.get(county_finance(TIANMEN), "/v1/treasury-payments"))["items"] == []
    assert ok(await desks.story.get(county_finance(TIANMEN), "/v1/budget-projects"))["items"] == []
    assert ok(await desks.story.get(county_finance(TIANMEN), "/v1/spending"))["lines"] == []
    refused(await desks.story.get(county_finance(TIANMEN), "/v1/treasury-payments/S1"), 404, "not-found")
    refused(await desks.story.get(county_preparer(DAYE), "/v1/treasury-payments"), 403, "role-not-permitted")
    assert len(ok(await desks.story.get(AUDITOR, "/v1/budget-projects"))["items"]) == 1


async def test_reconciliation_lists_what_does_not_match(desks: Desks) -> None:
    payments = [desks.payment(f"S{n}", "DY-1", n * WAN) for n in range(1, 5)]
    ok(await desks.pay(DAYE, "F1", *payments))
    rows = ("S1,10000.00,2024-10-08", "S2,20000.01,2024-10-08", "S3,30000,2024-10-07", "X9,5.5,2024-10-08")
    file = "\n".join(("流水号,金额(元),支付日期", *rows))
    period = "?from_day=2024-10-01&to_day=2024-10-31"
    for content in (file.encode("utf-8-sig"), file.encode("gb18030")):
        found = ok(await _reconcile(desks, content, period))
        assert found["matched"] == 1
        assert [(entry["bank_serial"], entry["kind"]) for entry in found["differences"]] == [
            ("S2", "amount_differs"),
            ("S3", "day_differs"),
            ("S4", "only_here"),
            ("X9", "only_in_file"),
        ]
        assert found["differences"][0]["file_fen"] == 2_000_001
    path = f"/v1/reconciliations/{found['id']}"
    assert ok(await desks.story.get(AUDITOR, path)) == found
    refused(await desks.story.get(county_finance(ZENGDU), path), 404, "not-found")
    elsewhere = Person("auditor-elsewhere", (Role.AUDITOR,), "430000", "外省审计厅")
    refused(await desks.story.get(elsewhere, path), 404, "not-found")


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (b"", []),
        (b"\xff\xfe\xff", []),
        (b"a,b,c\n1,2,3", []),
        (b'bank_serial,amount_yuan,paid_on\n"S1,1,2024-10-08\n', []),
        ("流水号,金额(元),支付日期\nS1,1e9,2024-10-08\n".encode(), ["amount"]),
        ("流水号,金额(元),支付日期\nS1,1.005,2024-10-08\n".encode(), ["amount"]),
        ("流水号,金额(元),支付日期\nS1,0,20241008\n".encode(), ["amount", "date"]),
        ("流水号,金额(元),支付日期\nS1,1,2024-10-08\nS1,1,2024-10-08\n".encode(), ["serial-once"]),
        ("流水号,金额(元),支付日期\nS1,1,2024-09-08\n".encode(), ["within-period"]),
        ("流水号,金额(元),支付日期\nS 1,1\n".encode(), ["columns"]),
    ],
)
async def test_a_payment_list_that_cannot_be_read_is_refused_by_row(
    desks: Desks, content: bytes, rules: list[str]
) -> None:
    before = await fingerprint(desks.story.funding)
    answer = await _reconcile(desks, content, "?from_day=2024-10-01&to_day=2024-10-31")
    if not content:
        assert answer.status_code == 422, answer.text
    else:
        problem = refused(answer, 422, "payment-file-invalid")
        assert [entry["rule"] for entry in problem["errors"]] == rules
    assert await fingerprint(desks.story.funding) == before


async def _reconcile(desks: Desks, content: bytes, period: str) -> Any:
    async with desks.story.funding.as_(county_finance(DAYE)) as client:
        return await client.post(
            f"/v1/reconciliations{period}", content=content, headers={"Content-Type": "text/csv"}
        )
