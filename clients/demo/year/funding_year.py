"""What people do for the money: they record the line, review the list and issue it; then bond priority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clients.demo.cast import FINANCE_MAKER, FINANCE_REVIEWER, OFFICER, Cast, preparer
from clients.demo.year.assessment import FinalRelease
from clients.demo.year.year_end import settled_in
from clients.demo.years import DemoYear
from clients.programme.folder import ProgrammeFolder
from shared.contracts.award_list import AwardList
from shared.contracts.release import ReleaseUnit
from shared.http.funding.projects import PriorityListView

INSTRUMENT = "special_purpose_bond"
#: What a finance system needs of the line before any of it is passed down.
_FINANCE_CODES = {
    "fund_nature": "111",
    "functional_class": "2150805",
    "economic_class": "51301",
    "budget_heading": "中小企业发展专项(演示)",
    "sending_division": "420000000",
}

#: The demo's projects: rank of the cluster, what it builds, its use, its class on the negative list.
_PROJECTS = (
    (1, "园中园标准化厂房及配套管网", "cluster_infrastructure", 48_600, "1.6", None),
    (3, "公共检验检测中心", "public_technical_service", 12_800, "1.4", None),
    (5, "专用车数字化转型平台", "digital_platform", 9_500, "1.3", None),
    (9, "集群污水集中处理设施", "cluster_infrastructure", 21_300, "1.5", None),
    (7, "企业自用生产线扩建", "cluster_infrastructure", 35_000, "1.9", "general_competitive_project"),
)


@dataclass(frozen=True)
class IssuedList:
    """The issued list and its office's document number."""

    award_list: AwardList
    document_number: str


class FundingYear:
    """The province's two departments share the reward; counties apply for priority of their projects."""

    def __init__(
        self, cast: Cast, folder: ProgrammeFolder, year: DemoYear, before: DemoYear | None, *, key: str
    ) -> None:
        self._cast = cast
        self._year = year
        self._before = before
        self._days = year.days
        self._rules = folder.incentive_of(folder.cycle_plan(year.year))
        self._newest_rules = folder.incentives_by(year.days.priority)[-1]
        self._key = key
        self._officer = cast.funding(OFFICER)
        self._maker = cast.funding(FINANCE_MAKER)
        self._reviewer = cast.funding(FINANCE_REVIEWER)

    async def record_appropriation(self) -> None:
        """The budget line of the reward, recorded by one person of the finance department and approved by another:
        new money on top of what is carried over from the year before, up to the pool."""
        await self._cast.advance_to(self._days.allocated)
        carried_fen = await self._carried_over()
        proposed = await self._maker.record_appropriation(
            appropriation=self._year.appropriation,
            programme=self._rules["programme"],
            fiscal_year=self._year.year,
            source="incentive-fund",
            amount_fen=self._rules["reward"]["pool"]["amount_fen"] - carried_fen,
            document_number=f"演示预〔{self._year.year}〕1号",
            document_date=self._days.allocated,
            budget_approved_on=self._days.budget_approved,
            codes=_FINANCE_CODES | {"project_code": f"420000{self._year.year % 100}0001"},
            reason="登记年度激励资金预算安排(演示)",
            key=f"{self._key}:appropriation",
        )
        await self._approve(proposed.number, step="appropriation")
        if self._before is not None and carried_fen:
            await self._carry_in(self._before.appropriation, carried_fen)

    async def _carry_in(self, line: str, amount_fen: int) -> None:
        proposed = await self._maker.propose_fund_order(
            "carry_in",
            appropriation=line,
            document_number=f"演示财建〔{self._year.year}〕3号",
            document_date=self._days.allocated,
            reason="上年结转资金统筹用于本年度奖励(演示)",
            details={"into": self._year.appropriation, "amount_fen": amount_fen},
            key=f"{self._key}:carry-in",
        )
        await self._approve(proposed.number, step="carry-in")

    async def _carried_over(self) -> int:
        """What the end of the year before has carried over."""
        if self._before is None:
            return 0
        return (await settled_in(self._maker, self._before.appropriation)).carried_over_fen

    async def carried_in(self) -> int:
        """What came in from the year before, by the approved orders."""
        if self._before is None:
            return 0
        orders = await self._maker.fund_orders(
            state="approved", kind="carry_in", appropriation=self._before.appropriation
        )
        return sum(int(order.body["amount_fen"]) for order in orders)

    async def review(self) -> None:
        """The list that the pipeline proposed for the lead department, by another person of another unit."""
        await self._cast.advance_to(self._days.reviewed_money)
        await self._reviewer.review(
            await self.round(), decision="approve", minutes="复核无误,同意(演示)", key=f"{self._key}:review"
        )

    async def issue(self) -> None:
        """Issued, and then given the office's document number."""
        await self._cast.advance_to(self._days.issued)
        issued = await self._maker.issue(await self.round(), key=f"{self._key}:issue")
        written = await self._maker.write_back_document_number(
            issued.list_number,
            document_number=f"演示财建〔{self._year.year}〕1号",
            document_date=self._days.issued,
            reason="登记奖励名单文号(演示)",
            key=f"{self._key}:document-number",
        )
        await self._approve(written.number, step="document-number")

    async def issued(self) -> IssuedList:
        """The list as it was issued."""
        code = await self.round()
        lists = await self._maker.issued_lists(fiscal_year=self._year.year)
        listed = next(own for own in lists if own.round == code)
        award_list = await self._maker.award_list(listed.list_number, sha256=listed.sha256)
        return IssuedList(award_list, listed.document_number or "")

    async def round(self) -> str:
        """The code of the round that the pipeline opened."""
        return next(
            own.code
            for own in await self._maker.rounds()
            if own.appropriation == self._year.appropriation and own.state != "withdrawn"
        )

    async def _approve(self, number: str, *, step: str) -> None:
        """By another person of the finance department."""
        await self._reviewer.review_fund_orders(
            [number], decision="approve", minutes="复核无误,同意(演示)", key=f"{self._key}:{step}-review"
        )

    async def bond_priority(self, final: FinalRelease) -> PriorityListView:
        """Five projects of designated clusters apply; each passes or fails its own test, by the list in force."""
        by_rank = {unit.rank: unit for unit in final.document.units}
        codes = []
        for place, (rank, *_) in enumerate(_PROJECTS, start=1):
            unit = by_rank[rank]
            entry, project = _project(self._year.year, place, unit)
            county = preparer(unit.county_code)
            key = f"{self._key}:project:{place}"
            await self._cast.registry(county).keep_entries("projects", [entry], key=f"{key}:entry")
            await self._cast.funding(county).register_project(project, key=key)
            codes.append(project["code"])
        return await self._officer.apply_priority(
            incentive=self._newest_rules["id"],
            incentive_version=self._newest_rules["version"],
            instrument=INSTRUMENT,
            release_sha256=final.sha256,
            projects=codes,
            key=f"{self._key}:priority",
        )


def _project(year: int, place: int, unit: ReleaseUnit) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of the register, and what the bond office asks beside it."""
    _, name, use, investment_wan, cover, classification = _PROJECTS[place - 1]
    code = f"{year % 100}10-{unit.county_code}-04-01-{place:06d}"
    entry = {
        "project_code": code,
        "name": f"{unit.county_name}{name}(演示)",
        "unit": f"{unit.county_name}园区建设单位(演示)",
        "cluster": unit.unit,
        "investment_wan": str(investment_wan),
        "stage": "approved",
        "source": "演示数据",
        "period": str(year),
        "provenance": "synthetic",
    }
    return entry, {
        "code": code,
        "use": use,
        "revenue_cover": cover,
        "approvals": [
            {"kind": "project_approval", "document_number": f"演示发改审〔{year}〕{place}号"},
            {"kind": "land_opinion", "document_number": f"演示自然资〔{year}〕{place}号"},
        ],
        "classification": classification,
    }
