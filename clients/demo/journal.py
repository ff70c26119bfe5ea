"""What the demo tells on its way: steps with progress, and what was found and corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """Something worth showing: a refusal that was meant, a correction, a ruling."""

    kind: str  # refused | corrected | ruled
    zh: str
    en: str


@dataclass
class Journal:
    """Collects notes; tells progress to whoever watches."""

    on_step: Callable[[str, str], None] = lambda _zh, _en: None
    on_progress: Callable[[int, int], None] = lambda _done, _total: None
    on_note: Callable[[Note], None] = lambda _note: None
    notes: list[Note] = field(default_factory=list)

    def step(self, zh: str, en: str) -> None:
        self.on_step(zh, en)

    def progress(self, done: int, total: int) -> None:
        self.on_progress(done, total)

    def note(self, kind: str, zh: str, en: str) -> None:
        note = Note(kind, zh, en)
        self.notes.append(note)
        self.on_note(note)
