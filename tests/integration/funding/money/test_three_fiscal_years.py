"""Three fiscal years of reward money, with everything that happens to money on its way to a project unit."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import (
    DAYE,
    HANCHUAN,
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    Desks,
    city_finance,
    city_reviewer,
    county_finance,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

DISTRICTS = {"420115": "420100", ZENGDU: SUIZHOU, "420304": "420300", "420506": "420500", "420114": "420100"}


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    story = FundingStory(funding, below_funding)
    ok(await story.publish())
    return Desks(story)


class Books:
    """What the test itself believes, kept by plain arithmetic from the awards on."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self.lines: dict[str, Counter[str]] = {}

    async def move(self, line: str, from_: str, to: str, amount_fen: int) -> None:
        """Moves it in the books, and looks whether the ledger says the same, balanced."""
        self.note(line, from_, to, amount_fen)
        await self.check()

    def note(self, line: str, from_: str, to: str, amount_fen: int) -> None:
        book = self.lines.setdefault(line, Counter())
        book[from_] -= amount_fen
        book[to] += amount_fen

    async def check(self) -> None:
        proof = ok(await self.desks.story.get(AUDITOR, "/v1/ledger/proof"))
        assert proof["sound"], proof
        for line, book in self.lines.items():
            found = await self.desks.balances(line)
            assert {k: v for k, v in found.items() if v} == {k: v for k, v in book.items() if v}, line
            drawn = -found["source"]
            assert drawn == sum(amount for purpose, amount in found.items() if purpose != "source")


async def test_three_fiscal_years(desks: Desks, tmp_path: Path) -> None:
    books = Books(desks)
    await _first_year(desks, books)
    end_of_first = await desks.balances("line-2024")
    await _second_year(desks, books)
    await _third_year(desks, books)

    # The first year's statement still says what it said, although later orders touched the line.
    assert await desks.balances("line-2024", to_day="2024-12-31") == end_of_first
    for year in (2024, 2025, 2026):
        export = await desks.story.get(AUDITOR, f"/v1/ledger/export?fiscal_year={year}")
        assert export.status_code == 200
        assert_bean_check_accepts(export.text, tmp_path / f"{year}.beancount")
    whole = await desks.story.get(AUDITOR, "/v1/ledger/export")
    assert_bean_check_accepts(whole.text, tmp_path / "all.beancount")
    seal = ok(await desks.story.post(FINANCE_REVIEWER, "/v1/ledger/seals"))
    assert seal["transfers"] == ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["transfers"]
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/seals/1/verification"))["sound"]


async def _first_year(desks: Desks, books: Books) -> None:
    line = "line-2024"
    await desks.line(line, 2024, 8_000 * WAN, predecessor="中小企业发展专项(原)")
    await books.move(line, "source", "available", 8_000 * WAN)
    await desks.decide("appropriation_change", line, direction="increase", amount_fen=500 * WAN)
    await books.move(line, "source", "available", 500 * WAN)
    await desks.decide("appropriation_change", line, direction="decrease", amount_fen=200 * WAN)
    await books.move(line, "available", "source", 200 * WAN)
    code = await desks.issue(line, assessment_year=2024)
    awards = {award["cluster"]: award["amount_fen"] for award in desks.awards[line]}
    assert sum(awards.values()) == 8_000 * WAN
    await books.move(line, "available", "awarded", 8_000 * WAN)

    # Counties deal with the province; a district's quota goes through its city.
    lines = [
        {"cluster": cluster, "to_division": DISTRICTS.get(cluster[:6], cluster[:6]), "amount_fen": amount}
        for cluster, amount in awards.items()
    ]
    await desks.pass_down(line, *lines)
    await books.move(line, "awarded", "passed_down", 8_000 * WAN)
    assert ok(await desks.story.get(AUDITOR, f"/v1/rounds/{code}"))["state"] == "passed_down"
    await desks.pass_down(
        line,
        {"cluster": f"{ZENGDU}-01", "to_division": ZENGDU, "amount_fen": 700 * WAN},
        by=city_finance(SUIZHOU),
        reviewer=city_reviewer(SUIZHOU),
    )
    await books.check()
    notice = ok(await desks.story.get(county_finance(ZENGDU), "/v1/quota-notices"))["items"]
    assert [(entry["from_division"], entry["amount_fen"]) for entry in notice] == [(SUIZHOU, 700 * WAN)]

    # A payment, a partial one, one that the bank sends back.
    await desks.project(ZENGDU, line, "ZD-1", 600 * WAN)
    ok(
        await desks.pay(
            ZENGDU,
            "F1",
            desks.payment("S1", "ZD-1", 300 * WAN),
            desks.payment("S2", "ZD-1", 50 * WAN, 80 * WAN),
        )
    )
    await books.move(line, "passed_down", "paid", 350 * WAN)
    back = ok(await desks.give_back(ZENGDU, "S1", "R1", 300 * WAN))
    assert (back["actual_fen"], back["returned_fen"]) == (300 * WAN, 300 * WAN)
    await books.move(line, "paid", "passed_down", 300 * WAN)
    ok(await desks.pay(ZENGDU, "F2", desks.payment("S3", "ZD-1", 450 * WAN)))
    await books.move(line, "passed_down", "paid", 450 * WAN)

    # 大冶 paid what it should not have: the sum is deducted from it at settlement. 天门 spent nothing: withdrawn.
    await desks.project(DAYE, line, "DY-1", 700 * WAN)
    ok(await desks.pay(DAYE, "F1", desks.payment("D1", "DY-1", 700 * WAN)))
    await books.move(line, "passed_down", "paid", 700 * WAN)
    await desks.decide(
        "recovery",
        line,
        cluster=f"{DAYE}-01",
        division=DAYE,
        method="deducted_at_settlement",
        ground="misuse",
        amount_fen=120 * WAN,
    )
    await books.move(line, "paid", "settlement_due", 120 * WAN)
    await desks.decide("settlement", line, cluster=f"{DAYE}-01", division=DAYE, amount_fen=120 * WAN)
    await books.move(line, "settlement_due", "returned", 120 * WAN)
    await desks.decide(
        "recovery",
        line,
        cluster=f"{TIANMEN}-01",
        division=TIANMEN,
        method="quota_withdrawn",
        ground="unspent",
        amount_fen=700 * WAN,
    )
    await books.move(line, "passed_down", "returned", 700 * WAN)

    # A correction that the county owes next year, and the end of the year.
    await desks.decide(
        "variation", line, cluster=f"{ZENGDU}-01", method="deduct_next_year", amount_fen=60 * WAN
    )
    await books.check()
    await desks.to("2024-12-31")
    await desks.decide("year_end", line, left_in="available", disposition="carry_over", amount_fen=250 * WAN)
    await books.move(line, "available", "carried_over", 250 * WAN)
    await desks.decide("year_end", line, left_in="available", disposition="return", amount_fen=50 * WAN)
    await books.move(line, "available", "returned", 50 * WAN)
    spending = ok(await desks.story.get(county_finance(ZENGDU), "/v1/spending"))["lines"]
    assert [(s["received_fen"], s["paid_fen"], s["spent_share"]) for s in spending] == [
        (700 * WAN, 500 * WAN, "0.7143")
    ]


async def _second_year(desks: Desks, books: Books) -> None:
    line = "line-2025"
    await desks.to("2025-03-01")
    await desks.line(line, 2025, 7_800 * WAN)
    await books.move(line, "source", "available", 7_800 * WAN)
    await desks.decide("carry_in", "line-2024", into=line, amount_fen=250 * WAN)
    books.note("line-2024", "carried_over", "carried_forward", 250 * WAN)
    await books.move(line, "source", "available", 250 * WAN)
    await desks.to("2025-09-20")
    await desks.issue(line, assessment_year=2025)
    await books.move(line, "available", "awarded", 8_000 * WAN)

    # What 曾都 owes from 2024 is deducted before its quota goes to the city; less, or none, is refused.
    due = {"cluster": f"{ZENGDU}-01", "to_division": SUIZHOU, "amount_fen": 700 * WAN}
    late = "省级预算执行调整"
    order = desks.order("pass_down", line, deadline="2025-12-31", late_ground=late, lines=[due])
    problem = refused(
        await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order), 409, "fund-order-not-possible"
    )
    assert [entry["rule"] for entry in problem["errors"]] == ["deduction-due"]
    await desks.pass_down(line, {**due, "deducted_fen": 60 * WAN}, late_ground=late)
    books.note(line, "awarded", "passed_down", 640 * WAN)
    await books.move(line, "awarded", "returned", 60 * WAN)
    held = {"cluster": f"{HANCHUAN}-01", "to_division": HANCHUAN, "amount_fen": 600 * WAN}
    await desks.pass_down(line, held, late_ground=late)
    await books.move(line, "awarded", "passed_down", 600 * WAN)

    # An audit takes 汉川's award back: what is not passed down is taken off its award, the rest recovered.
    await desks.decide("variation", line, cluster=f"{HANCHUAN}-01", method="decrease", amount_fen=400 * WAN)
    await books.move(line, "awarded", "available", 400 * WAN)
    await desks.decide(
        "recovery",
        line,
        cluster=f"{HANCHUAN}-01",
        division=HANCHUAN,
        method="quota_withdrawn",
        ground="audit_decision",
        decision_document_number="鄂审决〔2025〕8号",
        amount_fen=600 * WAN,
    )
    await books.move(line, "passed_down", "returned", 600 * WAN)
    # Quota that was not passed down by the end of the year.
    await desks.to("2025-12-31")
    await desks.decide(
        "year_end",
        line,
        left_in="awarded",
        cluster=f"{DAYE}-01",
        disposition="carry_over",
        amount_fen=700 * WAN,
    )
    await books.move(line, "awarded", "carried_over", 700 * WAN)


async def _third_year(desks: Desks, books: Books) -> None:
    line = "line-2026"
    await desks.to("2026-02-01")
    await desks.line(line, 2026, 8_000 * WAN)
    await books.move(line, "source", "available", 8_000 * WAN)
    await desks.decide("carry_in", "line-2025", into=line, amount_fen=700 * WAN)
    books.note("line-2025", "carried_over", "carried_forward", 700 * WAN)
    await books.move(line, "source", "available", 700 * WAN)
    code = await desks.issue(line, assessment_year=2026)
    await books.move(line, "available", "awarded", 8_000 * WAN)
    await desks.decide("variation", line, cluster=f"{TIANMEN}-01", method="increase", amount_fen=100 * WAN)
    await books.move(line, "available", "awarded", 100 * WAN)
    awards = Counter({award["cluster"]: award["amount_fen"] for award in desks.awards[line]})
    awards[f"{TIANMEN}-01"] += 100 * WAN
    for cluster, amount in awards.items():
        county = cluster[:6]
        city = DISTRICTS.get(county)
        quota = {"cluster": cluster, "amount_fen": amount}
        await desks.pass_down(line, {**quota, "to_division": city or county})
        if city is not None:
            desk = {"by": city_finance(city), "reviewer": city_reviewer(city)}
            await desks.pass_down(line, {**quota, "to_division": county}, **desk)
        await desks.project(county, line, "P-2026", amount)
        ok(await desks.pay(county, "F-2026", desks.payment("S-2026", "P-2026", amount)))
    await books.move(line, "awarded", "paid", 8_100 * WAN)
    closing = {"note": "资金全部支付完毕"}
    path = f"/v1/rounds/{code}/closing"
    assert ok(await desks.story.post(FINANCE_MAKER, path, closing))["state"] == "closed"
    await desks.decide("year_end", line, left_in="available", disposition="return", amount_fen=600 * WAN)
    await books.move(line, "available", "returned", 600 * WAN)


def assert_bean_check_accepts(text: str, file: Path) -> None:
    """The outside tool reads the whole file, and every balance that it asserts holds."""
    assert text.count(" balance ") > 3
    file.write_text(text, "utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
