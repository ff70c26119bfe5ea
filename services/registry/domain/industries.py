"""Industries of GB/T 4754: a section (A to T), a division, a group or a class."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Industry:
    code: str
    name: str
    level: int
    parent_code: str | None
