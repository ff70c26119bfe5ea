"""How much the registry takes at once; the settings give the numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    part_bytes: int
    import_bytes: int
    evidence_bytes: int
    import_rows: int
    marked_rows: int
    problems: int
    import_timeout_seconds: int
    export_rows: int
