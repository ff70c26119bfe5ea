"""Ranks of many draws by the ranking's own rule: rounding, lexicographic keys, tie-break chain, shared ranks.

A score becomes a whole number (of the scheme's rounding, or of what the engines may differ by), and that number, what
breaks its ties and the unit's place in the list are packed into one sortable key; so one sort gives the order, who
stands there, and who are equals. Where the keys do not fit into one word, they are sorted one after another.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.analysis.agreement import TOLERANCE
from services.scoring.domain.analysis.float_columns import Floats
from services.scoring.domain.analysis.float_tree import Plan
from services.scoring.domain.scheme.measures import Absent, measure_of
from services.scoring.domain.scheme.steps import RoundingMode
from services.scoring.domain.scheme.ties import Basis, Rounding, TieKey, TieMethod
from services.scoring.domain.scheme.tree import nodes_of

FEW = 10  # fewer ties than one in so many are followed one by one
TOGETHER = 1 << 20  # ranks that are counted in one go
KEY_BITS, SHORT_KEY_BITS = 62, 31
APART = 0.3819660112501051  # no grid of figures with few decimals has its limits here

#: Whole numbers, of 32 bits where they fit.
Counts: TypeAlias = NDArray[np.signedinteger[Any]]
#: The values of a node or leaf, (draws, units) or (units,), in the order of the units that are ranked.
Values: TypeAlias = Callable[[str], Floats]


def values_behind(plan: Plan, columns: Mapping[str, Floats], found: Mapping[str, Floats]) -> Values:
    """Leaves from their columns, inner nodes as the tree found them: (rows, draws) turned to (draws, units)."""

    def values(code: str) -> Floats:
        return found[code][plan.ranked].T if code in found else columns[code][plan.ranked]

    return values


class DrawRanks:
    """`counts[unit, rank - 1]`, fed chunk by chunk with scores (draws, units)."""

    def __init__(self, plan: Plan) -> None:
        scheme = plan.scheme
        self.units = len(plan.scored)
        self._plan, self._method = plan, scheme.ties.method
        self._keys: tuple[TieKey, ...] = (*scheme.lexicographic, *scheme.ties.chain)
        self._by_score = not scheme.lexicographic
        self._rounding = scheme.rounding if scheme.rank_on is Basis.ROUNDED else None
        self._bits = max(1, (self.units - 1).bit_length())
        self._place = np.arange(self.units)
        self._counts = np.zeros(self.units * self.units, dtype=np.int64)
        self._waiting: list[Counts] = []
        self._scores, self._scratch = np.empty((0, self.units)), np.empty((0, self.units))
        inner = {node.code for node in nodes_of(scheme.root)}
        #: Whether the keys ask for values of inner nodes, which differ from draw to draw.
        self.needs_nodes = any(key.node in inner for key in self._keys)

    def scores(self, draws: int) -> Floats:
        """An array for the scores of so many draws: a fresh one for each chunk costs more than the arithmetic in it."""
        if len(self._scores) < draws:
            self._scores = np.empty((draws, self.units))
        return self._scores[:draws]

    def add(self, scores: Floats, values: Values) -> None:
        order, same = self._ordered(scores, values)
        if self._counts.size > np.iinfo(order.dtype).max:
            order = order.astype(np.int64)
        order += self._shared(same) * order.dtype.type(
            self.units
        )  # by rank: neighbours are counted near each other
        self._waiting.append(order.ravel())
        if sum(part.size for part in self._waiting) >= min(TOGETHER, self._counts.size):
            self._count()

    def ranks(self, scores: Floats, values: Values) -> Counts:
        """The rank of each unit in each draw."""
        order, same = self._ordered(scores, values)
        ranks = np.empty(order.shape, dtype=np.int64)
        shared = np.broadcast_to(self._shared(same), order.shape)
        np.put_along_axis(ranks, order, shared + 1, axis=1)
        return ranks

    @property
    def counts(self) -> Counts:
        self._count()
        return self._counts.reshape(self.units, self.units).T

    def _count(self) -> None:
        if self._waiting:
            held = self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting)
            self._counts += np.bincount(held, minlength=self._counts.size)
        self._waiting = []

    def _ordered(self, scores: Floats, values: Values) -> tuple[Counts, NDArray[np.bool_] | None]:
        """The units of each draw from the best to the last, and where one equals the one before it (or None)."""
        keys = [self._of_key(key, scores, values) for key in self._keys]
        if self._by_score:
            if self._scratch.shape != scores.shape:
                self._scratch = np.empty(scores.shape)
            descending = not self._plan.scheme.ascending
            keys.insert(0, _whole_numbers(scores, self._rounding, descending=descending, out=self._scratch))
        widths = [max(1, int(key.max()).bit_length()) for key in keys]
        whole = sum(widths) + self._bits
        if whole > KEY_BITS:
            return self._one_after_another(keys, scores.shape)
        kind: Any = np.int32 if whole <= SHORT_KEY_BITS else np.int64
        packed = np.array(np.broadcast_to(keys[0], scores.shape), dtype=kind)
        for key, width in zip(keys[1:], widths[1:], strict=True):
            packed <<= width
            packed |= key.astype(kind)
        packed <<= self._bits
        packed |= self._place.astype(kind)
        packed.sort(axis=1)
        mask = kind((1 << self._bits) - 1)
        same = (packed[:, 1:] ^ packed[:, :-1]) <= mask
        packed &= mask
        return packed, same if same.any() else None

    def _one_after_another(
        self, keys: Sequence[Counts], shape: tuple[int, ...]
    ) -> tuple[Counts, NDArray[np.bool_]]:
        """The same where the keys do not fit into one word."""
        wide = [np.broadcast_to(key, shape) for key in keys]
        order = np.lexsort(tuple(reversed(wide)), axis=-1)
        same = np.ones((shape[0], shape[1] - 1), dtype=bool)
        for key in wide:
            ordered = np.take_along_axis(key, order, axis=1)
            same &= ordered[:, 1:] == ordered[:, :-1]
        return order, same

    def _shared(self, same: NDArray[np.bool_] | None) -> Counts:
        """The rank, counted from 0, of who stands at each place."""
        if same is None:
            return self._place
        first = np.empty((same.shape[0], self.units), dtype=np.int32)
        if self._method is TieMethod.MIN and (ties := np.flatnonzero(same)).size < same.size // FEW:
            first[:] = self._place
            every, place = first.ravel(), ties + ties // (self.units - 1) + 1
            while (every[place] != (before := every[place - 1])).any():
                every[place] = before
            return first
        if self._method is TieMethod.MAX:
            first[:, -1] = self.units - 1
            np.copyto(first[:, :-1], np.where(same, np.int32(self.units), self._place[:-1].astype(np.int32)))
            return np.asarray(np.minimum.accumulate(first[:, ::-1], axis=1)[:, ::-1])
        first[:, 0] = 0
        np.logical_not(same, out=first[:, 1:], casting="unsafe")
        if self._method is TieMethod.DENSE:
            return np.asarray(np.cumsum(first, axis=1, dtype=np.int32))
        first *= self._place.astype(np.int32)
        return np.asarray(np.maximum.accumulate(first, axis=1, out=first))

    def _of_key(self, key: TieKey, scores: Floats, values: Values) -> Counts:
        if key.measure is not None:
            return self._of_measure(key)
        if key.node is not None:
            return _whole_numbers(values(key.node), None, descending=key.descending)
        rounding = self._plan.scheme.rounding if key.rounded else None
        return _whole_numbers(scores, rounding, descending=key.descending)

    def _of_measure(self, key: TieKey) -> Counts:
        """Exact and the same in every draw: its place among the values that there are."""
        plan = self._plan
        assert key.measure is not None  # noqa: S101 - asked for with one only
        units = [plan.run.table.units[plan.rows[place]] for place in plan.ranked]
        cells = [measure_of(key.measure, unit, data_year=plan.data_year) for unit in units]
        distinct = sorted({cell for cell in cells if not isinstance(cell, Absent)}, reverse=key.descending)
        places = {cell: place for place, cell in enumerate(distinct)}
        return np.array([len(places) if isinstance(cell, Absent) else places[cell] for cell in cells])


def _whole_numbers(
    values: Floats, rounding: Rounding | None, *, descending: bool, out: Floats | None = None
) -> Counts:
    """From 0 for the best upwards; who has no value stands behind all who have one. `out` is used up."""
    least, most = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    absent = None
    if math.isnan(least):
        absent = np.isnan(values)
        values = np.where(absent, 0.0, values)
        least, most = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    size = max(-least, most)
    scale = 1.0 / (TOLERANCE * max(1.0, size))
    if rounding is not None and size * 10.0**rounding.digits < 2.0**50:
        scale = 10.0**rounding.digits
        if rounding.mode is RoundingMode.HALF_UP and least >= 0.0:
            whole = np.multiply(values, scale, out=out)
            whole += 0.5 + max(1e-9, size * scale * 1e-14)
        else:
            whole = _rounded(values * scale, rounding.mode) + 0.5
    else:
        whole = np.multiply(values, scale, out=out)
        whole += APART
    kind: Any = np.int32 if size * scale < 2.0**30 else np.int64
    if least < 0.0:
        np.floor(whole, out=whole)
    numbers: Counts = whole.astype(kind)
    if descending:
        np.subtract(kind(math.ceil(most * scale) + 2), numbers, out=numbers)
    else:
        np.subtract(numbers, kind(math.floor(least * scale) - 2), out=numbers)
    if absent is not None:
        numbers[absent] = numbers.max() + 1
    return numbers


def _rounded(scaled: Floats, mode: RoundingMode) -> Floats:
    """As the scheme rounds; what lies within a float's error of a whole or a half is one."""
    half = np.rint(scaled * 2) / 2
    near = np.abs(scaled - half) <= np.maximum(1e-9, np.abs(scaled) * 1e-14)
    value = np.where(near, half, scaled)
    match mode:
        case RoundingMode.HALF_EVEN:
            return np.asarray(np.rint(value))
        case RoundingMode.FLOOR:
            return np.asarray(np.floor(value))
        case RoundingMode.CEILING:
            return np.asarray(np.ceil(value))
        case RoundingMode.DOWN:
            return np.asarray(np.trunc(value))
        case RoundingMode.UP:
            size = np.ceil(np.abs(value))
        case RoundingMode.HALF_UP:
            size = np.floor(np.abs(value) + 0.5)
        case RoundingMode.HALF_DOWN:
            size = np.ceil(np.abs(value) - 0.5)
    return np.asarray(np.copysign(size, value))
