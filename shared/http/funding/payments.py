"""Treasury payments and what came back, reconciliations, spending progress."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from shared.http.client import ServiceClient, View


class PaymentRow(View):
    """A payment as the treasury's file has it; ``actual_fen`` below ``requested_fen`` is a partial payment."""

    bank_serial: str
    budget_project: str
    requested_fen: int
    actual_fen: int
    paid_on: date


class PaymentBatchView(View):
    file_number: str
    payments: int
    total_fen: int


class PaymentView(PaymentRow):
    """``returned_fen``: what came back of it so far."""

    county_code: str
    file_number: str
    returned_fen: int
    transfer_id: str
    number: int
    recorded_at: datetime


class PaymentDifferenceView(View):
    """What the treasury's list and our payments do not agree on; ``row`` counts the file's heading as 1."""

    bank_serial: str
    entry: Literal["payment", "return"]
    kind: Literal["only_in_file", "only_here", "amount_differs", "day_differs"]
    row: int | None
    file_fen: int | None
    recorded_fen: int | None
    file_day: date | None
    recorded_day: date | None


class ReconciledSumsView(View):
    """``net_fen`` is what was paid less what came back."""

    paid_fen: int
    returned_fen: int
    net_fen: int


class ReconciliationSummaryView(View):
    id: str
    number: int
    county_code: str
    from_day: date
    to_day: date
    file_sha256: str
    file: ReconciledSumsView
    recorded: ReconciledSumsView
    net_difference_fen: int
    matched: int
    difference_count: int
    recorded_by: str
    recorded_at: datetime


class ReconciliationView(ReconciliationSummaryView):
    differences: list[PaymentDifferenceView]


class SpendingView(View):
    """Where a cluster's money stands at a division that holds it; ``spent_share`` is paid / received."""

    appropriation: str
    division: str
    cluster: str
    received_fen: int
    held_fen: int
    planned_fen: int
    paid_fen: int
    settlement_due_fen: int
    spent_share: Decimal


class SpendingsView(View):
    lines: list[SpendingView]


class PaymentCalls(ServiceClient):
    async def import_payments(
        self,
        payments: Sequence[PaymentRow],
        *,
        file_number: str,
        control_count: int,
        control_total_fen: int,
        key: str,
    ) -> PaymentBatchView:
        """All of the file, or nothing. The control totals are the treasury's own, so they are not computed here."""
        body = {
            "file_number": file_number,
            "control_count": control_count,
            "control_total_fen": control_total_fen,
            "payments": [payment.model_dump(mode="json", exclude_unset=True) for payment in payments],
        }
        return await self.post("/v1/treasury-payments", PaymentBatchView, body, key=key)

    async def payments(
        self,
        *,
        county: str | None = None,
        file_number: str | None = None,
        budget_project: str | None = None,
        paid_from: date | None = None,
        paid_to: date | None = None,
        recorded_from: datetime | None = None,
        recorded_to: datetime | None = None,
        after: int | None = None,
    ) -> list[PaymentView]:
        """In the order of recording; ``after``: the ``number`` of the last one already known."""
        asked: dict[str, str | int | None] = {
            "county": county,
            "file_number": file_number,
            "budget_project": budget_project,
            "paid_from": _written(paid_from),
            "paid_to": _written(paid_to),
            "recorded_from": _written(recorded_from),
            "recorded_to": _written(recorded_to),
            "after": after,
        }
        return [row async for row in self.pages("/v1/treasury-payments", PaymentView, **asked)]

    async def payment(self, bank_serial: str) -> PaymentView:
        return await self.get(f"/v1/treasury-payments/{bank_serial}", PaymentView)

    async def record_payment_return(
        self,
        bank_serial: str,
        *,
        return_serial: str,
        amount_fen: int,
        returned_on: date,
        reason: str,
        key: str,
    ) -> PaymentView:
        """The bank sent money back: it is quota again."""
        body = {
            "return_serial": return_serial,
            "amount_fen": amount_fen,
            "returned_on": returned_on.isoformat(),
            "reason": reason,
        }
        return await self.post(f"/v1/treasury-payments/{bank_serial}/returns", PaymentView, body, key=key)

    async def reconcile_payments(self, content: bytes, *, from_day: date, to_day: date) -> ReconciliationView:
        """``content``: the treasury's list as CSV. It has no key, so it is sent once: each try is kept."""
        return await self.post_bytes(
            "/v1/reconciliations",
            ReconciliationView,
            content,
            media_type="text/csv",
            from_day=from_day.isoformat(),
            to_day=to_day.isoformat(),
        )

    async def reconciliations(
        self,
        *,
        county: str | None = None,
        from_day: date | None = None,
        to_day: date | None = None,
        after: int | None = None,
    ) -> list[ReconciliationSummaryView]:
        """Those that look at one of these days, in the order of recording; without their differences."""
        asked: dict[str, str | int | None] = {
            "county": county,
            "from_day": _written(from_day),
            "to_day": _written(to_day),
            "after": after,
        }
        return [row async for row in self.pages("/v1/reconciliations", ReconciliationSummaryView, **asked)]

    async def reconciliation(self, reconciliation: str) -> ReconciliationView:
        return await self.get(f"/v1/reconciliations/{reconciliation}", ReconciliationView)

    async def spending(self, *, appropriation: str | None = None) -> list[SpendingView]:
        return (await self.get("/v1/spending", SpendingsView, appropriation=appropriation)).lines


def _written(day: date | None) -> str | None:
    """A day or a moment as it is asked for."""
    return None if day is None else day.isoformat()
