"""Floors, caps and caps of groups in whole units of money, and which of them holds for whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from services.funding.domain.allocation.evaluation import evaluate
from services.funding.domain.allocation.exhaustion import Reason
from services.funding.domain.allocation.selection import Member
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import LimitsContradict, QuantityUndefined
from services.funding.domain.rules.policies import Prevails
from services.funding.domain.rules.quantities import rounded, same_for_all
from services.funding.domain.rules.reward import GroupCap, Limit, RewardRules
from shared.errors import Item

Bound = tuple[Reason | tuple[()], str]


@dataclass(frozen=True, slots=True)
class Limits:
    """By member, in units of money: floors are rounded as they say to whole units, caps down."""

    floors: tuple[int, ...]
    caps: tuple[int | None, ...]
    groups: tuple[tuple[int, ...], ...]
    group_units: tuple[int, ...]
    group_names: tuple[str, ...]
    floor_rules: tuple[str, ...]
    cap_rules: tuple[str, ...]
    group_rules: tuple[str, ...]

    def binding(self, index: int, amount: Fraction, line: Fraction) -> Bound:
        """Which of its own limits a member stands at; ``line`` is what it would have without them."""
        cap = self.caps[index]
        if cap is not None and amount >= cap and line > cap:
            return ("达到上限", "at its cap"), self.cap_rules[index]
        if self.floors[index] and amount <= self.floors[index] and line < self.floors[index]:
            return self.of_floor(index)
        return (), ""

    def of_floor(self, index: int) -> Bound:
        return ("按保底", "at its floor"), self.floor_rules[index]

    def of_group(self, group: int) -> tuple[Reason, str]:
        name = self.group_names[group]
        return (f"分组 {name} 达到上限", f"the group {name} is at its cap"), self.group_rules[group]

    @property
    def any(self) -> bool:
        """Whether there is a floor, a cap or a cap of a group."""
        return any(self.floors) or any(cap is not None for cap in self.caps) or bool(self.group_units)

    def without_floors(self) -> "Limits":
        return replace(self, floors=(0,) * len(self.floors), caps=(None,) * len(self.caps))


def limits_of(rules: RewardRules, members: Sequence[Member], *, money: int) -> Limits:
    units = [member.candidate for member in members]
    pool = Fraction(money)
    floors, floor_rules = _floors(rules, members, pool)
    caps, cap_rules = _caps(rules, units, pool)
    low, high = _without_conflict(rules, units, floors, caps)
    groups, group_units, names, group_rules = _groups(rules, units, pool)
    return Limits(
        tuple(low),
        tuple(high),
        groups,
        tuple(group_units),
        tuple(names),
        tuple(floor_rules),
        tuple(cap_rules),
        tuple(group_rules),
    )


def _floors(rules: RewardRules, members: Sequence[Member], pool: Fraction) -> tuple[list[int], list[str]]:
    """The highest floor of each member in whole units of money, and its rule. None is 0."""
    units = [member.candidate for member in members]
    found, names = [0] * len(units), [""] * len(units)
    for rule in rules.floors:
        for index, value in enumerate(evaluate(rule.of, units, pool=pool)):
            low = rounded(value * members[index].portion / rules.rounding.unit_fen, rule.rounding)
            if low > found[index] or not names[index]:
                found[index], names[index] = max(low, 0), _name("floors", rule)
    return found, names


def _caps(
    rules: RewardRules, units: Sequence[Candidate], pool: Fraction
) -> tuple[list[int | None], list[str]]:
    """The lowest cap of each unit in whole units of money, and its rule."""
    found: list[int | None] = [None] * len(units)
    names = [""] * len(units)
    for rule in rules.caps:
        for index, value in enumerate(evaluate(rule.of, units, pool=pool)):
            high, before = max(rounded(value / rules.rounding.unit_fen, rule.rounding), 0), found[index]
            if before is None or high < before:
                found[index], names[index] = high, _name("caps", rule)
    return found, names


def _name(path: str, rule: Limit) -> str:
    return f"reward.{path}.{rule.code}; {rule.source.cited}"


def _without_conflict(
    rules: RewardRules, units: Sequence[Candidate], lows: Sequence[int], highs: Sequence[int | None]
) -> tuple[list[int], list[int | None]]:
    show = rules.counted_in.show
    low, high = list(lows), list(highs)
    wrong = [i for i, top in enumerate(high) if top is not None and low[i] > top]
    if wrong and rules.floor_above_cap is Prevails.REFUSE:
        unit = rules.rounding.unit_fen
        raise LimitsContradict(
            f"{len(wrong)} 个单位的保底高于上限",
            f"The floor of {len(wrong)} unit(s) lies above the cap",
            items=[
                Item(
                    units[i].unit,
                    "floor-above-cap",
                    f"{units[i].unit}:保底 {show(low[i] * unit)},上限 {show((high[i] or 0) * unit)}",
                    f"{units[i].unit}: floor {show(low[i] * unit)}, cap {show((high[i] or 0) * unit)}",
                )
                for i in wrong[:100]
            ],
        )
    for i in wrong:
        if rules.floor_above_cap is Prevails.FLOOR:
            high[i] = low[i]
        else:
            low[i] = high[i] or 0
    return low, high


def _groups(
    rules: RewardRules, units: Sequence[Candidate], pool: Fraction
) -> tuple[tuple[tuple[int, ...], ...], list[int], list[str], list[str]]:
    """Every word of every capped column is a group with its own cap."""
    of_unit: list[list[int]] = [[] for _ in units]
    caps: list[int] = []
    names: list[str] = []
    cited: list[str] = []
    for rule in rules.group_caps:
        members: dict[str, list[int]] = {}
        for index, unit in enumerate(units):
            members.setdefault(unit.word(rule.column), []).append(index)
        one = evaluate(rule.of, units[:1], pool=pool)[0] if rule.of and same_for_all(rule.of) else None
        for word, held in sorted(members.items()):
            cap = one if one is not None else _cap_of(rule, word, [units[i] for i in held], pool)
            _check_cap(rule, word, cap)
            if cap is None:
                continue
            for index in held:
                of_unit[index].append(len(caps))
            caps.append(floor(cap / rules.rounding.unit_fen))
            names.append(f"{rule.column}={word}")
            cited.append(f"reward.group_caps.{rule.code}; {rule.source.cited}")
    return tuple(tuple(groups) for groups in of_unit), caps, names, cited


def _cap_of(rule: GroupCap, word: str, units: Sequence[Candidate], pool: Fraction) -> Fraction | None:
    """A cap that is a quantity ranges over the units of the group, and is one for all of them."""
    if rule.each is not None:
        return Fraction(rule.each[word]) if word in rule.each else None
    if rule.of is None:  # pragma: no cover - the document gives one of the two
        return None
    values = set(evaluate(rule.of, units, pool=pool))
    return values.pop() if len(values) == 1 else Fraction(-1)


def _check_cap(rule: GroupCap, word: str, cap: Fraction | None) -> None:
    if cap is not None and cap < 0:
        zh, en = f"{rule.code}:{word} 的上限不唯一或为负", f"{rule.code}: the cap of {word} is not one amount"
        raise QuantityUndefined(zh, en, items=[Item(word, "one-cap-for-a-group", zh, en)])


def check_groups(rules: RewardRules, limits: Limits, starts: Sequence[Fraction]) -> None:
    """Refuses floors that alone are more than a group may have."""
    show = rules.counted_in.show
    sums = [Fraction(0)] * len(limits.group_units)
    for start, groups in zip(starts, limits.groups, strict=True):
        for group in groups:
            sums[group] += start
    wrong = [i for i, total in enumerate(sums) if total > limits.group_units[i]]
    if wrong:
        unit = rules.rounding.unit_fen
        raise LimitsContradict(
            "分组内的保底合计高于分组上限",
            "The floors within a group are more than the group's cap",
            items=[
                Item(
                    limits.group_names[i],
                    "floors-above-group-cap",
                    f"{limits.group_names[i]}:保底合计 {show(ceil(sums[i] * unit))}",
                    f"{limits.group_names[i]}: floors of {show(ceil(sums[i] * unit))}",
                )
                for i in wrong[:100]
            ],
        )
