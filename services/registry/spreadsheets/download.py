"""A file that is given out: its name, its type, its bytes."""

from dataclasses import dataclass
from typing import Final

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Download:
    file_name: str
    media_type: str
    content: bytes
