"""Allocation: from a pool and a ranked list to amounts, each step kept with its numbers.

reserve → eligibility → cut → amounts → limits → rounding → exhaustion → remainder. Whatever the input, the amounts, the
reserve and what is left are the pool to the fen, and the order of the input has no effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from services.funding.domain.allocation.plans import plan_of
from services.funding.domain.allocation.ranks import (
    check_ranks,
    check_ranks_exist,
    ranked_by_score,
    releases_step,
)
from services.funding.domain.allocation.reserve import take_reserve
from services.funding.domain.allocation.result import Allocation, Awarded, Line, Step
from services.funding.domain.allocation.selection import (
    Member,
    Reason,
    check_strata,
    cut,
    reasons_against,
    stand,
    strata_of,
)
from services.funding.domain.allocation.settlement import Settled, settle
from services.funding.domain.allocation.ties_at_cut import TIES_ZH, TieOrder, tie_order
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import AmountsExceedPool, BudgetInvalid, StratumUnknown, TiersExceedPool
from services.funding.domain.rules.policies import Shortage, TiersExceed
from services.funding.domain.rules.reward import RewardRules, TierAmounts, planned_fen, tiers_in
from shared.errors import Item
from shared.text.money import MAX_FEN


def allocate(rules: RewardRules, candidates: Sequence[Candidate], *, pool_fen: int) -> Allocation:
    """Refuses (never scales, unless the rules say so) what does not fit, and equals that nothing decides."""
    if not 0 < pool_fen <= MAX_FEN:
        raise BudgetInvalid(
            f"资金总额应为1至{MAX_FEN}分,现为{pool_fen}分",
            f"The budget must be from 1 to {MAX_FEN} fen, and is {pool_fen}",
        )
    strata = strata_of(rules, candidates)
    if rules.ranks_by_score:
        candidates = ranked_by_score(candidates, strata if rules.ranks_within_strata else {})
    ordered = sorted(candidates, key=lambda candidate: (candidate.rank or MAX_FEN, candidate.unit))
    ranked = any(candidate.rank is not None for candidate in ordered)
    check_ranks_exist(rules, ordered)
    reserve_fen, reserve_step = take_reserve(rules, pool_fen)
    money = pool_fen - reserve_fen
    check_ranks(rules, ordered, strata)
    reasons = reasons_against(rules, ordered, pool=Fraction(money), ranked=ranked)
    check_strata(rules, strata, [unit for unit in ordered if not reasons[unit.unit]])
    _check_tiers(rules, strata, money)
    standing = stand(rules, ordered, reasons, strata, ranked=ranked)
    queue, told = cut(rules, standing)
    settled, steps = _share(rules, queue, money)
    awards, forfeited = _awards(queue, settled)
    passed = [unit for unit in ordered if not reasons[unit.unit]]
    further = _next_ranks(rules, passed, settled, money - sum(a.amount_fen for a in awards))
    awards = sorted([*awards, *further], key=lambda a: (a.rank, a.stratum, a.place, a.candidate.unit))
    left = money - sum(award.amount_fen for award in awards)
    return Allocation(
        pool_fen=pool_fen,
        reserve_fen=reserve_fen,
        awards=tuple(awards),
        unallocated_fen=left,
        disposition=rules.remainder.disposition,
        steps=(
            *releases_step(rules, ordered),
            reserve_step,
            _eligibility_step(rules, ordered, reasons),
            _cut_step(rules, ordered, told, queue),
            *steps,
            _remainder_step(rules, further, forfeited, left),
        ),
    )


def _check_tiers(rules: RewardRules, strata: Mapping[str, str], money: int) -> None:
    show = rules.counted_in.show
    if rules.tiers_exceed_pool is not TiersExceed.REFUSE:
        return
    planned = planned_fen(tiers_in(rules.amounts), rules.stratum_names(strata.values()))
    if planned > money:
        raise TiersExceedPool(
            f"各等次合计 {show(planned)},超过可分配资金 {show(money)};不作缩减",
            f"The tiers add up to {show(planned)}, more than the {show(money)} to be "
            "shared; nothing is scaled down",
        )


def _share(rules: RewardRules, queue: Sequence[Member], money: int) -> tuple[dict[str, Settled], list[Step]]:
    """The money as a whole, or each stratum's part of it by itself."""
    settled: dict[str, Settled] = {}
    found: dict[str, dict[str, str]] = {}
    for stratum, part_fen in _parts(rules, queue, money):
        part = [member for member in queue if stratum is None or member.stratum == stratum]
        plan = plan_of(rules, part, pool=Fraction(part_fen))
        made = settle(rules, [m for m in part if m.takes], plan, money=part_fen)
        settled |= {entry.member.candidate.unit: entry for entry in made.entries}
        end = "" if stratum is None else f".{stratum}"
        for step, values in made.found.items():
            found.setdefault(step, {}).update({name + end: value for name, value in values.items()})
    entries = [settled[member.candidate.unit] for member in queue if member.takes]
    return settled, _steps_of(rules, entries, found, money)


def _parts(rules: RewardRules, queue: Sequence[Member], money: int) -> list[tuple[str | None, int]]:
    """The money of each stratum where strata have money of their own; else all of it for all."""
    show = rules.counted_in.show
    strata, unit = rules.strata, rules.rounding.unit_fen
    if strata is None or strata.apart is None:
        return [(None, money)]
    present = {member.stratum for member in queue}
    lost = sorted(present - strata.apart)
    if lost:
        zh, en = f"分层 {'、'.join(lost)} 没有资金", f"these strata have no money: {', '.join(lost)}"
        raise StratumUnknown(zh, en, items=[Item(name, "pools-fit-strata", name, name) for name in lost])
    parts = dict(strata.pools_fen or {})
    if strata.pools is not None:
        parts = {code: int(money * percent / 100 / unit) * unit for code, percent in strata.pools.items()}
    if sum(parts.values()) > money:
        need, have = show(sum(parts.values())), show(money)
        raise AmountsExceedPool(
            f"各分层资金合计 {need},超过可分配资金 {have}",
            f"The parts of the strata add up to {need}, more than the {have} to be shared",
        )
    return [(stratum, part) for stratum, part in sorted(parts.items()) if stratum in present]


def _awards(queue: Sequence[Member], settled: Mapping[str, Settled]) -> tuple[list[Awarded], dict[str, int]]:
    """The awards; and what removed units would have got, whose places stay empty."""
    awards: list[Awarded] = []
    forfeited: dict[str, int] = {}
    for member in queue:
        entry = settled.get(member.candidate.unit)
        if entry is None or entry.amount_fen == 0:
            continue
        if member.phantom:
            forfeited[member.candidate.unit] = entry.amount_fen
            continue
        rank = member.candidate.rank or 0
        place = rank if entry.placed is None else entry.placed.place
        awards.append(Awarded(member.candidate, rank, place, member.stratum, entry.code, entry.amount_fen))
    return awards, forfeited


def _next_ranks(
    rules: RewardRules, passed: Sequence[Candidate], settled: Mapping[str, Settled], left: int
) -> list[Awarded]:
    """What is left goes down the ranks to those whom no amount reached, while it lasts.

    Equals that no tie key tells apart get it all or none.

    Not where the money was short and the rules do not skip: nobody behind is paid before somebody ahead.
    """
    each = rules.remainder.next_rank_fen
    short = any(entry.shortage is not None for entry in settled.values())
    if each is None or (short and rules.exhaustion is not Shortage.SKIP):
        return []
    waiting = [unit for unit in passed if unit.unit not in settled or not settled[unit.unit].planned_fen]
    further: list[Awarded] = []

    def place(unit: Candidate) -> tuple[int, TieOrder]:
        return (unit.rank or 0, tie_order(rules.tie_keys, unit))

    for (rank, _), part in groupby(sorted(waiting, key=place), key=place):
        equals = list(part)
        share = each
        if each * len(equals) > left:
            unit_fen = rules.rounding.unit_fen
            share = left // len(equals) // unit_fen * unit_fen if rules.remainder.next_rank_partial else 0
        if share:
            further += [Awarded(unit, rank, rank, "", "next_rank", share) for unit in equals]
        if share < each:
            break
        left -= each * len(equals)
    return further


def _eligibility_step(
    rules: RewardRules, ordered: Sequence[Candidate], reasons: Mapping[str, Sequence[Reason]]
) -> Step:
    lines = []
    for unit in ordered:
        zh = ";".join(reason[0] for reason in reasons[unit.unit]) or "符合条件"
        en = "; ".join(reason[1] for reason in reasons[unit.unit]) or "passes every test"
        lines.append(Line(unit.unit, None, zh, en))
    numbers = {"candidates": len(ordered), "passed": sum(not reasons[unit.unit] for unit in ordered)}
    return Step("eligibility", f"reward.eligibility; {rules.entry.source.cited}", numbers, tuple(lines))


def _cut_step(
    rules: RewardRules, ordered: Sequence[Candidate], told: Mapping[str, Reason], queue: Sequence[Member]
) -> Step:
    cited = rules.cut.source.cited if rules.cut is not None else "none"
    lines = tuple(Line(unit.unit, None, *told[unit.unit]) for unit in ordered if unit.unit in told)
    numbers = {"standing": len(lines), "inside": sum(member.takes for member in queue)}
    rule = (
        f"reward.cut; {cited}; reward.ranking={rules.among.value}; {rules.ranking_source.cited}; "
        f"reward.removal.backfill={str(rules.backfill).lower()}; {rules.backfill_source.cited}"
    )
    return Step("cut", rule, numbers, lines)


def _steps_of(
    rules: RewardRules, entries: Sequence[Settled], found: Mapping[str, Mapping[str, str]], money: int
) -> list[Step]:
    """What happened to the amounts; the parts of a sum and a reduction of floors only where there are any."""
    paid = sum(entry.amount_fen for entry in entries)
    parts = tuple(
        Line(_unit(e), fen, "组成部分", "a part of the sum", rule) for e in entries for rule, fen in e.parts
    )
    amounts = tuple(Line(_unit(e), e.planned_fen, *_told(e), e.rule) for e in entries)
    limits = tuple(Line(_unit(e), e.limited_fen, *e.limit, e.limit_rule) for e in entries if e.limit)
    reduced = tuple(Line(_unit(e), e.reduced_fen, *e.reduced) for e in entries if e.reduced)
    rounding = tuple(Line(_unit(e), e.rounded_fen, "取整后", "in whole units") for e in entries)
    short = tuple(
        Line(_unit(e), e.amount_fen, *e.shortage, e.shortage_rule) for e in entries if e.shortage is not None
    )
    planned = {"planned_fen": sum(e.planned_fen for e in entries), **_by_tier(rules, entries)}
    own = {"limited_units": sum(bool(e.limit_rule) for e in entries)}
    whole = {"unit_fen": rules.rounding.unit_fen, "rounded_fen": sum(e.rounded_fen for e in entries)}
    cut_down = {"reduced_fen": sum(e.reduced_fen or 0 for e in entries)}
    spent = {"distributable_fen": money, "paid_fen": paid, "left_fen": money - paid}
    method = f"{rules.rounding.method.value}; {rules.rounding.source.cited}"
    reduction = f"reward.conflicts.floors_exceed_pool=reduce; {rules.conflicts_source.cited}"
    policy = f"{rules.exhaustion.value}; {rules.exhaustion_source.cited}"
    steps = [
        *([Step("parts", "reward.amounts", {}, parts)] if parts else []),
        Step("amounts", "reward.amounts", planned, amounts),
        Step("limits", "reward.floors, caps, group_caps", own, limits),
        *([Step("reduction", reduction, cut_down, reduced)] if reduced else []),
        Step("rounding", f"reward.rounding={method}", whole, rounding),
        Step("exhaustion", f"reward.exhaustion={policy}", spent, short),
    ]
    return [replace(step, found=dict(found.get(step.step, {}))) for step in steps]


def _unit(entry: Settled) -> str:
    return entry.member.candidate.unit


def _told(entry: Settled) -> Reason:
    """By which rule the amount is, or which place and prize tier it is for."""
    placed = entry.placed
    if placed is None and not entry.code:
        return "没有规则给予金额", "no rule gives it an amount"
    if placed is None:
        return f"按规则 {entry.code} 计", f"by the rule {entry.code}"
    zh = f"第{placed.place}位,{placed.tier.name.zh if placed.tier else '未入奖励等次'}"
    en = f"place {placed.place}, {placed.tier.name.en if placed.tier else 'in no tier'}"
    if placed.tie_policy is None:
        return zh, en
    policy = placed.tie_policy
    return f"{zh};分界处并列,{TIES_ZH[policy]}", f"{en}; a tie at the cut, settled by {policy.value}"


def _by_tier(rules: RewardRules, entries: Sequence[Settled]) -> dict[str, int]:
    """How many units stand in each prize tier, and for how much."""
    numbers: dict[str, int] = {}
    for tier in rules.amounts.tiers if isinstance(rules.amounts, TierAmounts) else ():
        held = [entry for entry in entries if entry.code == tier.name.code and not entry.member.phantom]
        numbers[f"{tier.name.code}_units"] = len(held)
        numbers[f"{tier.name.code}_fen"] = sum(entry.planned_fen for entry in held)
    return numbers


def _remainder_step(
    rules: RewardRules, further: Sequence[Awarded], forfeited: Mapping[str, int], left: int
) -> Step:
    rule = f"reward.remainder={rules.remainder.disposition.value}; {rules.remainder.source.cited}"
    removal = f"reward.removal.backfill=false; {rules.backfill_source.cited}"
    lines = [
        Line(unit, 0, "公示后取消,不递补", "removed after notice; nobody moves up", removal)
        for unit in forfeited
    ]
    lines += [
        Line(award.candidate.unit, award.amount_fen, "余款递补后一名次", "what is left, by next rank")
        for award in further
    ]
    numbers = {
        "removed_fen": sum(forfeited.values()),
        "next_rank_fen": sum(award.amount_fen for award in further),
        "unallocated_fen": left,
    }
    return Step("remainder", rule, numbers, tuple(lines))
