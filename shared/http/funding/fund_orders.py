"""Fund orders, the quota that they pass down, and finance's own codes of divisions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from shared.http.client import ServiceClient, View, given, iso
from shared.http.funding.rounds import Decision, PrerequisitesView

OrderKind = Literal[
    "appropriation",
    "appropriation_correction",
    "award_list_number",
    "finance_divisions",
    "appropriation_change",
    "pass_down",
    "variation",
    "grant",
    "recovery",
    "settlement",
    "year_end",
    "carry_in",
    "opening",
    "opening_reversal",
    "earlier_listings",
    "earlier_listings_reversal",
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
    appropriation: str | None
    division_code: str
    fiscal_year: int
    document_number: str | None
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
        return await self._propose(
            kind,
            key=key,
            appropriation=appropriation,
            document_number=document_number,
            document_date=document_date.isoformat(),
            reason=reason,
            **details,
        )

    async def record_appropriation(
        self,
        *,
        appropriation: str,
        programme: str,
        fiscal_year: int,
        source: str,
        amount_fen: int,
        document_number: str,
        document_date: date,
        reason: str,
        effective_at: date | None = None,
        predecessor: str | None = None,
        budget_approved_on: date | None = None,
        codes: Mapping[str, str] | None = None,
        key: str,
    ) -> FundOrderView:
        """Proposes a new line; ``budget_approved_on`` and finance's ``codes`` are needed before anything is awarded
        from it."""
        return await self._propose(
            "appropriation",
            key=key,
            appropriation=appropriation,
            programme=programme,
            fiscal_year=fiscal_year,
            source=source,
            amount_fen=amount_fen,
            document_number=document_number,
            document_date=document_date.isoformat(),
            reason=reason,
            effective_at=iso(effective_at),
            predecessor=predecessor,
            budget_approved_on=iso(budget_approved_on),
            codes=codes,
        )

    async def correct_appropriation(
        self, appropriation: str, *, changes: Mapping[str, Any], reason: str, key: str
    ) -> FundOrderView:
        """Proposes other values for what is named in ``changes``; both stay visible."""
        kind: OrderKind = "appropriation_correction"
        return await self._propose(kind, key=key, appropriation=appropriation, changes=changes, reason=reason)

    async def write_back_document_number(
        self,
        list_number: str,
        *,
        document_number: str,
        document_date: date,
        reason: str,
        replaces: str | None = None,
        key: str,
    ) -> FundOrderView:
        """Proposes the office's document number of an issued list; ``replaces``: the one that was a mistake."""
        return await self._propose(
            "award_list_number",
            key=key,
            award_list=list_number,
            document_number=document_number,
            document_date=document_date.isoformat(),
            reason=reason,
            replaces=replaces,
        )

    async def name_finance_divisions(
        self, divisions: Sequence[FinanceDivisionView], *, reason: str, key: str
    ) -> FundOrderView:
        """Proposes codes for the divisions that are named, new or in place of those that they have."""
        rows = [division.model_dump(mode="json", exclude_unset=True) for division in divisions]
        return await self._propose("finance_divisions", key=key, divisions=rows, reason=reason)

    async def _propose(self, kind: OrderKind, *, key: str, **details: Any) -> FundOrderView:
        return await self.post("/v1/fund-orders", FundOrderView, given(kind=kind, **details), key=key)

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
        self,
        *,
        state: OrderState | None = None,
        kind: OrderKind | None = None,
        appropriation: str | None = None,
    ) -> list[FundOrderView]:
        path = "/v1/fund-orders"
        found = self.pages(path, FundOrderView, state=state, kind=kind, appropriation=appropriation)
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

    async def finance_divisions(self) -> list[FinanceDivisionView]:
        return (await self.get("/v1/finance-divisions", FinanceDivisionsView)).divisions
