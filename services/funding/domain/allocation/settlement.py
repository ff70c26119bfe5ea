"""From what the rules ask for to whole units of money: floors, caps, caps of groups, rounding, exhaustion."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from services.funding.domain.allocation.apportionment import Share, by_divisor, largest_remainder
from services.funding.domain.allocation.exhaustion import Claim, Reason, pay_in_order
from services.funding.domain.allocation.limits import Bound, Limits, check_groups, limits_of
from services.funding.domain.allocation.plans import Plan
from services.funding.domain.allocation.selection import Member
from services.funding.domain.allocation.tiers import Placed
from services.funding.domain.allocation.ties_at_cut import TieOrder, tie_order
from services.funding.domain.allocation.water import Demand, Filled, fill, start_of
from services.funding.domain.refusals import AmountsExceedPool, FloorsExceedPool, NothingToShareBy
from services.funding.domain.rules.policies import Method, Short, Shortage
from services.funding.domain.rules.quantities import rounded
from services.funding.domain.rules.reward import RewardRules
from services.funding.domain.rules.vocabulary import TiePolicy
from shared.errors import Item
from shared.text.money import show_wan


@dataclass(frozen=True, slots=True)
class Settled:
    """One member's way: what was planned, what the limits made of it (both rounded down to fen), what it gets."""

    member: Member
    code: str
    rule: str
    planned_fen: int
    limited_fen: int
    limit: Reason | tuple[()]
    limit_rule: str
    rounded_fen: int
    amount_fen: int
    shortage: Reason | None
    placed: Placed | None = None


def settle(rules: RewardRules, members: Sequence[Member], plan: Plan, *, money: int) -> list[Settled]:
    if not members:
        return []
    limits = limits_of(rules, members, money=money)
    units = money // rules.rounding.unit_fen
    if plan.weights is not None:
        return _share(rules, members, plan, limits, units=units)
    return _pay(rules, members, plan, limits, units=units)


def _share(
    rules: RewardRules, members: Sequence[Member], plan: Plan, limits: Limits, *, units: int
) -> list[Settled]:
    """The rules share the pool: water between floors and caps, then whole units that add up."""
    unit, weights = rules.rounding.unit_fen, plan.weights or []
    demands = [
        Demand(base / unit, weight, low, high, groups)
        for base, weight, low, high, groups in zip(
            plan.amounts, weights, limits.floors, limits.caps, limits.groups, strict=True
        )
    ]
    starts = [start_of(demand) for demand in demands]
    natural = _natural(plan, units * unit)
    if sum(starts) > units:
        if rules.floors_exceed_pool is Short.REFUSE:
            raise _floors_exceed(rules, members, starts, units)
        demands = [
            Demand(Fraction(0), start, 0, None, d.groups) for start, d in zip(starts, demands, strict=True)
        ]
        weights = starts
        starts = [Fraction(0)] * len(demands)
        limits = limits.without_floors()
    check_groups(rules, limits, starts)
    filled = fill(demands, pool=units, caps=limits.group_units)
    given = _whole(rules, members, demands, filled, limits, weights, units=units)
    return [
        _settled(rules, members[i], plan, i, natural[i], filled, limits, demands, given[i])
        for i in range(len(members))
    ]


def _natural(plan: Plan, money: int) -> list[Fraction]:
    """What each would get without floors and caps."""
    weights = plan.weights or []
    total, left = (
        sum(weights, Fraction(0)),
        max(Fraction(money) - sum(plan.amounts, Fraction(0)), Fraction(0)),
    )
    level = left / total if total else Fraction(0)
    return [base + level * weight for base, weight in zip(plan.amounts, weights, strict=True)]


def _whole(
    rules: RewardRules,
    members: Sequence[Member],
    demands: Sequence[Demand],
    filled: Filled,
    limits: Limits,
    weights: Sequence[Fraction],
    *,
    units: int,
) -> list[int]:
    total = min(units, floor(sum(filled.amounts, Fraction(0))))
    method = rules.rounding.method
    if method is Method.DOWN:
        return [max(floor(exact), d.floor) for exact, d in zip(filled.amounts, demands, strict=True)]
    if method is Method.LARGEST_REMAINDER:
        shares = [
            Share(exact, m.order, d.floor, d.cap, d.groups)
            for exact, m, d in zip(filled.amounts, members, demands, strict=True)
        ]
        return largest_remainder(shares, units=total, caps=limits.group_units)
    if any(demand.base.denominator != 1 for demand in demands):
        zh, en = "除数法要求基数为整单位", "a divisor method needs bases of whole units of money"
        raise NothingToShareBy(zh, en)
    bases = [int(d.base) if d.cap is None else min(int(d.base), d.cap) for d in demands]
    shares = [
        Share(exact - base, m.order, max(d.floor - base, 0), None if d.cap is None else max(d.cap - base, 0))
        for exact, base, m, d in zip(filled.amounts, bases, members, demands, strict=True)
    ]
    more = by_divisor(method, weights, shares, units=total - sum(bases), level=filled.level)
    return [base + number for base, number in zip(bases, more, strict=True)]


def _pay(
    rules: RewardRules, members: Sequence[Member], plan: Plan, limits: Limits, *, units: int
) -> list[Settled]:
    """Amounts of their own: each in whole units and between its limits, then as far as the money reaches."""
    unit, each = rules.rounding.unit_fen, rules.rounding.each
    wanted = []
    for amount, code, low, high in zip(plan.amounts, plan.codes, limits.floors, limits.caps, strict=True):
        whole = max(rounded(amount / unit, each), low) if code else 0
        wanted.append(whole if high is None else min(whole, high))
    over = [
        sum(w for w, groups in zip(wanted, limits.groups, strict=True) if index in groups) > cap
        for index, cap in enumerate(limits.group_units)
    ]
    told: dict[int, Reason] = {}
    given = wanted
    if sum(wanted) > units or any(over):
        if rules.exhaustion is Shortage.REFUSE:
            raise _amounts_exceed(rules, wanted, units, limits, over)
        if rules.exhaustion is Shortage.REDUCE:
            given, told = _reduced(rules, members, wanted, limits, units=units)
        else:
            claims = [
                Claim(_place(rules, m, plan.places[i] if plan.places else None), wanted[i], limits.groups[i])
                for i, m in enumerate(members)
            ]
            given, told = pay_in_order(claims, units=units, caps=limits.group_units, policy=rules.exhaustion)
    return [
        Settled(
            member=member,
            code=plan.codes[i],
            rule=plan.rules[i],
            planned_fen=floor(plan.amounts[i]),
            limited_fen=wanted[i] * unit,
            limit=limits.binding(i, Fraction(wanted[i]), plan.amounts[i] / unit)[0],
            limit_rule=limits.binding(i, Fraction(wanted[i]), plan.amounts[i] / unit)[1],
            rounded_fen=wanted[i] * unit,
            amount_fen=given[i] * unit,
            shortage=told.get(i),
            placed=plan.places[i] if plan.places else None,
        )
        for i, member in enumerate(members)
    ]


def _place(
    rules: RewardRules, member: Member, placed: Placed | None
) -> tuple[int, TieOrder, str, int, TieOrder]:
    """Who is paid first; equals of a rank that tie keys tell apart are equals no longer.

    A prize tier says itself what becomes of equals: only one that settles them by keys puts them in order.
    """
    rank, keys = member.candidate.rank or 0, tie_order(rules.tie_keys, member.candidate)
    if placed is None:
        return (rank, keys, member.stratum, 0, ())
    by_keys = placed.tier is not None and placed.tier.tie_policy is TiePolicy.BY_KEYS
    return (rank, (), member.stratum, placed.place, keys if by_keys else ())


def _reduced(
    rules: RewardRules, members: Sequence[Member], wanted: Sequence[int], limits: Limits, *, units: int
) -> tuple[list[int], dict[int, Reason]]:
    """All in proportion to what they would have got, floors kept where they can be; the rules ask for it."""
    floors = [min(low, want) for low, want in zip(limits.floors, wanted, strict=True)]
    demands = [
        Demand(Fraction(0), Fraction(want), low, want, groups)
        for want, low, groups in zip(wanted, floors, limits.groups, strict=True)
    ]
    starts = [start_of(demand) for demand in demands]
    if sum(starts) > units:
        raise _floors_exceed(rules, members, starts, units)
    check_groups(rules, limits, starts)
    filled = fill(demands, pool=units, caps=limits.group_units, highest=Fraction(1))
    weights = [demand.weight for demand in demands]
    given = _whole(rules, members, demands, filled, limits, weights, units=units)
    zh, en = "资金不足,按比例缩减", "the money is short: reduced in proportion"
    return given, {i: (zh, en) for i, (got, want) in enumerate(zip(given, wanted, strict=True)) if got < want}


def _settled(
    rules: RewardRules,
    member: Member,
    plan: Plan,
    i: int,
    natural: Fraction,
    filled: Filled,
    limits: Limits,
    demands: Sequence[Demand],
    units: int,
) -> Settled:
    unit, exact, demand = rules.rounding.unit_fen, filled.amounts[i], demands[i]
    bound: Bound = ((), "")
    if filled.group[i] >= 0:
        bound = limits.of_group(filled.group[i])
    elif exact in (demand.cap, demand.floor):
        line = demand.base + filled.level * demand.weight
        if exact == demand.cap:  # where all are capped, the level stops there
            line = max(line, natural / unit)
        bound = limits.binding(i, exact, line)
    return Settled(
        member=member,
        code=plan.codes[i],
        rule=plan.rules[i],
        planned_fen=floor(natural),
        limited_fen=floor(exact * unit),
        limit=bound[0],
        limit_rule=bound[1],
        rounded_fen=units * unit,
        amount_fen=units * unit,
        shortage=None,
    )


def _floors_exceed(
    rules: RewardRules, members: Sequence[Member], starts: Sequence[Fraction], units: int
) -> FloorsExceedPool:
    unit = rules.rounding.unit_fen
    need, have = ceil(sum(starts, Fraction(0)) * unit), units * unit
    largest = sorted(zip(starts, members, strict=True), key=lambda pair: (-pair[0], pair[1].order))[:20]
    return FloorsExceedPool(
        f"保底(或基数)合计 {show_wan(need)},超过可分配资金 {show_wan(have)};不作缩减",
        f"The floors (or bases) add up to {show_wan(need)}, more than the {show_wan(have)} to be shared; nothing is "
        "scaled down unless the rules say so (reward.conflicts.floors_exceed_pool)",
        items=[
            Item(
                m.candidate.unit,
                "floor",
                f"{m.candidate.unit}:{show_wan(ceil(start * unit))}",
                f"{m.candidate.unit}: {show_wan(ceil(start * unit))}",
            )
            for start, m in largest
            if start
        ],
    )


def _amounts_exceed(
    rules: RewardRules, wanted: Sequence[int], units: int, limits: Limits, over: Sequence[bool]
) -> AmountsExceedPool:
    unit = rules.rounding.unit_fen
    need, have = sum(wanted) * unit, units * unit
    if need > have:
        zh = f"各单位金额合计 {show_wan(need)},超过可分配资金 {show_wan(have)};不作缩减"
        en = (
            f"The amounts add up to {show_wan(need)}, more than the {show_wan(have)} to be shared; nothing is scaled "
            "down unless the rules say so (reward.exhaustion)"
        )
        return AmountsExceedPool(zh, en)
    names = [limits.group_names[index] for index, bad in enumerate(over) if bad]
    return AmountsExceedPool(
        f"以下分组超过上限:{'、'.join(names)}",
        f"These groups would get more than their cap: {', '.join(names)}",
        items=[Item(name, "group-cap", name, name) for name in names],
    )
