"""What only the whole rule set shows: codes used twice, keys that are needed, parts that do not go together."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from services.funding.domain.reading.documents import check_documents
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.rules.policies import Method, Shortage, TiersExceed
from services.funding.domain.rules.quantities import Quantity, parts_of
from services.funding.domain.rules.releases import RankedBy
from services.funding.domain.rules.reward import (
    AmountRule,
    CombinedAmounts,
    FlagTest,
    RewardRules,
    ShareAmounts,
    TierAmounts,
    planned_fen,
    shares,
    tiers_in,
)
from services.funding.domain.rules.vocabulary import WHOLE, OutcomeTest, TieKeyKind, TiePolicy
from shared.errors import Item
from shared.text.money import show_wan

QUANTITIES_LIMIT: Final = 1_000


def check_rules(rules: IncentiveRules, problems: list[Item], *, offline: bool) -> None:
    reward = rules.reward
    _check_interval(rules, problems)
    _check_instruments(rules, problems)
    problems.extend(check_documents(rules, offline=offline))
    for path, codes in (
        ("reward.eligibility.tests", [test.code for test in reward.entry.tests]),
        ("reward.eligibility.vetoes", [test.code for test in reward.entry.vetoes]),
        ("reward.floors", [limit.code for limit in reward.floors]),
        ("reward.caps", [limit.code for limit in reward.caps]),
        ("reward.group_caps", [cap.code for cap in reward.group_caps]),
    ):
        problems.extend(_duplicates(path, codes))
    if reward.ranks_by_score and not offline:
        zh, en = "发布的规则须按评估结果的名次", "published rules go by the ranks of the release"
        problems.append(Item("reward.ranking.by", "ranks-of-the-release", zh, en))
    if sum(isinstance(part, Quantity) for part in parts_of(reward)) > QUANTITIES_LIMIT:
        zh, en = f"算式超过{QUANTITIES_LIMIT}个", f"more than {QUANTITIES_LIMIT} quantities"
        problems.append(Item("reward", "quantities-limit", zh, en))
    problems.extend(_releases(reward))
    problems.extend(_ties(reward))
    problems.extend(_strata(reward))
    problems.extend(_rounding(reward))
    problems.extend(_amounts(reward.amounts))
    if not offline:
        problems.extend(_flags(reward))
        problems.extend(_prizes(reward, unread={problem.field for problem in problems}))
    if reward.remainder.next_rank_fen is not None and (reward.caps or reward.group_caps):
        zh, en = (
            "余款递补不受上限约束,不能同时使用",
            "next ranks would pass the caps: both do not go together",
        )
        problems.append(Item("reward.remainder.next_rank_fen", "next-rank-with-caps", zh, en))
    if shares(reward.amounts) and reward.exhaustion is not Shortage.REFUSE:
        zh = "金额随资金总额而定,不存在资金不足;不需要 exhaustion"
        en = "amounts that share the pool never exceed it: no exhaustion is needed"
        problems.append(Item("reward.exhaustion", "exhaustion-without-need", zh, en))
    if not problems and reward.pool_fen is not None:
        problems.extend(_pool(reward, reward.pool_fen))


def _releases(reward: RewardRules) -> Iterator[Item]:
    """One list of several releases has ranks over all of it, and one way to them."""
    if reward.releases is None:
        return
    if reward.ranks_within_strata:
        zh, en = (
            "多份评估结果合排为一个名单，名次不能在分层内另起",
            "one list of releases has no ranks within strata",
        )
        yield Item("reward.releases", "ranks-of-one-list", zh, en)
    if reward.ranks_by_score and reward.releases.ranked_by is RankedBy.ORDER:
        zh, en = "名次已由 rank_by: order 排定", "the ranks are those of rank_by: order already"
        yield Item("reward.ranking.by", "one-way-to-ranks", zh, en)


def _ties(reward: RewardRules) -> Iterator[Item]:
    by_keys = reward.cut is not None and reward.cut.by_rank and reward.cut.ties is TiePolicy.BY_KEYS
    by_keys = by_keys or any(tier.tie_policy is TiePolicy.BY_KEYS for tier in tiers_in(reward.amounts))
    if by_keys and not reward.tie_keys:
        zh, en = "并列按 by_keys 处理,须给出 tie_keys", "ties are settled by_keys: tie_keys are needed"
        yield Item("reward.tie_keys", "keys-for-by-keys", zh, en)
    yield from _duplicates("reward.tie_keys", (key.node or key.kind.value for key in reward.tie_keys))
    for index, key in enumerate(reward.tie_keys[:-1]):
        if key.kind is TieKeyKind.UNIT:
            zh, en = "unit 已能区分所有单位,其后的键无效", "unit tells all units apart: no key can follow it"
            yield Item(f"reward.tie_keys[{index}]", "unit-is-last", zh, en)


def _strata(reward: RewardRules) -> Iterator[Item]:
    named = reward.cut is not None and reward.cut.top is not None and WHOLE not in reward.cut.top
    named = named or any(WHOLE not in tier.places for tier in tiers_in(reward.amounts))
    if reward.strata is None:
        if named or reward.ranks_within_strata:
            zh, en = "没有分层 strata", "there are no strata"
            yield Item("reward.strata", "strata-missing", zh, en)
        return
    apart = reward.strata.apart
    if apart is not None and reward.group_caps:
        zh, en = "分层资金与分组上限不能同时使用", "pools of strata and caps of groups do not go together"
        yield Item("reward.group_caps", "group-caps-with-pools", zh, en)
    if reward.strata.sets is not None and apart is not None and apart != set(reward.strata.sets):
        zh, en = "须为每个分层给出资金", "every stratum needs its part of the money"
        yield Item("reward.strata.pools", "pools-fit-strata", zh, en)


def _rounding(reward: RewardRules) -> Iterator[Item]:
    divisor = reward.rounding.method not in (Method.LARGEST_REMAINDER, Method.DOWN)
    if divisor and reward.group_caps:
        zh, en = "除数法不能与分组上限同时使用", "a divisor method does not go together with caps of groups"
        yield Item("reward.rounding.method", "divisor-with-group-caps", zh, en)
    if divisor and not shares(reward.amounts) and reward.exhaustion is not Shortage.REDUCE:
        zh, en = "除数法只用于按比例分配", "a divisor method is for amounts that share the pool"
        yield Item("reward.rounding.method", "divisor-without-shares", zh, en)


def _amounts(rule: AmountRule, path: str = "reward.amounts") -> Iterator[Item]:
    if not isinstance(rule, CombinedAmounts):
        return
    sharing = [part for part in rule.rules if isinstance(part, ShareAmounts) or shares(part)]
    if rule.kind == "sum" and len(sharing) > 1:
        zh, en = "sum 中至多一条按比例规则", "a sum has at most one rule that shares what is left"
        yield Item(f"{path}.rules", "one-share-in-a-sum", zh, en)
    for index, part in enumerate(rule.rules):
        yield from _amounts(part, f"{path}.rules[{index}]")


def _flags(reward: RewardRules) -> Iterator[Item]:
    """A release says yes or no to its named outcomes only; any other flag would be no for everybody."""
    known = {test.value for test in OutcomeTest}
    for part, tests in (("tests", reward.entry.tests), ("vetoes", reward.entry.vetoes)):
        for test in tests:
            flag = test.condition.column if isinstance(test.condition, FlagTest) else ""
            if flag and flag not in known:
                zh, en = f"没有检验 {flag}", f"there is no test {flag}"
                yield Item(f"reward.eligibility.{part}", "unknown-test", zh, en)


def _prizes(reward: RewardRules, *, unread: Collection[str]) -> Iterator[Item]:
    """Published prize tiers: places in every stratum by name, and amounts that rounding does not change."""
    sets = None if reward.strata is None else reward.strata.sets
    for index, tier in enumerate(reward.amounts.tiers if isinstance(reward.amounts, TierAmounts) else ()):
        at = f"reward.amounts.tiers[{index}]"
        if sets is not None and WHOLE not in tier.places and set(tier.places) != set(sets):
            zh, en = "须为每个分层给出名额", "every stratum needs its number of places"
            yield Item(f"{at}.places_by_stratum", "places-fit-strata", zh, en)
        elif tier.places and WHOLE not in tier.places and not any(tier.places.values()):
            zh, en = "至少须有一个名额", "a tier has at least one place"
            yield Item(f"{at}.places_by_stratum", "places-somewhere", zh, en)
        if f"{at}.amount_fen" not in unread and tier.amount_fen % reward.rounding.unit_fen:
            zh, en = "应为取整单位的整数倍", "must be a multiple of the rounding unit"
            yield Item(f"{at}.amount_fen", "whole-units", zh, en)


def _pool(reward: RewardRules, pool_fen: int) -> Iterator[Item]:
    """Tiers that may not exceed the money, and do, are refused; nothing is ever scaled down in silence."""
    reserve = 0 if reward.admin_reserve is None else reward.admin_reserve.of(pool_fen)
    tiers = tiers_in(reward.amounts)
    planned = planned_fen(tiers, reward.stratum_names({name for tier in tiers for name in tier.places}))
    available = pool_fen - reserve
    if available < 0:
        yield Item(
            "reward.admin_reserve",
            "reserve-fits-pool",
            f"管理费 {show_wan(reserve)} 超过资金总额 {show_wan(pool_fen)}",
            f"the reserve of {show_wan(reserve)} is more than the pool of {show_wan(pool_fen)}",
        )
    elif reward.tiers_exceed_pool is TiersExceed.REFUSE and planned > available:
        yield Item(
            "reward.amounts.tiers",
            "tiers-fit-pool",
            f"各等次合计 {show_wan(planned)},超过可分配资金 {show_wan(available)}",
            f"the tiers add up to {show_wan(planned)}, more than the {show_wan(available)} to be shared",
        )


def _check_interval(rules: IncentiveRules, problems: list[Item]) -> None:
    if rules.effective_to is not None and rules.effective_to < rules.effective_from:
        problems.append(Item("effective", "interval-order", "失效日早于生效日", "it ends before it begins"))


def _check_instruments(rules: IncentiveRules, problems: list[Item]) -> None:
    """Uses and instruments: no code twice."""
    problems.extend(_duplicates("uses", (use.name.code for use in rules.uses)))
    problems.extend(_duplicates("instruments", (entry.name.code for entry in rules.instruments)))
    for index, instrument in enumerate(rules.instruments):
        at = f"instruments[{index}]"
        problems.extend(_duplicates(f"{at}.uses", (use.name.code for use in instrument.uses)))
        for number, listed in enumerate(instrument.negative_lists):
            names = [name.code for item in listed.items for name in (item.name, *item.exceptions)]
            problems.extend(_duplicates(f"{at}.negative_lists[{number}].items", names))
        problems.extend(_duplicates(f"{at}.approvals", (n.code for n in instrument.required_approvals)))


def _duplicates(path: str, codes: Iterable[str]) -> Iterator[Item]:
    for code, count in Counter(codes).items():
        if code and count > 1:
            yield Item(path, "duplicate-code", f"代码重复: {code}", f"the code {code} is used twice")
