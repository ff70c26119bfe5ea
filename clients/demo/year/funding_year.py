"""What people do for the money: they record the line, review the list and issue it; then bond priority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clients.demo import calendar
from clients.demo.cast import FINANCE_MAKER, FINANCE_REVIEWER, OFFICER, Cast, preparer
from clients.demo.year.assessment import FinalRelease
from clients.programme.folder import ProgrammeFolder
from shared.contracts.award_list import AwardList
from shared.contracts.release import ReleaseUnit
from shared.http.funding.projects import PriorityListView

APPROPRIATION = "2024-incentive-fund"
INSTRUMENT = "special_purpose_bond"
_DOCUMENT_NUMBER = "演示财建〔2024〕1号"
#: What a finance system needs of the line before any of it is passed down.
_FINANCE_CODES = {
    "fund_nature": "111",
    "project_code": "420000240001",
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

    def __init__(self, cast: Cast, folder: ProgrammeFolder, *, key: str) -> None:
        self._cast = cast
        self._folder = folder
        self._key = key
        self._officer = cast.funding(OFFICER)
        self._maker = cast.funding(FINANCE_MAKER)
        self._reviewer = cast.funding(FINANCE_REVIEWER)

    async def record_appropriation(self) -> None:
        """The budget line of the reward, recorded by one person of the finance department and approved by another."""
        incentive = self._folder.incentive
        await self._cast.advance_to(calendar.ALLOCATED_ON)
        proposed = await self._maker.record_appropriation(
            appropriation=APPROPRIATION,
            programme=incentive["programme"],
            fiscal_year=2024,
            source="incentive-fund",
            amount_fen=incentive["reward"]["pool"]["amount_fen"],
            document_number="演示预〔2024〕1号",
            document_date=calendar.ALLOCATED_ON,
            budget_approved_on=calendar.BUDGET_APPROVED_ON,
            codes=_FINANCE_CODES,
            reason="登记年度激励资金预算安排(演示)",
            key=f"{self._key}:appropriation",
        )
        await self._approve(proposed.number, step="appropriation")

    async def review(self) -> None:
        """The list that the pipeline proposed for the lead department, by another person of another unit."""
        await self._cast.advance_to(calendar.REVIEWED_MONEY_ON)
        await self._reviewer.review(
            await self.round(), decision="approve", minutes="复核无误,同意(演示)", key=f"{self._key}:review"
        )

    async def issue(self) -> None:
        """Issued, and then given the office's document number."""
        await self._cast.advance_to(calendar.ISSUED_ON)
        issued = await self._maker.issue(await self.round(), key=f"{self._key}:issue")
        written = await self._maker.write_back_document_number(
            issued.list_number,
            document_number=_DOCUMENT_NUMBER,
            document_date=calendar.ISSUED_ON,
            reason="登记奖励名单文号(演示)",
            key=f"{self._key}:document-number",
        )
        await self._approve(written.number, step="document-number")

    async def issued(self) -> IssuedList:
        """The list as it was issued."""
        code = await self.round()
        listed = next(own for own in await self._maker.issued_lists(fiscal_year=2024) if own.round == code)
        award_list = await self._maker.award_list(listed.list_number, sha256=listed.sha256)
        return IssuedList(award_list, listed.document_number or "")

    async def round(self) -> str:
        """The code of the round that the pipeline opened."""
        return next(
            own.code
            for own in await self._maker.rounds()
            if own.appropriation == APPROPRIATION and own.state != "withdrawn"
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
            entry, project = _project(place, unit)
            county = preparer(unit.county_code)
            key = f"{self._key}:project:{place}"
            await self._cast.registry(county).keep_entries("projects", [entry], key=f"{key}:entry")
            await self._cast.funding(county).register_project(project, key=key)
            codes.append(project["code"])
        incentive = self._folder.incentives[-1]
        return await self._officer.apply_priority(
            incentive=incentive["id"],
            incentive_version=incentive["version"],
            instrument=INSTRUMENT,
            release_sha256=final.sha256,
            projects=codes,
            key=f"{self._key}:priority",
        )


def _project(place: int, unit: ReleaseUnit) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of the register, and what the bond office asks beside it."""
    _, name, use, investment_wan, cover, classification = _PROJECTS[place - 1]
    code = f"2410-{unit.county_code}-04-01-{place:06d}"
    entry = {
        "project_code": code,
        "name": f"{unit.county_name}{name}(演示)",
        "unit": f"{unit.county_name}园区建设单位(演示)",
        "cluster": unit.unit,
        "investment_wan": str(investment_wan),
        "stage": "approved",
        "source": "演示数据",
        "period": "2024",
        "provenance": "synthetic",
    }
    return entry, {
        "code": code,
        "use": use,
        "revenue_cover": cover,
        "approvals": [
            {"kind": "project_approval", "document_number": f"演示发改审〔2024〕{place}号"},
            {"kind": "land_opinion", "document_number": f"演示自然资〔2024〕{place}号"},
        ],
        "classification": classification,
    }
