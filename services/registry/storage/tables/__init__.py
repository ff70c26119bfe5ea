"""The registry's tables, by subject; all are part of one metadata."""

from services.registry.storage.tables import (  # noqa: F401 - each declares its tables
    case_notes,
    decisions,
    files,
    filings,
    programme,
    reference,
    registers,
    tasks,
)
from services.registry.storage.tables.metadata import METADATA

__all__ = ["METADATA"]
