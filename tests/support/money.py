"""Short words for what finance departments do after the awards, and the books that a test keeps beside them."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.contracts.release import Release
from shared.web.principals import Role
from tests.support.funding import BUSINESS_DATE, WAN, FundingStory, release_of
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER, Person
from tests.support.played import played_once
from tests.support.registry_story import ok

NOTE = {"note": "按规则提出"}
APPROVE = {"decision": "approve", "minutes": "厅务会纪要"}
ZENGDU, SUIZHOU, HANCHUAN, DAYE, TIANMEN = "421303", "421300", "420984", "420281", "429006"


def county_finance(county: str) -> Person:
    return Person(f"finance-{county}", (Role.COUNTY_FINANCE,), county, f"{county} 财政局")


def city_finance(city: str) -> Person:
    return Person(f"finance-{city}", (Role.CITY_FINANCE,), city, f"{city} 财政局预算科")


def city_reviewer(city: str) -> Person:
    return Person(f"finance-review-{city}", (Role.FINANCE_REVIEWER,), city, f"{city} 财政局国库科")


@dataclass
class Desks:
    """A funding story with the desks of finance departments; documents are numbered as they come."""

    story: FundingStory
    documents: int = 0
    today: str = BUSINESS_DATE
    awards: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def to(self, day: str) -> None:
        await self.story.set_business_date(day)
        self.today = day

    async def line(self, code: str, fiscal_year: int, amount_fen: int, **changed: Any) -> None:
        body = self.story.appropriation(
            code=code,
            fiscal_year=fiscal_year,
            amount_fen=amount_fen,
            document_number=self.document(),
            document_date=self.today,
            budget_approved_on=self.today,
            **changed,
        )
        await self.story.record(body)

    async def issue(self, line: str, *, assessment_year: int, **statuses: str) -> str:
        """From a final release of the year to an issued list with its document number."""
        self.story.put(release_of(assessment_year=assessment_year, data_year=assessment_year - 1), **statuses)
        code = str(ok(await self.story.open_round(appropriation=line))["code"])
        ok(await self.story.step(PROVINCE_OFFICER, code, "allocation"))
        ok(await self.story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
        ok(await self.story.step(FINANCE_REVIEWER, code, "review", APPROVE))
        issued = ok(await self.story.step(FINANCE_MAKER, code, "issue"))
        document = ok(await self.story.get(AUDITOR, f"/v1/award-lists/{issued['list_number']}/document"))
        self.awards[line] = document["awards"]
        await self.story.write_back(issued["list_number"], self.document(), self.today)
        return code

    def document(self) -> str:
        self.documents += 1
        return f"鄂财测〔2024〕{self.documents}号"

    def order(self, kind: str, line: str, **body: Any) -> dict[str, Any]:
        return {
            "kind": kind,
            "appropriation": line,
            "document_number": self.document(),
            "document_date": self.today,
            "reason": "依据文件办理",
            **body,
        }

    async def propose(self, kind: str, line: str, *, by: Person = FINANCE_MAKER, **body: Any) -> str:
        answer = await self.story.post(by, "/v1/fund-orders", self.order(kind, line, **body))
        return str(ok(answer)["number"])

    async def review(
        self, *numbers: str, by: Person = FINANCE_REVIEWER, decision: str = "approve"
    ) -> httpx.Response:
        body = {"orders": list(numbers), "decision": decision, "minutes": "审核纪要"}
        return await self.story.post(by, "/v1/fund-order-reviews", body)

    async def decide(
        self,
        kind: str,
        line: str,
        *,
        by: Person = FINANCE_MAKER,
        reviewer: Person = FINANCE_REVIEWER,
        **body: Any,
    ) -> str:
        """Proposed and approved."""
        number = await self.propose(kind, line, by=by, **body)
        ok(await self.review(number, by=reviewer))
        return number

    async def correct(self, line: str, **changes: Any) -> str:
        """What a line says, corrected by an approved order."""
        order = {
            "kind": "appropriation_correction",
            "appropriation": line,
            "changes": changes,
            "reason": "登记有误",
        }
        return await self.story.decided(order)

    async def pass_down(self, line: str, *lines: dict[str, Any], **body: Any) -> str:
        return await self.decide("pass_down", line, deadline="2026-12-31", lines=list(lines), **body)

    async def project(self, county: str, line: str, code: str, amount_fen: int, **changed: Any) -> None:
        body = {
            "code": code,
            "appropriation": line,
            "cluster": f"{county}-01",
            "name": "公共服务平台",
            "unit": "平台建设单位",
            "use": "public_service_platform",
            "amount_fen": amount_fen,
            **changed,
        }
        ok(await self.story.post(county_finance(county), "/v1/budget-projects", body))

    async def pay(self, county: str, file: str, *payments: dict[str, Any]) -> httpx.Response:
        body = {
            "file_number": file,
            "control_count": len(payments),
            "control_total_fen": sum(int(entry["actual_fen"]) for entry in payments),
            "payments": list(payments),
        }
        return await self.story.post(county_finance(county), "/v1/treasury-payments", body)

    async def give_back(
        self, county: str, serial: str, return_serial: str, amount_fen: int
    ) -> httpx.Response:
        body = {
            "return_serial": return_serial,
            "amount_fen": amount_fen,
            "returned_on": self.today,
            "reason": "账号有误,银行退回",
        }
        path = f"/v1/treasury-payments/{serial}/returns"
        return await self.story.post(county_finance(county), path, body)

    def payment(
        self, serial: str, project: str, actual_fen: int, requested_fen: int | None = None
    ) -> dict[str, Any]:
        return {
            "bank_serial": serial,
            "budget_project": project,
            "requested_fen": requested_fen or actual_fen,
            "actual_fen": actual_fen,
            "paid_on": self.today,
        }

    async def balances(self, line: str, **query: str) -> Counter[str]:
        """What each purpose holds; the source is what was drawn from the budget, negative."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        found = ok(await self.story.get(AUDITOR, f"/v1/ledger/summary?by=appropriation&{asked}"))
        for entry in found["sums"]:
            if entry["key"] == line:
                return Counter({m["purpose"]: m["closing_fen"] for m in entry["movements"]})
        return Counter()


async def with_awards(desks: Desks, line: str = "line-2024") -> str:
    """A line with an issued list, nothing of it passed down; the round's code."""

    async def play() -> str:
        ok(await desks.story.publish())
        await desks.line(line, 2024, 9_000 * WAN)
        return await desks.issue(line, assessment_year=2024)

    return await _once(desks, f"awards of {line}", play)


async def with_quota(desks: Desks, line: str = "line-2024") -> str:
    """As before, and 大冶 holds its 700 万元, with a budget project for all of it."""

    async def play() -> str:
        code = await with_awards(desks, line)
        quota = {"cluster": f"{DAYE}-01", "to_division": DAYE, "amount_fen": 700 * WAN}
        await desks.pass_down(line, quota)
        await desks.project(DAYE, line, "DY-1", 700 * WAN)
        return code

    return await _once(desks, f"quota of {line}", play)


async def _once(desks: Desks, story: str, play: Callable[[], Awaitable[str]]) -> str:
    """The story on desks that did nothing yet is played once for all tests; the round's code."""
    if desks.documents or desks.today != BUSINESS_DATE or desks.story.below.recodes:
        return await play()

    async def told() -> tuple[str, int, dict[str, list[dict[str, Any]]], Release]:
        return await play(), desks.documents, desks.awards, desks.story.release

    state = desks.story.funding.app.state
    under = (state.own.levels, state.plumbing.settings.business_date)
    code, desks.documents, desks.awards, release = await played_once(
        desks.story.funding, f"{story} under {under}", told
    )
    desks.story.put(release)
    return code
