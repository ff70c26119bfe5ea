"""Sharing a pool as water finds its level: base + level · weight, kept between floor and cap, groups under their caps.

The level rises from zero. A unit stands at its floor until its own line passes it, follows its line, and stops at its
cap; where a group reaches its cap, all its members stop. The level stops rising where the pool is used up. That is the
fixed point of "give the floors, share what is left in proportion, and again": it is unique, exact, does not depend on
the order of the units, and never falls for anybody when the pool grows.

Everything is computed in whole numbers over two common denominators; only the level is a fraction.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final

_RISING, _WAITING, _STOPPED = 0, 1, 2
_GROUP, _FLOOR, _CAP = 0, 1, 2
_SHIFT: Final = 64
NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Demand:
    """What one unit asks of the water; ``groups`` are indices into the caps."""

    base: Fraction
    weight: Fraction
    floor: int
    cap: int | None
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """Exact amounts; ``group`` is the full group that stopped a unit, else -1; ``level`` of the last unit to rise.

    ``at_floor``: its own line never passed its floor.
    """

    amounts: tuple[Fraction, ...]
    group: tuple[int, ...]
    level: Fraction
    at_floor: tuple[bool, ...]


def start_of(demand: Demand) -> Fraction:
    """What a unit gets before the level rises."""
    lowest = max(demand.base, Fraction(demand.floor))
    return lowest if demand.cap is None else min(lowest, Fraction(demand.cap))


def fill(
    demands: Sequence[Demand], *, pool: int, caps: Sequence[int] = (), highest: Fraction | None = None
) -> Filled:
    """``highest`` ends the rise early: at 1, nobody gets more than base + weight.

    The caller has made sure that the starts fit into the pool and into every group.
    """
    water = _Water(demands, pool=pool, caps=caps)
    return water.rise(highest)


class _Water:
    def __init__(self, demands: Sequence[Demand], *, pool: int, caps: Sequence[int]) -> None:
        self.scale = scale = lcm(1, *(demand.base.denominator for demand in demands))
        self.weight_scale = lcm(1, *(demand.weight.denominator for demand in demands))
        self.shift = _SHIFT + self.weight_scale.bit_length()  # times are as small as the scale is large
        self.base = [int(demand.base * scale) for demand in demands]
        self.weight = [int(demand.weight * self.weight_scale) for demand in demands]
        self.floor = [demand.floor * scale for demand in demands]
        self.cap = [None if demand.cap is None else demand.cap * scale for demand in demands]
        # the pool is the last group, of which everybody is a member
        self.pool = len(caps)
        self.groups = [(*demand.groups, self.pool) for demand in demands]
        self.limits = [cap * scale for cap in (*caps, pool)]
        self.members: list[list[int]] = [[] for _ in self.limits]
        for index, groups in enumerate(self.groups):
            for group in groups:
                self.members[group].append(index)
        self.held: list[Fraction | int] = [0] * len(self.limits)  # what does not depend on the level
        self.rate = [0] * len(self.limits)  # by how much a group rises with the level
        self.full = [False] * len(self.limits)
        self.state = [_STOPPED] * len(demands)
        self.amount: list[Fraction | int] = [0] * len(demands)
        self.stopped_by = [NOBODY] * len(demands)
        self.at_floor = [False] * len(demands)
        self.heap: list[tuple[int, Fraction, int, int]] = []

    def rise(self, highest: Fraction | None) -> Filled:
        end = None if highest is None else highest / self.weight_scale * self.scale
        for index in range(len(self.base)):
            self._begin(index)
        for group in range(len(self.limits)):
            self._expect(group)
        level = Fraction(0)
        while self.heap and not self.full[self.pool]:
            _, time, kind, index = heapq.heappop(self.heap)
            if end is not None and time >= end:
                level = end
                break
            if self._happen(kind, index, time):
                level = time
        for index, state in enumerate(self.state):
            if state == _RISING:
                self.amount[index] = self.base[index] + level * self.weight[index]
        return Filled(
            tuple(Fraction(amount) / self.scale for amount in self.amount),
            tuple(self.stopped_by),
            level * self.weight_scale / self.scale,
            tuple(self.at_floor),
        )

    def _begin(self, index: int) -> None:
        base, cap, weight = self.base[index], self.cap[index], self.weight[index]
        start = max(base, self.floor[index])
        if cap is not None and start >= cap:
            start, state = cap, _STOPPED
        elif weight == 0:
            state = _STOPPED
        else:
            state = _WAITING if start > base else _RISING
        self.amount[index], self.state[index] = start, state
        self.at_floor[index] = start > base
        for group in self.groups[index]:
            self.held[group] += start
            self.rate[group] += weight if state == _RISING else 0
        if state == _WAITING:
            self._push(Fraction(self.floor[index] - base, weight), _FLOOR, index)
        elif state == _RISING and cap is not None:
            self._push(Fraction(cap - base, weight), _CAP, index)

    def _happen(self, kind: int, index: int, time: Fraction) -> bool:
        if kind == _GROUP:
            return self._fill_group(index, time)
        if kind == _FLOOR and self.state[index] == _WAITING:
            self.at_floor[index] = False
            self._move(index, _RISING, self.base[index] - self.floor[index], self.weight[index])
            cap = self.cap[index]
            if cap is not None:
                self._push(Fraction(cap - self.base[index], self.weight[index]), _CAP, index)
            for group in self.groups[index]:
                self._expect(group)
            return True
        if kind == _CAP and self.state[index] == _RISING:
            cap = self.cap[index]
            assert cap is not None  # noqa: S101 - only units with a cap have this event
            self.amount[index] = cap
            self._move(index, _STOPPED, cap - self.base[index], -self.weight[index])
            return True
        return False

    def _move(self, index: int, state: int, held: Fraction | int, rate: int) -> None:
        self.state[index] = state
        for group in self.groups[index]:
            self.held[group] += held
            self.rate[group] += rate

    def _expect(self, group: int) -> None:
        """When the group will be full, if nothing changes meanwhile. A later stop of a member makes it later."""
        if not self.full[group] and self.rate[group] > 0:
            self._push(Fraction(self.limits[group] - self.held[group]) / self.rate[group], _GROUP, group)

    def _fill_group(self, group: int, time: Fraction) -> bool:
        if self.full[group] or self.rate[group] == 0:
            return False
        when = Fraction(self.limits[group] - self.held[group]) / self.rate[group]
        if when > time:
            self._push(when, _GROUP, group)
            return False
        self.full[group] = True
        if group == self.pool:
            return True  # the level stays here; who rises is computed at the end
        stopped: dict[int, int] = {}
        for index in self.members[group]:
            if self.state[index] == _RISING:
                self.amount[index] = self.base[index] + time * self.weight[index]
                for other in self.groups[index]:
                    stopped[other] = stopped.get(other, 0) + self.weight[index]
            if self.state[index] != _STOPPED:
                self.state[index] = _STOPPED
                self.stopped_by[index] = group
        for other, rate in stopped.items():
            self.held[other] += time * rate
            self.rate[other] -= rate
        return True

    def _push(self, time: Fraction, kind: int, index: int) -> None:
        """The rounded time goes first in the order: comparing it is cheap, and the exact one settles ties."""
        key = (time.numerator << self.shift) // time.denominator
        heapq.heappush(self.heap, (key, time, kind, index))
