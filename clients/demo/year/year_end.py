"""The end of the fiscal year: what counties hold unpaid is carried over or returned, and the round is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clients.demo.cast import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, Cast
from clients.demo.journal import Journal
from clients.demo.result import Settled
from clients.demo.year.passing_down import Quota
from clients.demo.years import DemoYear
from shared.http.funding import FundingClient
from shared.http.funding.payments import SpendingView
from shared.text.money import show_wan


class YearEnd:
    """The province's finance department settles all counties by one document and one review."""

    def __init__(self, cast: Cast, journal: Journal, year: DemoYear, *, key: str) -> None:
        self._year = year
        self._journal = journal
        self._key = key
        self._cast = cast
        self._maker = cast.funding(FINANCE_MAKER)

    async def settle_and_close(self, quotas: Sequence[Quota], round_code: str) -> None:
        await self._cast.advance_to(self._year.days.settled)
        held = {(row.division, row.cluster): row for row in await self._unpaid()}
        orders = []
        for place, quota in enumerate(quotas, start=1):
            row = held.get((quota.award.county_code, quota.award.cluster))
            if row is not None:
                orders.append(await self._propose(quota, row, is_given_up=place == self._year.given_up))
        if orders:
            await self._cast.funding(FINANCE_REVIEWER).review_fund_orders(
                orders, decision="approve", minutes="复核无误,同意(演示)", key=f"{self._key}:year-end-review"
            )
            self._note(len(orders), await self.settled())
        await self._maker.close_round(round_code, note="年度办结(演示)", key=f"{self._key}:close")

    async def settled(self) -> Settled:
        """By the approved orders, as the auditor finds them."""
        return await settled_in(self._cast.funding(AUDITOR), self._year.appropriation)

    async def _unpaid(self) -> list[SpendingView]:
        rows = await self._maker.spending(appropriation=self._year.appropriation)
        return [row for row in rows if row.held_fen > 0]

    async def _propose(self, quota: Quota, row: SpendingView, *, is_given_up: bool) -> str:
        """The county's project plans no more than it has paid from then on."""
        details = {
            "left_in": "passed_down",
            "cluster": row.cluster,
            "division": row.division,
            "disposition": "return" if is_given_up else "carry_over",
            "amount_fen": row.held_fen,
            "plan_cuts": [{"budget_project": quota.project, "planned_fen": row.paid_fen}],
        }
        proposed = await self._maker.propose_fund_order(
            "year_end",
            appropriation=self._year.appropriation,
            document_number=f"演示财建〔{self._year.year}〕9号",
            document_date=self._year.days.settled,
            reason="项目终止,收回财政(演示)" if is_given_up else "年末未支付指标结转(演示)",
            details=details,
            key=f"{self._key}:year-end:{row.cluster}",
        )
        return proposed.number

    def _note(self, orders: int, settled: Settled) -> None:
        carried, returned = show_wan(settled.carried_over_fen), show_wan(settled.returned_fen)
        self._journal.note(
            "settled",
            f"{orders} 张资金单一次复核:结转 {carried},收回 {returned}",
            f"{orders} fund orders in one review: {carried} carried over, {returned} returned",
        )


async def settled_in(funding: FundingClient, line: str) -> Settled:
    """What the approved orders at the end of a line's year have done."""
    orders = await funding.fund_orders(state="approved", kind="year_end", appropriation=line)
    sums = Counter[str]()
    for order in orders:
        sums[order.body["disposition"]] += order.body["amount_fen"]
    return Settled(len(orders), sums["carry_over"], sums["return"])
