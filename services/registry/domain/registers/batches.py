"""Batches: what one edit, import or withdrawal did to a register."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

BatchKind = Literal["edit", "import", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Counts:
    added: int
    changed: int
    unchanged: int


NOTHING = Counts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """One row for each batch, with who did it, when, and from which file."""

    id: UUID
    register: str
    kind: BatchKind
    actor: str
    unit: str
    note: str | None
    counts: Counts
    upload_id: UUID | None
    business_date: date
    recorded_at: datetime
