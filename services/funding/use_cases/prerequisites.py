"""Whether a step could be taken now by whoever asks, and every reason against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Item


@dataclass(frozen=True, slots=True)
class Prerequisites:
    subject: str
    step: str
    reasons: Sequence[Item]

    @property
    def possible(self) -> bool:
        return not self.reasons
