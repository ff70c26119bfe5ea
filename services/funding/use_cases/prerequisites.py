"""Whether a step could be taken now by whoever asks, every reason against it, and what to know before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Item


@dataclass(frozen=True, slots=True)
class Prerequisites:
    subject: str
    step: str
    reasons: Sequence[Item]
    notes: Sequence[Item] = ()

    @property
    def possible(self) -> bool:
        return not self.reasons
