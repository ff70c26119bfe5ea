"""What the amount rules ask for each member: an amount of its own, or a base and a weight in what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from services.funding.domain.allocation.evaluation import Values, evaluate
from services.funding.domain.allocation.selection import Member
from services.funding.domain.allocation.tiers import Placed, Prizes, Standing, place_in_tiers
from services.funding.domain.refusals import (
    AmountBelowZero,
    FloorsExceedPool,
    NothingToShareBy,
    StratumUnknown,
)
from services.funding.domain.rules.figures import shown
from services.funding.domain.rules.reward import (
    AmountRule,
    CombinedAmounts,
    PlainAmounts,
    RewardRules,
    ShareAmounts,
    TierAmounts,
    places_of,
)
from services.funding.domain.rules.vocabulary import WHOLE, Tier
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class Part:
    """One rule of a sum, by member: its place, and what it gives of itself and by weight."""

    rules: tuple[str, ...]
    codes: tuple[str, ...]
    amounts: Values
    weights: Values | None

    def of(self, index: int, level: Fraction) -> Fraction:
        return self.amounts[index] + (level * self.weights[index] if self.weights is not None else 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Amounts in fen, exact; with ``weights`` they are only the bases.

    ``codes`` name the rule or tier of each; a unit that none reaches has an empty one, and no floor. A sum has
    ``parts``.
    """

    amounts: Values
    weights: Values | None
    codes: tuple[str, ...]
    rules: tuple[str, ...]
    places: tuple[Placed, ...] = ()  # of prize tiers; empty where there are none
    parts: tuple[Part, ...] = ()


def plan_of(
    rules: RewardRules, queue: Sequence[Member], *, pool: Fraction, path: str = "reward.amounts"
) -> Plan:
    """For those in the queue who take; the others only keep their places in the tiers."""
    return _plan(rules, rules.amounts, queue, pool=pool, path=path)


def _plan(
    rules: RewardRules, rule: AmountRule, queue: Sequence[Member], *, pool: Fraction, path: str
) -> Plan:
    members = [member for member in queue if member.takes]
    cited = f"{path}.{rule.code}; {rule.source.cited}"
    match rule:
        case TierAmounts(tiers=tiers):
            return _tiers(rules, tiers, queue, path=path)
        case PlainAmounts(of=of, at=at):
            amounts = _portions(members, evaluate(of, [m.candidate for m in members], pool=pool))
            _check_amounts(members, amounts, at)
            codes = tuple(rule.code if amount or rule.reaches_all else "" for amount in amounts)
            return Plan(amounts, None, codes, (cited,) * len(members))
        case ShareAmounts(base=base, weight=weight, at=at):
            units = [member.candidate for member in members]
            bases = [Fraction(0)] * len(units) if base is None else evaluate(base, units, pool=pool)
            bases, weights = _portions(members, bases), _portions(members, evaluate(weight, units, pool=pool))
            _check_amounts(members, bases, f"{at}.base")
            _check_weights(members, weights, at)
            return Plan(bases, weights, (rule.code,) * len(members), (cited,) * len(members))
        case CombinedAmounts(rules=parts):
            plans = [_plan(rules, part, queue, pool=pool, path=f"{path}.{rule.code}") for part in parts]
            if rule.kind == "sum":
                return _added(plans, rule.code, cited)
            return _chosen([_alone(rules, part, pool) for part in plans], greatest=rule.kind == "max")


def _tiers(rules: RewardRules, tiers: tuple[Tier, ...], queue: Sequence[Member], *, path: str) -> Plan:
    by_stratum: dict[str, list[Standing]] = {}
    for entry in queue:
        standing = Standing(entry.candidate, entry.candidate.rank or 0, paid=entry.takes)
        by_stratum.setdefault(entry.stratum, []).append(standing)
    for tier in tiers:
        _check_places(tier, by_stratum)
    places = {stratum: [places_of(tier, [stratum])[stratum] for tier in tiers] for stratum in by_stratum}
    prizes = Prizes(tiers, places, rules.tie_keys, rules.rounding.unit_fen)
    placed = {
        entry.candidate.unit: entry
        for stratum, standings in sorted(by_stratum.items())
        for entry in place_in_tiers(prizes, stratum, standings)
    }
    entries = [(member, placed[member.candidate.unit]) for member in queue if member.takes]
    return Plan(
        [Fraction(entry.planned_fen) * member.portion for member, entry in entries],
        None,
        tuple(entry.tier.name.code if entry.tier else "" for _, entry in entries),
        tuple(
            f"{path}.{entry.tier.name.code}; {entry.tier.name.source.cited}" if entry.tier else path
            for _, entry in entries
        ),
        tuple(entry for _, entry in entries),
    )


def _check_places(tier: Tier, strata: Mapping[str, object]) -> None:
    """One number of places for all strata, or one for each by name."""
    missing = [] if WHOLE in tier.places else sorted(set(strata) - set(tier.places))
    if missing:
        told = ", ".join(missing)
        zh = f"{tier.name.zh}({tier.name.code})未给出以下分层的名额:{told}"
        en = f"the tier {tier.name.en} ({tier.name.code}) has no places for these strata: {told}"
        raise StratumUnknown(zh, en, items=[Item(name, "places-fit-strata", name, name) for name in missing])


def _added(plans: Sequence[Plan], code: str, cited: str) -> Plan:
    """Amounts and bases add up; what is left is shared by the weights."""
    reached = [any(codes) for codes in zip(*(plan.codes for plan in plans), strict=True)]
    weights = [plan.weights for plan in plans if plan.weights is not None]
    parts = [plan.parts or (Part(plan.rules, plan.codes, plan.amounts, plan.weights),) for plan in plans]
    return Plan(
        [sum(column, Fraction(0)) for column in zip(*(plan.amounts for plan in plans), strict=True)],
        [sum(column, Fraction(0)) for column in zip(*weights, strict=True)] if weights else None,
        tuple(code if held else "" for held in reached),
        (cited,) * len(reached),
        parts=tuple(part for several in parts for part in several),
    )


def _alone(rules: RewardRules, plan: Plan, pool: Fraction) -> Plan:
    """A sharing rule worked out by itself, without floors and caps."""
    show = rules.counted_in.show
    if plan.weights is None or not plan.weights:
        return plan
    bases, total = sum(plan.amounts, Fraction(0)), sum(plan.weights, Fraction(0))
    if bases > pool:
        raise FloorsExceedPool(
            f"基数合计 {show(int(bases))},超过资金 {show(int(pool))}",
            f"The bases add up to {show(int(bases))}, more than the {show(int(pool))} that there is",
        )
    amounts = [
        base + (pool - bases) * weight / total
        for base, weight in zip(plan.amounts, plan.weights, strict=True)
    ]
    return replace(plan, amounts=amounts, weights=None)


def _chosen(plans: Sequence[Plan], *, greatest: bool) -> Plan:
    """For each unit the rule that gives most (or least); the first of equals."""
    pick = max if greatest else min
    best = [
        pick(range(len(plans)), key=lambda at, index=index: plans[at].amounts[index])  # type: ignore[misc]
        for index in range(len(plans[0].amounts))
    ]
    return Plan(
        [plans[at].amounts[index] for index, at in enumerate(best)],
        None,
        tuple(plans[at].codes[index] for index, at in enumerate(best)),
        tuple(plans[at].rules[index] for index, at in enumerate(best)),
    )


def _portions(members: Sequence[Member], values: Values) -> Values:
    return [
        value if member.portion == 1 else value * member.portion
        for member, value in zip(members, values, strict=True)
    ]


def _check_amounts(members: Sequence[Member], values: Values, at: str) -> None:
    items = _below_zero(members, values, at)
    if items:
        raise AmountBelowZero(
            f"{at}:{len(items)} 个单位的金额为负;应为0的请写 {{above: .., of: ..}} 或 at_least: 0",
            f"{at}: {len(items)} unit(s) have an amount below zero; where 0 is meant, write {{above: .., of: ..}} or "
            "at_least: 0",
            items=items[:100],
        )


def _check_weights(members: Sequence[Member], weights: Values, at: str) -> None:
    items = _below_zero(members, weights, at)
    if items:
        raise NothingToShareBy(
            f"{at}:{len(items)} 个单位的权数为负",
            f"{at}: {len(items)} unit(s) have a weight below zero",
            items=items[:100],
        )
    if members and not any(weights):
        raise NothingToShareBy(
            f"{at}:{len(members)} 个单位的权数均为0",
            f"{at}: the weight of each of the {len(members)} unit(s) is 0",
        )


def _below_zero(members: Sequence[Member], values: Values, at: str) -> list[Item]:
    return [
        Item(
            unit.unit,
            "not-negative",
            f"{unit.told_zh}:{shown(value)}({at})",
            f"{unit.told_en}: {shown(value)} ({at})",
            unit.row,
        )
        for unit, value in zip((member.candidate for member in members), values, strict=True)
        if value < 0
    ]
