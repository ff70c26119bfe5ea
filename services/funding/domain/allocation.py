"""Allocation: a chain of pure, exact steps from a pool to awards, each kept with its numbers.

reserve off the top → eligibility → places → tiers with their tie policy → exhaustion → remainder. Whatever the input,
awards + reserve + unallocated are the pool to the fen, a better rank never gets less within a stratum (but where the
rules say *skip*), and the order of the input has no effect.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from services.funding.domain.allocation_reserve import take_reserve
from services.funding.domain.allocation_result import Allocation, Awarded, Line, Step
from services.funding.domain.candidates import Candidate
from services.funding.domain.incentive import WHOLE, Among, Exhaustion, OutcomeTest, RewardRules
from services.funding.domain.placing import Placed, Standing, place_in_tiers
from services.funding.domain.refusals import (
    RanksAreNotCompetitionRanks,
    StratumUnknown,
    TiersExceedPool,
)
from shared.errors import Item
from shared.text.money import MAX_FEN, show_wan


def allocate(rules: RewardRules, candidates: Sequence[Candidate], *, pool_fen: int) -> Allocation:
    """Refuses (never scales) where the tiers do not fit the pool, ranks are not sound, or equals stay undecided."""
    if not 0 < pool_fen <= MAX_FEN:
        raise ValueError("a pool is a positive number of fen")
    ordered = sorted(candidates, key=lambda candidate: (candidate.rank or MAX_FEN, candidate.unit))
    check_ranks(ordered)
    reserve_fen, reserve_step = take_reserve(rules.admin_reserve, pool_fen)
    passed, eligibility_step = _test(rules, ordered)
    standings, ranking_step = _stand(rules, ordered, passed)
    _check_pool(rules, pool_fen - reserve_fen)
    placed, tier_step = _place(rules, standings)
    paid, exhaustion_step = _pay(rules, placed, pool_fen - reserve_fen)
    awards = tuple(
        Awarded(entry.candidate, entry.rank, entry.place, entry.stratum, entry.tier.name.code, amount)
        for entry, amount in paid
        if entry.tier is not None and amount > 0
    )
    unallocated_fen = pool_fen - reserve_fen - sum(award.amount_fen for award in awards)
    remainder_step = Step(
        "remainder",
        f"reward.remainder={rules.disposition.value}; {rules.disposition_source.cited}",
        {"unallocated_fen": unallocated_fen},
        (),
    )
    return Allocation(
        pool_fen=pool_fen,
        reserve_fen=reserve_fen,
        awards=awards,
        unallocated_fen=unallocated_fen,
        disposition=rules.disposition,
        steps=(reserve_step, eligibility_step, ranking_step, tier_step, exhaustion_step, remainder_step),
    )


def _test(rules: RewardRules, ordered: Sequence[Candidate]) -> tuple[frozenset[str], Step]:
    """27号 三(五): 评估结果靠前 and 发展成效好; each unit with every reason for which it is out."""
    lines, passed = [], set()
    for candidate in ordered:
        reasons = list(_reasons_against(rules, candidate))
        if not reasons:
            passed.add(candidate.unit)
        zh = ";".join(reason[0] for reason in reasons) or "符合条件"
        en = "; ".join(reason[1] for reason in reasons) or "passes every test"
        lines.append(Line(candidate.unit, None, zh, en))
    numbers = {"candidates": len(ordered), "passed": len(passed)}
    rule = f"reward.eligibility; {rules.eligibility.source.cited}"
    return frozenset(passed), Step("eligibility", rule, numbers, tuple(lines))


def _reasons_against(rules: RewardRules, candidate: Candidate) -> list[tuple[str, str]]:
    reasons = []
    if candidate.removed is not None:
        reasons.append((f"公示后取消:{candidate.removed}", f"removed after notice: {candidate.removed}"))
    statuses = {status.value for status in rules.eligibility.statuses}
    if candidate.status not in statuses:
        reasons.append(
            (f"认定状态为 {candidate.status or '无'}", f"its status is {candidate.status or 'none'}")
        )
    if OutcomeTest.ELIGIBLE in rules.eligibility.tests and not candidate.eligible:
        reasons.append(("评估结果:不符合入选条件", "the release finds it not eligible"))
    if OutcomeTest.DEVELOPING_WELL in rules.eligibility.tests and not candidate.developing_well:
        reasons.append(("评估结果:发展成效未达要求", "the release does not find it developing well"))
    if candidate.rank is None:
        reasons.append(("没有名次", "it has no rank"))
    return reasons


def _stand(
    rules: RewardRules, ordered: Sequence[Candidate], passed: frozenset[str]
) -> tuple[dict[str, list[Standing]], Step]:
    """Who has a place: those who passed; a removed one keeps its place empty unless the rules let others move up."""
    standings: dict[str, list[Standing]] = {code: [] for code in rules.stratum_codes}
    lines = []
    for candidate in ordered:
        stratum = _stratum_of(rules, candidate)
        if candidate.rank is None or stratum is None:
            continue
        if candidate.unit in passed:
            zh, en = "参加排序", "stands in the order"
        elif candidate.removed is not None and not rules.backfill:
            zh, en = "位次空出,不递补", "its place stays empty: nobody moves up"
        elif candidate.removed is None and rules.ranking.among is Among.ALL:
            zh, en = "位次保留,不获奖励", "it keeps its place without a reward"
        else:
            continue
        standings[stratum].append(Standing(candidate, candidate.rank, paid=candidate.unit in passed))
        lines.append(Line(candidate.unit, None, f"第{candidate.rank}名,{zh}", f"rank {candidate.rank}; {en}"))
    _check_strata(rules, ordered, passed)
    numbers = {"standing": len(lines), "paid": len(passed)}
    rule = (
        f"reward.ranking={rules.ranking.among.value}; {rules.ranking.source.cited}; "
        f"reward.removal.backfill={str(rules.backfill).lower()}; {rules.backfill_source.cited}"
    )
    return standings, Step("ranking", rule, numbers, tuple(lines))


def _place(rules: RewardRules, standings: Mapping[str, Sequence[Standing]]) -> tuple[list[Placed], Step]:
    order = {code: index for index, code in enumerate(rules.stratum_codes)}
    placed = [
        entry for stratum, members in standings.items() for entry in place_in_tiers(rules, stratum, members)
    ]
    placed.sort(key=lambda entry: (entry.rank, order[entry.stratum], entry.place, entry.candidate.unit))
    numbers = {"planned_fen": sum(entry.planned_fen for entry in placed if entry.paid)}
    for tier in rules.tiers:
        in_tier = [entry for entry in placed if entry.paid and entry.tier is tier]
        numbers[f"{tier.name.code}_units"] = len(in_tier)
        numbers[f"{tier.name.code}_fen"] = sum(entry.planned_fen for entry in in_tier)
    rule = "reward.tiers; " + "; ".join(f"{t.name.code}: {t.name.source.cited}" for t in rules.tiers)
    return placed, Step("tiers", rule, numbers, tuple(_tier_line(entry) for entry in placed))


def _tier_line(entry: Placed) -> Line:
    zh = f"第{entry.place}位,{entry.tier.name.zh if entry.tier else '未入奖励等次'}"
    en = f"place {entry.place}, {entry.tier.name.en if entry.tier else 'in no tier'}"
    if entry.tie_policy is not None:
        zh += f";分界处并列,按 {entry.tie_policy.value} 处理"
        en += f"; a tie at the cut, settled by {entry.tie_policy.value}"
    if not entry.paid:
        zh, en = zh + ";位次空出", en + "; the place stays empty"
    return Line(entry.candidate.unit, entry.planned_fen if entry.paid else 0, zh, en)


def _pay(
    rules: RewardRules, placed: Sequence[Placed], distributable_fen: int
) -> tuple[list[tuple[Placed, int]], Step]:
    """In order of rank while the money lasts. Equals are treated alike: all of them are paid in full, or none is."""
    left, stopped = distributable_fen, False
    paid: list[tuple[Placed, int]] = []
    lines = []
    for _, group in groupby(placed, key=lambda entry: (entry.rank, entry.stratum, entry.place)):
        entries = [entry for entry in group if entry.paid and entry.planned_fen > 0]
        need = sum(entry.planned_fen for entry in entries)
        if need <= left and not stopped:
            shares = [entry.planned_fen for entry in entries]
        else:
            share = 0
            if rules.exhaustion is Exhaustion.PARTIAL and not stopped:
                share = left // len(entries) // rules.rounding_unit_fen * rules.rounding_unit_fen
            stopped = stopped or rules.exhaustion is not Exhaustion.SKIP
            shares = [share] * len(entries)
            zh, en = f"资金不足,{rules.exhaustion.value}", f"the money is used up: {rules.exhaustion.value}"
            lines += [Line(entry.candidate.unit, share, zh, en) for entry in entries]
        left -= sum(shares)
        paid.extend(zip(entries, shares, strict=True))
    rule = f"reward.exhaustion={rules.exhaustion.value}; {rules.exhaustion_source.cited}"
    numbers = {"distributable_fen": distributable_fen, "paid_fen": distributable_fen - left, "left_fen": left}
    return paid, Step("exhaustion", rule, numbers, tuple(lines))


def _check_pool(rules: RewardRules, distributable_fen: int) -> None:
    if rules.planned_fen > distributable_fen:
        raise TiersExceedPool(
            f"各等次合计 {show_wan(rules.planned_fen)},超过可分配资金 {show_wan(distributable_fen)};不作缩减",
            f"The tiers add up to {show_wan(rules.planned_fen)}, more than the {show_wan(distributable_fen)} to be "
            "shared; nothing is scaled down",
        )


def check_ranks(ordered: Sequence[Candidate]) -> None:
    """Ranks run 1, 2, 2, 4 over everybody who has one; each unit stands once."""
    items = [
        Item(unit, "unit-once", f"{unit} 重复", f"{unit} is listed twice")
        for unit, count in Counter(candidate.unit for candidate in ordered).items()
        if count > 1
    ]
    ranks = [candidate.rank for candidate in ordered if candidate.rank is not None]
    expected = 1
    for index, rank in enumerate(ranks):
        if index == 0 or rank != ranks[index - 1]:
            expected = index + 1
        if rank != expected:
            items.append(
                Item(
                    "release.units",
                    "competition-rank",
                    f"名次应为 {expected},实为 {rank}",
                    f"the rank must be {expected} and is {rank}",
                )
            )
            break
    if items:
        raise RanksAreNotCompetitionRanks(
            "名次不是竞赛名次(1、2、2、4)", "The ranks are not competition ranks (1, 2, 2, 4)", items=items
        )


def _stratum_of(rules: RewardRules, candidate: Candidate) -> str | None:
    if not rules.strata:
        return WHOLE
    return next((s.name.code for s in rules.strata if candidate.county_code in s.counties), None)


def _check_strata(rules: RewardRules, ordered: Sequence[Candidate], passed: frozenset[str]) -> None:
    lost = [c for c in ordered if c.unit in passed and _stratum_of(rules, c) is None]
    if lost:
        raise StratumUnknown(
            f"{len(lost)} 个集群所在县(市、区)不属于任何分层",
            f"{len(lost)} cluster(s) lie in a county of no stratum",
            items=[
                Item(c.unit, "stratum", f"{c.county_code} 无分层", f"{c.county_code} has none") for c in lost
            ],
        )
