"""An appropriation: money in a budget line, as it was recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.funding.domain.ledger.books import Books
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class Appropriation:
    """``amount_fen`` as first appropriated; increases and decreases are fund orders. ``codes`` are finance's own."""

    code: str
    programme: str
    division_code: str
    fiscal_year: int
    source: str
    amount_fen: int
    document_number: str
    effective_at: date
    transfer_id: UUID
    predecessor: str | None
    budget_approved_on: date | None
    codes: Mapping[str, str] | None

    @property
    def books(self) -> Books:
        return Books(self.division_code, self.code)


def not_in_effect(line: Appropriation, *, today: date) -> list[Item]:
    """Money of a day to come cannot be held today."""
    if line.effective_at <= today:
        return []
    zh = f"预算安排 {line.code} 自 {line.effective_at} 起生效,现在不能预留"
    en = (
        f"the appropriation {line.code} is in effect from {line.effective_at} on: nothing can be reserved now"
    )
    return [Item("appropriation", "line-in-effect", zh, en)]
