"""An import of a spreadsheet: a dry run, or all of it; refused where there are errors."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.registry.domain.registers.batches import Counts

Mode = Literal["check", "apply"]
ImportState = Literal["checked", "refused", "applied"]


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or would do: its counts, and how the file's columns were understood."""

    id: UUID
    target: str
    mode: Mode
    state: ImportState
    rows: int
    errors: int
    warnings: int
    counts: Counts
    columns: tuple[str | None, ...]
    sheet: str
    upload_id: UUID
    batch: UUID | None
    division: str
    imported_by: str


def state_of(mode: Mode, *, refused: bool) -> ImportState:
    if refused:
        return "refused"
    return "applied" if mode == "apply" else "checked"
