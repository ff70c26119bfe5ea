"""An appropriation: money in a budget line, as it was recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from services.funding.domain.ledger.books import Books, Purpose
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


@dataclass(frozen=True, slots=True)
class Correction:
    """A line before and after the order that corrects it."""

    fund_order: str
    reason: str
    before: Appropriation
    after: Appropriation

    def changed(self, line: Appropriation) -> dict[str, object]:
        """What the correction changes, as ``line`` has it; days as text."""
        names = [
            field.name
            for field in fields(Appropriation)
            if field.name != "transfer_id"
            and getattr(self.before, field.name) != getattr(self.after, field.name)
        ]
        values = {name: getattr(line, name) for name in names}
        return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """What an approved order corrected: the fields that it changed, as they were and as they are since."""

    fund_order: str
    appropriation: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    reason: str
    corrected_on: date


@dataclass(frozen=True, slots=True)
class AppropriationNow(Appropriation):
    """As it stands now: ``current_fen`` is what was drawn from the budget in all; ``corrections`` the oldest first."""

    current_fen: int
    reserved_fen: int
    available_fen: int
    corrections: Sequence[KeptCorrection]

    @property
    def changes_fen(self) -> int:
        return self.current_fen - self.amount_fen


def as_of_now(
    line: Appropriation, balances_fen: Mapping[Purpose, int], corrections: Sequence[KeptCorrection]
) -> AppropriationNow:
    """``balances_fen``: what the line's accounts of each purpose hold; the source holds what was drawn, negative."""
    kept = {field.name: getattr(line, field.name) for field in fields(Appropriation)}
    return AppropriationNow(
        **kept,
        current_fen=-balances_fen.get(Purpose.SOURCE, 0),
        reserved_fen=balances_fen.get(Purpose.RESERVED, 0),
        available_fen=balances_fen.get(Purpose.AVAILABLE, 0),
        corrections=corrections,
    )


def can_be_passed_down(line: Appropriation | None) -> list[Item]:
    """What the line lacks before it can be passed down; nothing is awarded from it before that."""
    reasons = []
    if line is not None and line.codes is None:
        zh, en = (
            "预算安排缺少财政编码,不能下达",
            "the appropriation has no finance codes: it cannot be passed down",
        )
        reasons.append(Item("appropriation", "finance-codes", zh, en))
    if line is not None and line.budget_approved_on is None:
        zh = "预算安排未登记预算批准日,不能下达"
        en = "the appropriation does not say when the budget was approved: it cannot be passed down"
        reasons.append(Item("appropriation", "budget-approved-on", zh, en))
    return reasons


def not_in_effect(line: Appropriation, *, today: date) -> list[Item]:
    """Money of a day to come cannot be held today."""
    if line.effective_at <= today:
        return []
    zh = f"预算安排 {line.code} 自 {line.effective_at} 起生效,现在不能预留"
    en = (
        f"the appropriation {line.code} is in effect from {line.effective_at} on: nothing can be reserved now"
    )
    return [Item("appropriation", "line-in-effect", zh, en)]
