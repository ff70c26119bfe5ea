"""Review levels by amount: from a given sum on, two people must approve."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewLevels:
    """``second_from_fen``: from this amount on a second person approves; null: one approval always suffices."""

    second_from_fen: int | None

    def reviews_needed(self, amount_fen: int) -> int:
        return 2 if self.second_from_fen is not None and amount_fen >= self.second_from_fen else 1
