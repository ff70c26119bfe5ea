"""Answers about appropriations."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from services.funding.api.models.answer import Answer


class AppropriationCorrectionOut(Answer):
    """The fields that a correction changed, as they were and as they are since."""

    fund_order: str
    corrected_on: date
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class AppropriationOut(Answer):
    code: str
    programme: str
    division_code: str = Field(description="whose budget it is")
    fiscal_year: int
    source: str
    amount_fen: int = Field(
        description="as appropriated, a typo corrected; increases and decreases are fund orders"
    )
    changes_fen: int = Field(description="what changes of the line and carry-over added or took back since")
    current_fen: int = Field(description="the two together: what the line draws from the budget now")
    reserved_fen: int = Field(description="held for a round that is not issued yet")
    available_fen: int = Field(description="neither held nor given")
    document_number: str
    effective_at: date
    transfer_id: UUID
    predecessor: str | None = None
    budget_approved_on: date | None = None
    codes: dict[str, str] | None = None
    corrections: list[AppropriationCorrectionOut] = Field(
        description="what approved orders corrected, the oldest first"
    )
