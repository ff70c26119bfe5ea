"""From what the rules ask for to whole units of money: floors, caps, caps of groups, rounding, exhaustion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from services.funding.domain.allocation.apportionment import (
    Divisors,
    Share,
    by_divisor,
    divisors_of,
    largest_remainder,
)
from services.funding.domain.allocation.exhaustion import Claim, Reason, pay_in_order
from services.funding.domain.allocation.limits import Bound, Limits, check_groups, limits_of
from services.funding.domain.allocation.plans import Plan
from services.funding.domain.allocation.selection import Member
from services.funding.domain.allocation.tiers import Placed
from services.funding.domain.allocation.ties_at_cut import TieOrder, tie_order
from services.funding.domain.allocation.water import Demand, Filled, fill, start_of
from services.funding.domain.refusals import AmountsExceedPool, FloorsExceedPool, NothingToShareBy
from services.funding.domain.rules.figures import shown, shown_root
from services.funding.domain.rules.policies import Method, Short, Shortage
from services.funding.domain.rules.quantities import rounded
from services.funding.domain.rules.reward import RewardRules
from services.funding.domain.rules.vocabulary import TiePolicy
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class Settled:
    """One member's way, exact amounts rounded down to fen: what was planned (and the parts of a sum, by rule), what the
    limits made of it, what a reduction of floors left of that, whole units, and what it gets.
    """

    member: Member
    code: str
    rule: str
    planned_fen: int
    limited_fen: int
    rounded_fen: int
    amount_fen: int
    limit: Reason | tuple[()]
    limit_rule: str
    parts: tuple[tuple[str, int], ...]
    reduced_fen: int | None = None
    reduced: Reason | tuple[()] = ()
    shortage: Reason | None = None
    shortage_rule: str = ""
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """``found``: by step and name what the rules worked out for all (a level, a divisor, a part that is left)."""

    entries: tuple[Settled, ...]
    found: Mapping[str, Mapping[str, str]]


def settle(rules: RewardRules, members: Sequence[Member], plan: Plan, *, money: int) -> Settlement:
    if not members:
        return Settlement((), {})
    limits = limits_of(rules, members, money=money)
    units = money // rules.rounding.unit_fen
    if plan.weights is not None:
        return _share(rules, members, plan, limits, units=units)
    return _pay(rules, members, plan, limits, units=units)


def _share(
    rules: RewardRules, members: Sequence[Member], plan: Plan, limits: Limits, *, units: int
) -> Settlement:
    """The rules share the pool: water between floors and caps, then whole units that add up."""
    unit, weights = rules.rounding.unit_fen, plan.weights or []
    demands = [
        Demand(base / unit, weight, low, high, groups)
        for base, weight, low, high, groups in zip(
            plan.amounts, weights, limits.floors, limits.caps, limits.groups, strict=True
        )
    ]
    starts = [start_of(demand) for demand in demands]
    level = _natural_level(plan, units * unit)
    natural = [base + level * weight for base, weight in zip(plan.amounts, weights, strict=True)]
    found = {"amounts": {"level_fen": shown(level)}}
    if sum(starts) > units:
        return _share_floors(rules, members, plan, limits, starts, natural, level, found, units=units)
    check_groups(rules, limits, starts)
    filled = fill(demands, pool=units, caps=limits.group_units)
    given, divisors = _whole(rules, members, demands, filled, limits, weights, units=units)
    if limits.any:
        found["limits"] = {"level_fen": shown(filled.level * unit)}
    bounds = [_bound(limits, i, natural[i] / unit, filled, demands[i]) for i in range(len(members))]
    entries = tuple(
        Settled(
            member=members[i],
            code=plan.codes[i],
            rule=plan.rules[i],
            planned_fen=floor(natural[i]),
            parts=_parts(plan, i, level),
            limited_fen=floor(filled.amounts[i] * unit),
            limit=bounds[i][0],
            limit_rule=bounds[i][1],
            rounded_fen=given[i] * unit,
            amount_fen=given[i] * unit,
        )
        for i in range(len(members))
    )
    return Settlement(entries, found | ({"rounding": divisors} if divisors else {}))


def _share_floors(
    rules: RewardRules,
    members: Sequence[Member],
    plan: Plan,
    limits: Limits,
    starts: Sequence[Fraction],
    natural: Sequence[Fraction],
    level: Fraction,
    found: Mapping[str, Mapping[str, str]],
    *,
    units: int,
) -> Settlement:
    """The floors (or bases) alone are more than there is: everybody gets the same part of them, if the rules say so."""
    if rules.floors_exceed_pool is Short.REFUSE:
        raise _floors_exceed(rules, members, starts, units)
    unit = rules.rounding.unit_fen
    demands = [
        Demand(Fraction(0), start, 0, None, groups)
        for start, groups in zip(starts, limits.groups, strict=True)
    ]
    filled = fill(demands, pool=units, caps=limits.group_units)
    given, divisors = _whole(rules, members, demands, filled, limits.without_floors(), starts, units=units)
    bounds = [limits.binding(i, starts[i], natural[i] / unit) for i in range(len(members))]
    part = (
        "保底(或基数)合计超过资金,按同一比例缩减",
        "the floors (or bases) are more than there is: each the same part",
    )
    entries = tuple(
        Settled(
            member=members[i],
            code=plan.codes[i],
            rule=plan.rules[i],
            planned_fen=floor(natural[i]),
            parts=_parts(plan, i, level),
            limited_fen=floor(starts[i] * unit),
            limit=bounds[i][0],
            limit_rule=bounds[i][1],
            reduced_fen=floor(filled.amounts[i] * unit),
            reduced=limits.of_group(filled.group[i])[0] if filled.group[i] >= 0 else part,
            rounded_fen=given[i] * unit,
            amount_fen=given[i] * unit,
        )
        for i in range(len(members))
    )
    more = {"reduction": {"reduced_to": shown(filled.level)}, **({"rounding": divisors} if divisors else {})}
    return Settlement(entries, {**found, **more})


def _natural_level(plan: Plan, money: int) -> Fraction:
    """Fen for each 1 of weight if there were no floors and caps."""
    total = sum(plan.weights or [], Fraction(0))
    left = max(Fraction(money) - sum(plan.amounts, Fraction(0)), Fraction(0))
    return left / total if total else Fraction(0)


def _parts(plan: Plan, index: int, level: Fraction) -> tuple[tuple[str, int], ...]:
    amounts = [(part.rules[index], part.codes[index], part.of(index, level)) for part in plan.parts]
    return tuple((rule, floor(amount)) for rule, code, amount in amounts if code or amount)


def _bound(limits: Limits, i: int, natural: Fraction, filled: Filled, demand: Demand) -> Bound:
    """What the limits did to a member: its own, those of its group, or those of others."""
    exact = filled.amounts[i]
    if filled.at_floor[i] and exact == demand.floor:
        return limits.of_floor(i)
    if filled.group[i] >= 0:
        return limits.of_group(filled.group[i])
    if exact == demand.cap:
        line = demand.base + filled.level * demand.weight
        bound = limits.binding(i, exact, max(line, natural))  # where all are capped, the level stops there
        if bound[0]:
            return bound
    if exact < natural:
        return ("其他单位按保底,可按权数分配的减少", "less: others are at their floors"), ""
    if exact > natural:
        return ("其他单位或分组达到上限,分得其余部分", "more: others are at their caps"), ""
    return (), ""


def _whole(
    rules: RewardRules,
    members: Sequence[Member],
    demands: Sequence[Demand],
    filled: Filled,
    limits: Limits,
    weights: Sequence[Fraction],
    *,
    units: int,
) -> tuple[list[int], dict[str, str]]:
    """Whole units of money, and the divisor of a divisor method."""
    total = min(units, floor(sum(filled.amounts, Fraction(0))))
    method = rules.rounding.method
    if method is Method.DOWN:
        return [max(floor(exact), d.floor) for exact, d in zip(filled.amounts, demands, strict=True)], {}
    if method is Method.LARGEST_REMAINDER:
        shares = [
            Share(exact, m.order, d.floor, d.cap, d.groups)
            for exact, m, d in zip(filled.amounts, members, demands, strict=True)
        ]
        return largest_remainder(shares, units=total, caps=limits.group_units), {}
    if any(demand.base.denominator != 1 for demand in demands):
        zh, en = "除数法要求基数为整单位", "a divisor method needs bases of whole units of money"
        raise NothingToShareBy(zh, en)
    bases = [int(d.base) if d.cap is None else min(int(d.base), d.cap) for d in demands]
    shares = [
        Share(exact - base, m.order, max(d.floor - base, 0), None if d.cap is None else max(d.cap - base, 0))
        for exact, base, m, d in zip(filled.amounts, bases, members, demands, strict=True)
    ]
    more = by_divisor(method, weights, shares, units=total - sum(bases), level=filled.level)
    given = [base + number for base, number in zip(bases, more, strict=True)]
    return given, _divisor(method, divisors_of(method, weights, shares, more))


def _divisor(method: Method, found: Divisors) -> dict[str, str]:
    show = shown_root if method is Method.HILL else shown
    ends = {"divisor_above": found.above, "divisor_up_to": found.up_to}
    return {name: show(end) for name, end in ends.items() if end is not None}


def _pay(
    rules: RewardRules, members: Sequence[Member], plan: Plan, limits: Limits, *, units: int
) -> Settlement:
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
    told: dict[int, tuple[Reason, str]] = {}
    found: dict[str, dict[str, str]] = {}
    given = wanted
    if sum(wanted) > units or any(over):
        if rules.exhaustion is Shortage.REFUSE:
            raise _amounts_exceed(rules, wanted, units, limits, over)
        if rules.exhaustion is Shortage.REDUCE:
            given, told, found = _reduced(rules, members, wanted, limits, units=units)
        else:
            claims = [
                Claim(_place(rules, m, plan.places[i] if plan.places else None), wanted[i], limits.groups[i])
                for i, m in enumerate(members)
            ]
            given, short = pay_in_order(claims, units=units, caps=limits.group_units, policy=rules.exhaustion)
            told = {i: (reason, "") for i, reason in short.items()}
    bounds = [limits.binding(i, Fraction(w), plan.amounts[i] / unit) for i, w in enumerate(wanted)]
    entries = tuple(
        Settled(
            member=member,
            code=plan.codes[i],
            rule=plan.rules[i],
            planned_fen=floor(plan.amounts[i]),
            parts=_parts(plan, i, Fraction(0)),
            limited_fen=wanted[i] * unit,
            limit=bounds[i][0],
            limit_rule=bounds[i][1],
            rounded_fen=wanted[i] * unit,
            amount_fen=given[i] * unit,
            shortage=told[i][0] if i in told else None,
            shortage_rule=told[i][1] if i in told else "",
            placed=plan.places[i] if plan.places else None,
        )
        for i, member in enumerate(members)
    )
    return Settlement(entries, found)


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
) -> tuple[list[int], dict[int, tuple[Reason, str]], dict[str, dict[str, str]]]:
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
    given, divisors = _whole(rules, members, demands, filled, limits, weights, units=units)
    part: tuple[Reason, str] = ("资金不足,按比例缩减", "the money is short: reduced in proportion"), ""
    told = {}
    for i, (got, want) in enumerate(zip(given, wanted, strict=True)):
        if got == floors[i] and filled.level * want < got < want:
            told[i] = (
                ("资金不足,缩减至保底", "the money is short: reduced to its floor"),
                limits.floor_rules[i],
            )
        elif got < want and filled.group[i] >= 0:
            told[i] = limits.of_group(filled.group[i])
        elif got < want:
            told[i] = part
    return given, told, {"exhaustion": {"reduced_to": shown(filled.level), **divisors}}


def _floors_exceed(
    rules: RewardRules, members: Sequence[Member], starts: Sequence[Fraction], units: int
) -> FloorsExceedPool:
    show = rules.counted_in.show
    unit = rules.rounding.unit_fen
    need, have = ceil(sum(starts, Fraction(0)) * unit), units * unit
    largest = sorted(zip(starts, members, strict=True), key=lambda pair: (-pair[0], pair[1].order))[:20]
    return FloorsExceedPool(
        f"保底(或基数)合计 {show(need)},超过可分配资金 {show(have)};规则未要求时不作缩减"
        "(reward.conflicts.floors_exceed_pool)",
        f"The floors (or bases) add up to {show(need)}, more than the {show(have)} to be shared; nothing is "
        "scaled down unless the rules say so (reward.conflicts.floors_exceed_pool)",
        items=[
            Item(
                m.candidate.unit,
                "floor",
                f"{m.candidate.unit}:{show(ceil(start * unit))}",
                f"{m.candidate.unit}: {show(ceil(start * unit))}",
            )
            for start, m in largest
            if start
        ],
    )


def _amounts_exceed(
    rules: RewardRules, wanted: Sequence[int], units: int, limits: Limits, over: Sequence[bool]
) -> AmountsExceedPool:
    show = rules.counted_in.show
    unit = rules.rounding.unit_fen
    need, have = sum(wanted) * unit, units * unit
    if need > have:
        zh = (
            f"各单位金额合计 {show(need)},超过可分配资金 {show(have)};规则(reward.exhaustion)未要求时不作缩减"
        )
        en = (
            f"The amounts add up to {show(need)}, more than the {show(have)} to be shared; nothing is scaled "
            "down unless the rules say so (reward.exhaustion)"
        )
        return AmountsExceedPool(zh, en)
    names = [limits.group_names[index] for index, bad in enumerate(over) if bad]
    return AmountsExceedPool(
        f"以下分组超过上限:{'、'.join(names)}",
        f"These groups would get more than their cap: {', '.join(names)}",
        items=[Item(name, "group-cap", name, name) for name in names],
    )
