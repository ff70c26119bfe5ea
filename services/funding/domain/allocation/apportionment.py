"""Whole units of money from exact shares, adding up exactly: largest remainder and the divisor methods.

Divisor methods follow Balinski and Young (1982) and Pukelsheim (2017): the k-th unit of somebody with the weight w
comes at the level s(k)/w, where s(k) is the method's signpost; the first N to come are given, within floor and cap.
Ties go to the larger share, then the better rank, then the unit's code.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final

from services.funding.domain.rules.policies import Method

_SHIFT: Final = 64
Order = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Share:
    """An exact share in units of money, and where the unit stands; ``groups`` are indices into the caps."""

    exact: Fraction
    order: Order
    floor: int
    cap: int | None
    groups: tuple[int, ...] = ()


def largest_remainder(shares: Sequence[Share], *, units: int, caps: Sequence[int] = ()) -> list[int]:
    """Each gets the whole part; what is left of ``units`` goes one by one to the largest remainders (Hamilton).

    A cap of a unit or of a group is never passed: where one stands in the way, the next remainder has it.
    """
    given = [max(floor(share.exact), share.floor) for share in shares]
    left = units - sum(given)
    sums = [0] * len(caps)
    for share, amount in zip(shares, given, strict=True):
        for group in share.groups:
            sums[group] += amount
    broken = [index for index, share in enumerate(shares) if share.exact > given[index]]
    for index in sorted(broken, key=lambda index: _by_remainder(shares[index])):
        share = shares[index]
        if left <= 0:
            break
        fits = share.cap is None or given[index] < share.cap
        if fits and all(sums[group] < caps[group] for group in share.groups):
            given[index] += 1
            left -= 1
            for group in share.groups:
                sums[group] += 1
    return given


def _by_remainder(share: Share) -> "tuple[int, _Remainder]":
    """The rounded remainder goes first in the order: comparing it is cheap, and the exact one settles ties."""
    top, bottom = share.exact.numerator, share.exact.denominator
    return -((top % bottom << _SHIFT) // bottom), _Remainder(share)


@dataclass(frozen=True, slots=True)
class _Remainder:
    share: Share

    @property
    def key(self) -> tuple[Fraction, Fraction, Order]:
        return floor(self.share.exact) - self.share.exact, -self.share.exact, self.share.order

    def __lt__(self, other: "_Remainder") -> bool:
        return self.key < other.key


def by_divisor(
    method: Method, weights: Sequence[Fraction], shares: Sequence[Share], *, units: int, level: Fraction
) -> list[int]:
    """Jump and step: everybody's units at ``level`` at once, then one by one up or down to the sum."""
    post = _Signposts(method)
    given = [
        _within(share, post.count(level * weight) if weight else 0)
        for weight, share in zip(weights, shares, strict=True)
    ]
    _step_up(post, weights, shares, given, units=units)
    _step_down(post, weights, shares, given, units=units)
    return given


@dataclass(frozen=True, slots=True)
class Divisors:
    """Any divisor above the one and up to the other gives the result: so much weight for one unit of money.

    None where there is no such end. For Hill's method both are squares.
    """

    above: Fraction | None
    up_to: Fraction | None


def divisors_of(
    method: Method, weights: Sequence[Fraction], shares: Sequence[Share], given: Sequence[int]
) -> Divisors:
    """From the last unit that came by its own weight, and the first that did not come any more."""
    post = _Signposts(method)
    rising = [
        (weight, share, number)
        for weight, share, number in zip(weights, shares, given, strict=True)
        if weight
    ]
    came = [post.time(number, weight) for weight, share, number in rising if number > max(share.floor, 0)]
    waits = [
        post.time(number + 1, weight)
        for weight, share, number in rising
        if share.cap is None or number < share.cap
    ]
    last, following = max(came, default=Fraction(0)), min(waits, default=Fraction(0))
    return Divisors(1 / following if following else None, 1 / last if last else None)


def _within(share: Share, count: int) -> int:
    count = max(count, share.floor)
    return count if share.cap is None else min(count, share.cap)


Arrival = tuple[Fraction, Fraction, Order]


def _arrival(post: "_Signposts", weight: Fraction, share: Share, number: int) -> Arrival:
    """When the unit with this number comes, in an order without ties."""
    return post.time(number, weight), -weight, share.order


def _step_up(
    post: "_Signposts", weights: Sequence[Fraction], shares: Sequence[Share], given: list[int], *, units: int
) -> None:
    left = units - sum(given)
    if left <= 0:
        return
    heap = [
        (_arrival(post, weight, share, given[index] + 1), index)
        for index, (weight, share) in enumerate(zip(weights, shares, strict=True))
        if weight and (share.cap is None or given[index] < share.cap)
    ]
    heapq.heapify(heap)
    while left and heap:
        _, index = heapq.heappop(heap)
        given[index] += 1
        left -= 1
        cap = shares[index].cap
        if cap is None or given[index] < cap:
            heapq.heappush(heap, (_arrival(post, weights[index], shares[index], given[index] + 1), index))


def _step_down(
    post: "_Signposts", weights: Sequence[Fraction], shares: Sequence[Share], given: list[int], *, units: int
) -> None:
    """Takes back what came last."""
    over = sum(given) - units
    if over <= 0:
        return
    heap = [
        _Latest(_arrival(post, weight, share, given[index]), index)
        for index, (weight, share) in enumerate(zip(weights, shares, strict=True))
        if weight and given[index] > share.floor
    ]
    heapq.heapify(heap)
    while over and heap:
        index = heapq.heappop(heap).index
        given[index] -= 1
        over -= 1
        if given[index] > shares[index].floor:
            heapq.heappush(heap, _Latest(_arrival(post, weights[index], shares[index], given[index]), index))


@dataclass(frozen=True, slots=True)
class _Latest:
    """Turns the heap round: the latest arrival comes out first."""

    arrival: Arrival
    index: int

    def __lt__(self, other: "_Latest") -> bool:
        return other.arrival < self.arrival


class _Signposts:
    """s(1), s(2), ... of a method. Hill's are square roots, so all of Hill's times are compared by their squares."""

    def __init__(self, method: Method) -> None:
        self.method = method

    def time(self, number: int, weight: Fraction) -> Fraction:
        if self.method is Method.HILL:
            return Fraction(number * (number - 1)) / (weight * weight)
        return self._post(number) / weight

    def _post(self, number: int) -> Fraction:
        if self.method is Method.JEFFERSON:
            return Fraction(number)
        if self.method is Method.WEBSTER:
            return Fraction(2 * number - 1, 2)
        if self.method is Method.ADAMS:
            return Fraction(number - 1)
        return Fraction(2 * number * (number - 1), 2 * number - 1)  # Dean: the harmonic mean

    def count(self, share: Fraction) -> int:
        """How many signposts a positive share has reached."""
        whole = floor(share)
        hill = self.method is Method.HILL
        reached = share * share >= whole * (whole + 1) if hill else share >= self._post(whole + 1)
        return whole + 1 if reached else whole
