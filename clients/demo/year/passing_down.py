"""From the issued list to project units: quota goes down by level, counties plan it, their treasuries pay.

A district's quota goes through its city. Each order is proposed by one person and approved by another of the same desk.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clients.demo.cast import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    HUBEI,
    Cast,
    Person,
    city_finance,
    city_finance_reviewer,
    county_finance,
)
from clients.demo.journal import Journal
from clients.demo.result import PassedDown, QuotaRow
from clients.demo.years import DemoYear
from clients.programme.folder import ProgrammeFolder
from shared.contracts.award_list import Award, AwardList
from shared.http.funding.fund_orders import FinanceDivisionView, PassDownLine
from shared.http.funding.payments import PaymentRow
from shared.text.money import show_wan

_AT_ONCE = 4
_DAYS_TO_PASS_ON = timedelta(days=30)  # 预算法 第五十二条


@dataclass(frozen=True)
class Quota:
    """An award on its way to the county; ``city`` is where a district's goes through, ``project`` the code of the
    county's budget project."""

    award: Award
    city: str | None
    project: str


class PassingDown:
    """The finance departments of the province, its cities and counties, and the counties' treasuries."""

    def __init__(
        self, cast: Cast, journal: Journal, folder: ProgrammeFolder, year: DemoYear, *, key: str
    ) -> None:
        self._cast = cast
        self._journal = journal
        self._divisions = {row["code"]: row for row in folder.divisions}
        self._year = year
        self._days = year.days
        self._uses = [use for use in folder.incentive["uses"] if not use["needs_consent"]]
        self._key = key

    def quotas(self, issued: AwardList) -> Sequence[Quota]:
        """The awards of the list, each with the city through which it goes."""
        return [
            Quota(award, self._city_above(award.county_code), f"YS-{self._year.year}-{award.cluster}")
            for award in issued.awards
        ]

    async def pass_down(self, quotas: Sequence[Quota]) -> None:
        """Province to county, or province to city to district: each level by its own order and document."""
        cities = sorted({quota.city for quota in quotas if quota.city is not None})
        await self._cast.advance_to(self._days.passed_down)
        await self._name_divisions(cities, quotas)
        to_next = [self._line(quota, quota.city or quota.award.county_code) for quota in quotas]
        await self._order(HUBEI, to_next, FINANCE_MAKER, FINANCE_REVIEWER, on=self._days.passed_down)
        self._journal.progress(1, 1 + len(cities))
        await self._cast.advance_to(self._days.passed_on)

        async def pass_on(city: str) -> None:
            lines = [self._line(quota, quota.award.county_code) for quota in quotas if quota.city == city]
            people = city_finance(city), city_finance_reviewer(city)
            await self._order(city, lines, *people, on=self._days.passed_on)

        await asyncio.gather(*(pass_on(city) for city in cities))

    async def plan(self, quotas: Sequence[Quota]) -> None:
        """Each county puts its quota into a project of its own budget, with a named use."""
        await self._cast.advance_to(self._days.planned)
        gate = asyncio.Semaphore(_AT_ONCE)
        done = 0

        async def one_project(place: int, quota: Quota) -> None:
            nonlocal done
            async with gate:
                await self._register(place, quota)
                done += 1
                self._journal.progress(done, len(quotas))

        await asyncio.gather(*(one_project(place, quota) for place, quota in enumerate(quotas)))

    async def pay(self, quotas: Sequence[Quota]) -> None:
        """Some treasuries pay project units; one payment is made in part, one comes back and is quota again."""
        await self._cast.advance_to(self._days.paid)
        paying = [
            (place, quota) for place, quota in enumerate(quotas, start=1) if place in self._year.payments
        ]
        for done, (place, quota) in enumerate(paying, start=1):
            await self._import(quota, self._rows(place, quota))
            self._journal.progress(done, len(paying) + 1)
        await self._cast.advance_to(self._days.returned)
        if self._year.comes_back is not None:
            place, number = self._year.comes_back
            quota = quotas[place - 1]
            await self._take_back(quota, self._rows(place, quota)[number - 1])

    async def result(self, quotas: Sequence[Quota]) -> PassedDown:
        """As the auditor finds it before the year-end: by approved orders, the ledger, and what each county paid."""
        auditor = self._cast.funding(AUDITOR)
        orders = await auditor.fund_orders(state="approved", appropriation=self._year.appropriation)
        sums = await auditor.ledger_summary(to_day=self._days.priority)
        line = next(own for own in sums if own.key == self._year.appropriation)
        progress = await auditor.spending(appropriation=self._year.appropriation)
        paid = {(row.division, row.cluster): row.paid_fen for row in progress}
        passed, received = Counter[tuple[bool, bool]](), Counter[tuple[str, str]]()
        for order in orders:
            for entry in order.quota():
                to_city = self._divisions[entry.to_division]["level"] == "prefecture"
                passed[order.division_code == HUBEI, to_city] += entry.amount_fen
                received[entry.to_division, entry.cluster] += entry.amount_fen
        return PassedDown(
            to_counties_fen=passed[True, False],
            to_cities_fen=passed[True, True],
            to_districts_fen=passed[False, False],
            paid_fen=line.of("paid").debits_fen,
            returned_fen=line.of("paid").credits_fen,
            left_fen=line.of("passed_down").closing_fen,
            quotas=tuple(
                QuotaRow(
                    cluster=quota.award.cluster,
                    name=quota.award.name,
                    county_name=quota.award.county_name,
                    city_name=quota.city and self._divisions[quota.city]["name"],
                    received_fen=received[quota.award.county_code, quota.award.cluster],
                    paid_fen=paid[quota.award.county_code, quota.award.cluster],
                )
                for quota in quotas
            ),
        )

    async def _name_divisions(self, cities: Sequence[str], quotas: Sequence[Quota]) -> None:
        """Whoever receives quota needs finance's own code; what is named already is left alone."""
        maker = self._cast.funding(FINANCE_MAKER)
        named = {entry.division_code for entry in await maker.finance_divisions()}
        codes = sorted({*cities, *(quota.award.county_code for quota in quotas)} - named)
        if codes:
            named_by = await maker.name_finance_divisions(
                [
                    FinanceDivisionView(
                        division_code=code, finance_code=f"{code}000", name=self._divisions[code]["name"]
                    )
                    for code in codes
                ],
                reason="登记收款区划的财政编码(演示)",
                key=f"{self._key}:finance-divisions",
            )
            await self._cast.funding(FINANCE_REVIEWER).review_fund_orders(
                [named_by.number],
                decision="approve",
                minutes="复核无误,同意(演示)",
                key=f"{self._key}:finance-divisions-review",
            )

    async def _order(
        self, division: str, lines: Sequence[PassDownLine], maker: Person, reviewer: Person, *, on: date
    ) -> None:
        proposed = await self._cast.funding(maker).pass_down(
            lines,
            appropriation=self._year.appropriation,
            document_number=self._document_number(division),
            document_date=on,
            deadline=on + _DAYS_TO_PASS_ON,
            reason="按奖励名单下达激励资金指标(演示)",
            performance_targets="用于27号 三(二)列明的用途(演示)",
            late_ground="年初预算已列,待年度评估结果确定后分配(演示)",
            key=f"{self._key}:pass-down:{division}",
        )
        await self._cast.funding(reviewer).review_fund_orders(
            [proposed.number],
            decision="approve",
            minutes="复核无误,同意下达(演示)",
            key=f"{self._key}:pass-down-review:{division}",
        )

    async def _register(self, place: int, quota: Quota) -> None:
        """The counties take the rules' named uses in turn."""
        use = self._uses[place % len(self._uses)]
        award = quota.award
        await self._cast.funding(county_finance(award.county_code)).register_budget_project(
            code=quota.project,
            appropriation=self._year.appropriation,
            cluster=award.cluster,
            name=f"{award.county_name}{use['zh']}(演示)",
            unit=f"{award.county_name}集群服务中心(演示)",
            use=use["code"],
            amount_fen=award.amount_fen,
            key=f"{self._key}:budget-project:{award.cluster}",
        )

    async def _import(self, quota: Quota, rows: Sequence[PaymentRow]) -> None:
        county = self._cast.funding(county_finance(quota.award.county_code))
        await county.import_payments(
            rows,
            file_number=f"ZF-{self._year.year}-{quota.award.cluster}",
            control_count=len(rows),
            control_total_fen=sum(row.actual_fen for row in rows),
            key=f"{self._key}:payments:{quota.award.cluster}",
        )
        for row in rows:
            if row.actual_fen < row.requested_fen:
                paid, asked = show_wan(row.actual_fen), show_wan(row.requested_fen)
                self._journal.note(
                    "in_part",
                    f"{quota.award.county_name} 流水号 {row.bank_serial}:申请 {asked},实付 {paid}",
                    f"{row.bank_serial}: {asked} was requested, {paid} was paid",
                )

    async def _take_back(self, quota: Quota, row: PaymentRow) -> None:
        county = self._cast.funding(county_finance(quota.award.county_code))
        paid = await county.record_payment_return(
            row.bank_serial,
            return_serial=f"TH-{row.bank_serial}",
            amount_fen=row.actual_fen,
            returned_on=self._days.returned,
            reason="收款账号有误,银行退回(演示)",
            key=f"{self._key}:payment-return:{row.bank_serial}",
        )
        amount = show_wan(paid.returned_fen)
        self._journal.note(
            "returned",
            f"{quota.award.county_name} 流水号 {row.bank_serial}:账号有误,银行退回 {amount},仍为本县指标",
            f"{row.bank_serial}: wrong account, the bank sent {amount} back; it is the county's quota again",
        )

    def _city_above(self, county: str) -> str | None:
        row = self._divisions[county]
        return str(row["parent_code"]) if row["kind"] == "district" else None

    def _line(self, quota: Quota, to_division: str) -> PassDownLine:
        award = quota.award
        return PassDownLine(cluster=award.cluster, to_division=to_division, amount_fen=award.amount_fen)

    def _rows(self, place: int, quota: Quota) -> list[PaymentRow]:
        return [
            PaymentRow(
                bank_serial=f"PAY-{self._year.year}-{quota.award.cluster}-{number}",
                budget_project=quota.project,
                requested_fen=quota.award.amount_fen * requested // 100,
                actual_fen=quota.award.amount_fen * paid // 100,
                paid_on=self._days.paid,
            )
            for number, (requested, paid) in enumerate(self._year.payments[place], start=1)
        ]

    def _document_number(self, division: str) -> str:
        if division == HUBEI:
            return f"演示财建〔{self._year.year}〕2号"
        return f"演示{self._divisions[division]['name']}财〔{self._year.year}〕1号"
