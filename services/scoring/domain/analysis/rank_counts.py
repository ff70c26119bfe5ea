"""How often each unit took each rank over many draws.

A score and the unit's place in the list are packed into one 64-bit key (the low bits of the mantissa give way),
so one sort gives the order and who stands there. Equal scores rank in the order of the list.

Memory is taken once and used for every chunk: a fresh page for each array costs more than the arithmetic in it.
"""

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.analysis.float_columns import Floats

TOGETHER = 1 << 20  # keys that are counted in one go


class RankCounts:
    """`counts[unit, rank - 1]`; feed it chunks of scores above zero, (draws, units)."""

    def __init__(self, units: int, *, ascending: bool = False) -> None:
        self.units = units
        self.ascending = ascending
        self._bits = max(1, (units - 1).bit_length())
        self.mask = np.int64((1 << self._bits) - 1)
        order = np.arange(units, dtype=np.int64)
        self.index = order if ascending else self.mask - order
        self.place = order << self._bits
        self._flat = np.zeros(units << self._bits, dtype=np.int64)
        self._scores = np.empty((0, units))
        self._waiting = np.empty(0, dtype=np.int64)
        self._held = 0

    @property
    def size(self) -> int:
        return self._flat.size

    def scores(self, draws: int) -> Floats:
        """An array for the scores of so many draws, to be filled and given to `add`."""
        if len(self._scores) < draws:
            self._scores = np.empty((draws, self.units))
        return self._scores[:draws]

    def add(self, scores: Floats) -> None:
        """Sorts in place: the array is used up."""
        keys = self.sorted_keys(scores)
        if self._waiting.size < self._held + keys.size:
            self._count()
            if self._waiting.size < keys.size:
                self._waiting = np.empty(keys.size * max(1, TOGETHER // keys.size), dtype=np.int64)
        part = self._waiting[self._held : self._held + keys.size].reshape(keys.shape)
        np.bitwise_and(keys, self.mask, out=part)
        part |= self.place
        self._held += keys.size

    def _count(self) -> None:
        if self._held:
            self._flat += np.bincount(self._waiting[: self._held], minlength=self._flat.size)
        self._held = 0

    def sorted_keys(self, scores: Floats) -> NDArray[np.int64]:
        keys = scores.view(np.int64)
        keys &= ~self.mask
        keys |= self.index
        keys.sort(axis=1)
        return keys

    def ranks(self, scores: Floats) -> NDArray[np.int64]:
        """The rank of each unit in each draw."""
        keys = self.sorted_keys(scores) & self.mask
        units = keys if self.ascending else self.mask - keys
        place = np.arange(1, self.units + 1) if self.ascending else np.arange(self.units, 0, -1)
        ranks = np.empty(units.shape, dtype=np.int64)
        np.put_along_axis(ranks, units, np.broadcast_to(place, units.shape), axis=1)
        return ranks

    @property
    def counts(self) -> NDArray[np.int64]:
        self._count()
        by_place = self._flat.reshape(self.units, -1)
        if self.ascending:
            return by_place[:, : self.units].T
        units = self.mask - np.arange(self.units)
        return by_place[::-1, units].T
