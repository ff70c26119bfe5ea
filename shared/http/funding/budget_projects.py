"""County budget projects: what counties plan to spend of their quota, and how they change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from shared.http.client import ServiceClient, View, given


class BudgetProjectStepView(View):
    """What a change touched: the fields, as they were and as they are since."""

    action: Literal["changed", "split", "closed", "cut"]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    fund_order: str | None


class BudgetProjectView(View):
    county_code: str
    code: str
    appropriation: str
    cluster: str
    name: str
    unit: str
    use: str
    consent_document_number: str | None
    amount_fen: int
    registered_on: date
    state: Literal["open", "closed"]
    split_from: str | None
    steps: list[BudgetProjectStepView]


class BudgetProjectCalls(ServiceClient):
    async def register_budget_project(
        self,
        *,
        code: str,
        appropriation: str,
        cluster: str,
        name: str,
        unit: str,
        use: str,
        amount_fen: int,
        consent_document_number: str | None = None,
        key: str,
    ) -> BudgetProjectView:
        """``consent_document_number``: the written consent, for the use ``other``."""
        body = given(
            code=code,
            appropriation=appropriation,
            cluster=cluster,
            name=name,
            unit=unit,
            use=use,
            consent_document_number=consent_document_number,
            amount_fen=amount_fen,
        )
        return await self.post("/v1/budget-projects", BudgetProjectView, body, key=key)

    async def budget_projects(self) -> list[BudgetProjectView]:
        return [row async for row in self.pages("/v1/budget-projects", BudgetProjectView)]

    async def budget_project(self, code: str) -> BudgetProjectView:
        """A project of the own county."""
        return await self.get(f"/v1/budget-projects/{code}", BudgetProjectView)

    async def change_budget_project(
        self, code: str, *, changes: Mapping[str, Any], reason: str, key: str
    ) -> BudgetProjectView:
        body = {"changes": changes, "reason": reason}
        return await self.post(f"/v1/budget-projects/{code}/changes", BudgetProjectView, body, key=key)

    async def split_budget_project(
        self, code: str, *, parts: Sequence[Mapping[str, Any]], reason: str, key: str
    ) -> BudgetProjectView:
        """``parts``: new projects that take over what is not paid yet; answers the project that was split."""
        body = {"parts": list(parts), "reason": reason}
        return await self.post(f"/v1/budget-projects/{code}/split", BudgetProjectView, body, key=key)

    async def close_budget_project(self, code: str, *, reason: str, key: str) -> BudgetProjectView:
        path = f"/v1/budget-projects/{code}/closure"
        return await self.post(path, BudgetProjectView, {"reason": reason}, key=key)
