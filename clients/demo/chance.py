"""Chance for the generator: seeded, and the same on every machine, since it computes in integers and decimals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """A seeded source. Each purpose takes a `branch` of its own, so that one more draw here moves nothing there."""

    def __init__(self, seed: int, *path: str) -> None:
        self._seed = seed
        self._path = path
        self._random = random.Random(f"{seed}/{'/'.join(path)}")  # noqa: S311 - synthetic figures, no secret

    def branch(self, name: str) -> Chance:
        return Chance(self._seed, *self._path, name)

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def uniform(self, low: Decimal, high: Decimal) -> Decimal:
        return low + (high - low) * self._random.randrange(1_000_001) / 1_000_000

    def normal(self, mean: Decimal, sd: Decimal) -> Decimal:
        """Nearly normal: the sum of twelve uniform draws."""
        total = sum(self._random.randrange(1_000_001) for _ in range(12))
        return mean + sd * (Decimal(total) / 1_000_000 - 6)

    def lognormal(self, median: Decimal, sigma: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec = 28
            return median * self.normal(Decimal(0), sigma).exp()

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        return self._random.sample(list(items), len(items))
