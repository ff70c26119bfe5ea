"""Paying amounts in the order of ranks while the money (and the caps of groups) last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Final

from services.funding.domain.allocation.ties_at_cut import TieOrder
from services.funding.domain.allocation.water import Demand, fill
from services.funding.domain.rules.policies import Shortage

Reason = tuple[str, str]
_TOLD_ZH: Final[Mapping[Shortage, str]] = {
    Shortage.SKIP: "跳过,后面仍能支付的继续支付",
    Shortage.STOP: "自此停止支付",
    Shortage.PARTIAL: "支付剩余部分后停止",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is to get, in whole units of money; equals that no tie key tells apart share a ``place``."""

    place: tuple[int, TieOrder, str, int, TieOrder]
    units: int
    groups: tuple[int, ...]


def pay_in_order(
    claims: Sequence[Claim], *, units: int, caps: Sequence[int], policy: Shortage
) -> tuple[list[int], dict[int, Reason]]:
    """What each claim is paid, and by index why one was not paid in full.

    Equals are treated alike: all of them are paid in full, or none (``partial``: what is left, in equal parts). A
    group whose cap is reached does not stop the others.
    """
    left, room = units, list(caps)
    stopped, closed = False, [False] * len(caps)
    paid = [0] * len(claims)
    told: dict[int, Reason] = {}
    order = sorted(range(len(claims)), key=lambda index: claims[index].place)
    for _, equals in groupby(order, key=lambda index: claims[index].place):
        part = [index for index in equals if claims[index].units]
        if part:
            shut = stopped or any(closed[cap] for index in part for cap in claims[index].groups)
            shares = [claims[index].units for index in part]
            if shut or not _fits(claims, part, shares, left, room):
                short = sum(shares) > left
                shares = [0] * len(part)
                if policy is Shortage.PARTIAL and not shut:
                    shares = _parts(claims, part, left, room)
                if policy is not Shortage.SKIP and not shut:
                    stopped = stopped or short
                    for cap in {cap for index in part for cap in claims[index].groups} if not short else ():
                        closed[cap] = closed[cap] or _over(claims, part, cap, room)
                zh, en = f"资金不足:{_TOLD_ZH[policy]}", f"the money is used up: {policy.value}"
                told |= dict.fromkeys(part, (zh, en))
            for index, share in zip(part, shares, strict=True):
                paid[index] = share
                left -= share
                for cap in claims[index].groups:
                    room[cap] -= share
    return paid, told


def _fits(
    claims: Sequence[Claim], part: Sequence[int], shares: Sequence[int], left: int, room: Sequence[int]
) -> bool:
    if sum(shares) > left:
        return False
    return not any(_over(claims, part, cap, room) for index in part for cap in claims[index].groups)


def _over(claims: Sequence[Claim], part: Sequence[int], cap: int, room: Sequence[int]) -> bool:
    return sum(claims[index].units for index in part if cap in claims[index].groups) > room[cap]


def _parts(claims: Sequence[Claim], part: Sequence[int], left: int, room: Sequence[int]) -> list[int]:
    """What is left in equal parts, rounded down; what one does not claim, or its group has no room for, goes to the
    others, so that nobody gets less as an equal than behind them.
    """
    demands = [
        Demand(Fraction(0), Fraction(1), 0, claims[index].units, claims[index].groups) for index in part
    ]
    return [floor(amount) for amount in fill(demands, pool=left, caps=room).amounts]
