"""Fund orders, the quota that they pass down, and finance's own codes of divisions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from shared.http.client import ServiceClient, View, given
from shared.http.funding.rounds import Decision, PrerequisitesView

OrderKind = Literal[
    "appropriation_change",
    "pass_down",
    "variation",
    "grant",
    "recovery",
    "settlement",
    "year_end",
    "carry_in",
]
OrderState = Literal["proposed", "approved", "rejected", "withdrawn"]


class FundOrderStepView(View):
    number: int
    action: OrderState
    subject: str
    unit: str
    note: str
    business_date: date


class FundOrderView(View):
    """``body`` is the order as it was proposed."""

    number: str
    kind: OrderKind
    appropriation: str
    division_code: str
    fiscal_year: int
    document_number: str
    state: OrderState
    body: dict[str, Any]
    transfer_id: str | None
    steps: list[FundOrderStepView]

    def quota(self) -> list["PassDownLine"]:
        """The lines of an order that passes quota down."""
        return [PassDownLine.model_validate(line) for line in self.body.get("lines", ())]


class FundOrdersView(View):
    orders: list[FundOrderView]


class PassDownLine(View):
    """``deducted_fen``: what the county owes from an earlier year, deducted here."""

    cluster: str
    to_division: str
    amount_fen: int
    deducted_fen: int = 0


class QuotaNoticeView(View):
    order: str
    appropriation: str
    from_division: str
    document_number: str
    document_date: date
    deadline: date
    performance_targets: str | None
    cluster: str
    amount_fen: int
    deducted_fen: int
    finance_code: str | None


class FinanceDivisionView(View):
    """A division in finance's own code."""

    division_code: str
    finance_code: str
    name: str


class FinanceDivisionsView(View):
    divisions: list[FinanceDivisionView]


class FundOrderCalls(ServiceClient):
    async def propose_fund_order(
        self,
        kind: OrderKind,
        *,
        appropriation: str,
        document_number: str,
        document_date: date,
        reason: str,
        details: Mapping[str, Any],
        key: str,
    ) -> FundOrderView:
        """``details``: the fields that only this kind of order has. Nothing moves before another person approves."""
        body = {
            "kind": kind,
            "appropriation": appropriation,
            "document_number": document_number,
            "document_date": document_date.isoformat(),
            "reason": reason,
            **details,
        }
        return await self.post("/v1/fund-orders", FundOrderView, body, key=key)

    async def pass_down(
        self,
        lines: Sequence[PassDownLine],
        *,
        appropriation: str,
        document_number: str,
        document_date: date,
        deadline: date,
        reason: str,
        performance_targets: str | None = None,
        late_ground: str | None = None,
        key: str,
    ) -> FundOrderView:
        """Proposes quota for the next level; ``late_ground`` where the 60 days after the budget's approval are over."""
        details = given(
            deadline=deadline.isoformat(),
            performance_targets=performance_targets,
            late_ground=late_ground,
            lines=[line.model_dump(mode="json", exclude_unset=True) for line in lines],
        )
        return await self.propose_fund_order(
            "pass_down",
            appropriation=appropriation,
            document_number=document_number,
            document_date=document_date,
            reason=reason,
            details=details,
            key=key,
        )

    async def fund_order(self, number: str) -> FundOrderView:
        return await self.get(f"/v1/fund-orders/{number}", FundOrderView)

    async def fund_orders(
        self, *, state: OrderState | None = None, appropriation: str | None = None
    ) -> list[FundOrderView]:
        path = "/v1/fund-orders"
        found = self.pages(path, FundOrderView, state=state, appropriation=appropriation)
        return [order async for order in found]

    async def fund_order_prerequisites(self, number: str) -> PrerequisitesView:
        return await self.get(f"/v1/fund-orders/{number}/prerequisites", PrerequisitesView)

    async def review_fund_orders(
        self, numbers: Sequence[str], *, decision: Decision, minutes: str, key: str
    ) -> list[FundOrderView]:
        """All of them, or none."""
        body = {"orders": list(numbers), "decision": decision, "minutes": minutes}
        return (await self.post("/v1/fund-order-reviews", FundOrdersView, body, key=key)).orders

    async def withdraw_fund_order(self, number: str, *, reason: str, key: str) -> FundOrderView:
        path = f"/v1/fund-orders/{number}/withdrawal"
        return await self.post(path, FundOrderView, {"reason": reason}, key=key)

    async def quota_notices(self) -> list[QuotaNoticeView]:
        """Quota that was passed down to the own division."""
        return [notice async for notice in self.pages("/v1/quota-notices", QuotaNoticeView)]

    async def name_finance_divisions(
        self, divisions: Sequence[FinanceDivisionView]
    ) -> list[FinanceDivisionView]:
        """Adds or replaces the codes of the divisions that are named; all divisions are answered."""
        body = {"divisions": [division.model_dump(mode="json", exclude_unset=True) for division in divisions]}
        return (await self.put("/v1/finance-divisions", FinanceDivisionsView, body)).divisions

    async def finance_divisions(self) -> list[FinanceDivisionView]:
        return (await self.get("/v1/finance-divisions", FinanceDivisionsView)).divisions
