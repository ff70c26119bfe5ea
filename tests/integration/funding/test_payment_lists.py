"""Payments and reconciliations are listed in the order of recording: no row that comes meanwhile is missed."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from services.funding.domain.payments.payments import PaymentFile
from services.funding.use_cases.payments.import_payments import import_payments
from shared.web.principals import Principal, Role
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import (
    DAYE,
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    Desks,
    city_finance,
    city_reviewer,
    county_finance,
    with_quota,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, PROVINCE_OFFICER, Person, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

LINE = "line-2024"
PAYMENTS, RECONCILIATIONS = "/v1/treasury-payments", "/v1/reconciliations"
HUANGSHI = "420200"


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    """大冶 below 黄石, and 天门 without a city, hold quota and plan it."""
    found = Desks(FundingStory(funding, below_funding))
    await with_quota(found)
    await found.pass_down(LINE, {"cluster": f"{TIANMEN}-01", "to_division": TIANMEN, "amount_fen": 700 * WAN})
    await found.project(TIANMEN, LINE, "TM-1", 700 * WAN)
    return found


async def listed(desks: Desks, by: Person, query: str = "", *, path: str = PAYMENTS) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(await desks.story.get(by, f"{path}{query}"))["items"]
    return found


async def serials(desks: Desks, by: Person, query: str = "") -> list[str]:
    return [entry["bank_serial"] for entry in await listed(desks, by, query)]


async def test_a_reader_who_pages_while_rows_are_added_sees_each_once(desks: Desks) -> None:
    county = county_finance(DAYE)
    ok(await desks.pay(DAYE, "F1", desks.payment("M1", "DY-1", WAN), desks.payment("M2", "DY-1", WAN)))
    seen, cursor, added = [], "", iter(("A1", "Z1"))
    while True:
        page = ok(await desks.story.get(county, f"{PAYMENTS}?limit=1{cursor}"))
        seen += [entry["bank_serial"] for entry in page["items"]]
        if (serial := next(added, None)) is not None:  # one before, one behind what was read
            ok(await desks.pay(DAYE, f"F-{serial}", desks.payment(serial, "DY-1", WAN)))
        elif page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["M1", "M2", "A1", "Z1"]


async def test_a_reader_goes_on_after_the_last_number(desks: Desks) -> None:
    ok(await desks.pay(TIANMEN, "F1", desks.payment("T1", "TM-1", WAN)))
    (first,) = await listed(desks, AUDITOR)
    assert await listed(desks, AUDITOR, f"?after={first['number']}") == []
    ok(await desks.pay(DAYE, "F1", desks.payment("D1", "DY-1", WAN)))
    assert await serials(desks, AUDITOR, f"?after={first['number']}") == ["D1"]


async def test_a_transaction_that_commits_late_is_numbered_before_whoever_waited_for_it(desks: Desks) -> None:
    """天门's file is imported, but not committed; 大冶's import waits, so that no reader can pass by 天门's rows."""
    entry = {**desks.payment("T1", "TM-1", WAN)}
    file = {"file_number": "F1", "control_count": 1, "control_total_fen": WAN, "payments": [entry]}
    finance = county_finance(TIANMEN)
    principal = Principal(finance.subject, "财政局", frozenset(finance.roles), TIANMEN, finance.unit)
    async with desks.story.funding.database.transaction() as late:
        today = PaymentFile.model_validate(file).payments[0].paid_on
        await import_payments(late, principal, PaymentFile.model_validate(file), today=today)
        waiting = asyncio.create_task(desks.pay(DAYE, "F1", desks.payment("D1", "DY-1", WAN)))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        assert await listed(desks, AUDITOR) == []
    ok(await waiting)
    rows = await listed(desks, AUDITOR)
    assert [row["bank_serial"] for row in rows] == ["T1", "D1"]
    assert rows[0]["number"] < rows[1]["number"]
    assert rows[0]["recorded_at"] <= rows[1]["recorded_at"]


async def test_payments_are_listed_by_file_project_day_county_and_time_of_recording(desks: Desks) -> None:
    early = {**desks.payment("D1", "DY-1", WAN), "paid_on": desks.today}
    ok(await desks.pay(DAYE, "F1", early))
    await desks.to("2024-10-20")
    ok(await desks.pay(DAYE, "f2", desks.payment("D2", "DY-1", WAN)))
    ok(await desks.pay(TIANMEN, "F1", desks.payment("T1", "TM-1", WAN)))
    rows = await listed(desks, AUDITOR)
    between = quote(rows[1]["recorded_at"])
    for query, expected in (
        ("", ["D1", "D2", "T1"]),
        ("?file_number=F1", ["D1", "T1"]),
        ("?file_number=F2", ["D2"]),
        ("?budget_project=TM-1", ["T1"]),
        (f"?county={DAYE}", ["D1", "D2"]),
        ("?paid_to=2024-10-19", ["D1"]),
        ("?paid_from=2024-10-20", ["D2", "T1"]),
        ("?paid_from=2024-10-20&paid_to=2024-10-20&file_number=F1", ["T1"]),
        (f"?recorded_from={between}", ["D2", "T1"]),
        (f"?recorded_to={between}", ["D1", "D2"]),
    ):
        assert await serials(desks, AUDITOR, query) == expected, query
    for query in (
        "?paid_from=2024-10-20&paid_to=2024-10-19",
        f"?recorded_from={quote(rows[2]['recorded_at'])}&recorded_to={quote(rows[0]['recorded_at'])}",
    ):
        refused(await desks.story.get(AUDITOR, f"{PAYMENTS}{query}"), 422, "period-reversed")
    refused(await desks.story.get(AUDITOR, f"{PAYMENTS}?recorded_from=2024-10-20"), 422, "invalid-request")


async def test_a_county_sees_its_own_and_city_and_province_those_below(desks: Desks) -> None:
    ok(await desks.pay(DAYE, "F1", desks.payment("D1", "DY-1", WAN)))
    ok(await desks.pay(TIANMEN, "F1", desks.payment("T1", "TM-1", WAN)))
    for county in (DAYE, TIANMEN):
        ok(await reconcile(desks, county, ""))
    elsewhere = Person("auditor-elsewhere", (Role.AUDITOR,), "430000", "外省审计厅")
    for reader, counties in (
        (county_finance(DAYE), [DAYE]),
        (county_finance(ZENGDU), []),
        (city_finance(HUANGSHI), [DAYE]),
        (city_reviewer(HUANGSHI), [DAYE]),
        (city_finance(SUIZHOU), []),
        (FINANCE_MAKER, [DAYE, TIANMEN]),
        (PROVINCE_OFFICER, [DAYE, TIANMEN]),
        (AUDITOR, [DAYE, TIANMEN]),
        (elsewhere, []),
    ):
        for path in (PAYMENTS, RECONCILIATIONS):
            found = await listed(desks, reader, path=path)
            assert [entry["county_code"] for entry in found] == counties, (reader, path)
            assert await listed(desks, reader, f"?county={SUIZHOU}", path=path) == []
    for path in (PAYMENTS, RECONCILIATIONS):
        refused(await desks.story.get(county_preparer(DAYE), path), 403, "role-not-permitted")


async def test_a_reconciliation_includes_what_came_back_and_tells_net_amounts(desks: Desks) -> None:
    payments = [desks.payment(f"S{n}", "DY-1", 100 * WAN) for n in (1, 2, 3)]
    ok(await desks.pay(DAYE, "F1", *payments))
    for serial, back, amount in (("S1", "R1", 30 * WAN), ("S2", "R2", 20 * WAN), ("S3", "R3", 5 * WAN)):
        ok(await desks.give_back(DAYE, serial, back, amount))
    rows = (
        *(f"S{n},1000000.00,2024-10-08" for n in (1, 2, 3)),
        "R1,-300000.00,2024-10-08",
        "r2,-200000.01,2024-10-08",
        "S1,-1.00,2024-10-08",  # a return with the serial of its payment is another row than the payment
    )
    found = ok(await reconcile(desks, DAYE, "\n".join(rows)))
    assert found["file"] == {
        "paid_fen": 300 * WAN,
        "returned_fen": 50 * WAN + 101,
        "net_fen": 250 * WAN - 101,
    }
    assert found["recorded"] == {"paid_fen": 300 * WAN, "returned_fen": 55 * WAN, "net_fen": 245 * WAN}
    assert found["net_difference_fen"] == 5 * WAN - 101
    assert (found["matched"], found["difference_count"]) == (4, 3)
    assert [(entry["bank_serial"], entry["entry"], entry["kind"]) for entry in found["differences"]] == [
        ("R2", "return", "amount_differs"),
        ("R3", "return", "only_here"),
        ("S1", "return", "only_in_file"),
    ]
    assert ok(await desks.story.get(AUDITOR, f"{RECONCILIATIONS}/{found['id']}")) == found


async def test_a_reconciliation_knows_nothing_of_another_county(desks: Desks) -> None:
    """Also where both have the same serials on the same day."""
    ok(await desks.pay(DAYE, "F1", desks.payment("S1", "DY-1", 100 * WAN)))
    ok(await desks.pay(TIANMEN, "F1", desks.payment("S1", "TM-1", 50 * WAN)))
    ok(await desks.pay(TIANMEN, "F2", desks.payment("S9", "TM-1", 70 * WAN)))
    for county, serial, back, amount in (
        (DAYE, "S1", "R1", 30 * WAN),
        (TIANMEN, "S1", "R1", 20 * WAN),
        (TIANMEN, "S9", "R9", 10 * WAN),
    ):
        ok(await desks.give_back(county, serial, back, amount))
    own = ok(await reconcile(desks, DAYE, "S1,1000000.00,2024-10-08\nR1,-300000.00,2024-10-08"))
    assert (own["matched"], own["differences"]) == (2, [])
    assert own["recorded"] == {"paid_fen": 100 * WAN, "returned_fen": 30 * WAN, "net_fen": 70 * WAN}
    await desks.to("2024-11-30")
    rows = "S9,700000.00,2024-11-02\nR9,-100000.00,2024-11-02"
    found = ok(await reconcile(desks, DAYE, rows, period="?from_day=2024-11-01&to_day=2024-11-30"))
    assert [(entry["bank_serial"], entry["kind"]) for entry in found["differences"]] == [
        ("R9", "only_in_file"),
        ("S9", "only_in_file"),
    ]


async def test_reconciliations_are_listed_by_day_county_and_time_without_their_differences(
    desks: Desks,
) -> None:
    first = ok(await reconcile(desks, DAYE, "X1,1.00,2024-10-08"))
    await desks.to("2024-11-30")
    second = ok(await reconcile(desks, DAYE, "", period="?from_day=2024-11-01&to_day=2024-11-30"))
    third = ok(await reconcile(desks, TIANMEN, ""))
    rows = await listed(desks, AUDITOR, path=RECONCILIATIONS)
    assert [row["id"] for row in rows] == [first["id"], second["id"], third["id"]]
    assert rows[0] == {name: value for name, value in first.items() if name != "differences"}
    for query, expected in (
        (f"?county={DAYE}", [first, second]),
        ("?from_day=2024-11-15", [second]),
        ("?to_day=2024-10-31", [first, third]),
        ("?from_day=2024-11-30&to_day=2024-11-30", [second]),
        (f"?after={rows[1]['number']}", [third]),
        (f"?recorded_to={quote(rows[0]['recorded_at'])}", [first]),
    ):
        found = await listed(desks, AUDITOR, query, path=RECONCILIATIONS)
        assert [row["id"] for row in found] == [entry["id"] for entry in expected], query
    page = ok(await desks.story.get(AUDITOR, f"{RECONCILIATIONS}?limit=2"))
    following = ok(await desks.story.get(AUDITOR, f"{RECONCILIATIONS}?limit=2&cursor={page['next']}"))
    assert [row["id"] for row in following["items"]] == [third["id"]]
    refused(
        await desks.story.get(AUDITOR, f"{RECONCILIATIONS}?from_day=2024-11-02&to_day=2024-11-01"),
        422,
        "period-reversed",
    )


async def test_amounts_that_add_up_beyond_the_limit_are_refused(desks: Desks) -> None:
    rows = "\n".join(f"X{n},90071992547409.91,2024-10-08" for n in range(2))
    refused(await reconcile(desks, DAYE, rows), 422, "payment-file-invalid")


async def reconcile(
    desks: Desks, county: str, rows: str, *, period: str = "?from_day=2024-10-01&to_day=2024-10-31"
) -> Any:
    async with desks.story.funding.as_(county_finance(county)) as client:
        return await client.post(
            f"{RECONCILIATIONS}{period}",
            content=f"流水号,金额(元),支付日期\n{rows}\n".encode(),
            headers={"Content-Type": "text/csv"},
        )
