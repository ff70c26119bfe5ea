"""The end of the fiscal year: what counties hold unpaid is carried over or returned, and the round is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clients.demo import calendar
from clients.demo.cast import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, Cast
from clients.demo.journal import Journal
from clients.demo.result import Settled
from clients.demo.year.funding_year import APPROPRIATION
from clients.demo.year.passing_down import Quota
from shared.http.funding.payments import SpendingView
from shared.text.money import show_wan

#: The place on the award list whose project is given up: its money goes back to the budget.
_GIVEN_UP = 11


class YearEnd:
    """The province's finance department settles all counties by one document and one review."""

    def __init__(self, cast: Cast, journal: Journal, *, key: str) -> None:
        self._journal = journal
        self._key = key
        self._cast = cast
        self._maker = cast.funding(FINANCE_MAKER)

    async def settle_and_close(self, quotas: Sequence[Quota], round_code: str) -> None:
        await self._cast.advance_to(calendar.SETTLED_ON)
        held = {(row.division, row.cluster): row for row in await self._unpaid()}
        orders = []
        for place, quota in enumerate(quotas, start=1):
            row = held.get((quota.award.county_code, quota.award.cluster))
            if row is not None:
                orders.append(await self._propose(quota, row, is_given_up=place == _GIVEN_UP))
        if orders:
            await self._cast.funding(FINANCE_REVIEWER).review_fund_orders(
                orders, decision="approve", minutes="复核无误,同意(演示)", key=f"{self._key}:year-end-review"
            )
            self._note(len(orders), await self.settled())
        await self._maker.close_round(round_code, note="年度办结(演示)", key=f"{self._key}:close")

    async def settled(self) -> Settled:
        """By the approved orders, as the auditor finds them."""
        orders = await self._cast.funding(AUDITOR).fund_orders(
            state="approved", kind="year_end", appropriation=APPROPRIATION
        )
        sums = Counter[str]()
        for order in orders:
            sums[order.body["disposition"]] += order.body["amount_fen"]
        return Settled(len(orders), sums["carry_over"], sums["return"])

    async def _unpaid(self) -> list[SpendingView]:
        return [row for row in await self._maker.spending(appropriation=APPROPRIATION) if row.held_fen > 0]

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
            appropriation=APPROPRIATION,
            document_number="演示财建〔2024〕9号",
            document_date=calendar.SETTLED_ON,
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
