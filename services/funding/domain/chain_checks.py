"""What only a whole chain shows: codes used twice, keys that are needed, methods that do not go together."""

from collections.abc import Iterator
from typing import Final

from services.funding.domain.chain_rules import (
    AmountRule,
    ChainRules,
    CombinedAmounts,
    Method,
    ShareAmounts,
    Shortage,
    TierAmounts,
    has_tiers,
    shares,
)
from services.funding.domain.incentive import WHOLE, IncentiveRules, TieKeyKind, TiePolicy, Tier
from services.funding.domain.incentive_checks import check_instruments, check_interval, duplicates
from services.funding.domain.quantities import Quantity, parts_of
from shared.errors import Item

QUANTITIES_LIMIT: Final = 1_000


def check_chain(rules: IncentiveRules, problems: list[Item], *, offline: bool) -> None:
    chain = rules.reward
    if not isinstance(chain, ChainRules):  # pragma: no cover - version 1 has its own checks
        raise TypeError("rules of version 2 are expected")
    check_interval(rules, problems)
    check_instruments(rules, problems)
    for path, codes in (
        ("reward.eligibility.tests", [test.code for test in chain.entry.tests]),
        ("reward.eligibility.vetoes", [test.code for test in chain.entry.vetoes]),
        ("reward.floors", [limit.code for limit in chain.floors]),
        ("reward.caps", [limit.code for limit in chain.caps]),
        ("reward.group_caps", [cap.code for cap in chain.group_caps]),
    ):
        problems.extend(duplicates(path, codes))
    if chain.ranks_by_score and not offline:
        zh, en = "发布的规则须按评估结果的名次", "published rules go by the ranks of the release"
        problems.append(Item("reward.ranking.by", "ranks-of-the-release", zh, en))
    if sum(isinstance(part, Quantity) for part in parts_of(chain)) > QUANTITIES_LIMIT:
        zh, en = f"算式超过{QUANTITIES_LIMIT}个", f"more than {QUANTITIES_LIMIT} quantities"
        problems.append(Item("reward", "quantities-limit", zh, en))
    problems.extend(_ties(chain))
    problems.extend(_strata(chain))
    problems.extend(_rounding(chain))
    problems.extend(_amounts(chain.amounts))
    if chain.remainder.next_rank_fen is not None and (chain.caps or chain.group_caps):
        zh, en = (
            "余款递补不受上限约束,不能同时使用",
            "next ranks would pass the caps: both do not go together",
        )
        problems.append(Item("reward.remainder.next_rank_fen", "next-rank-with-caps", zh, en))
    if shares(chain.amounts) and chain.exhaustion is not Shortage.REFUSE:
        zh = "金额随资金总额而定,不存在资金不足;不需要 exhaustion"
        en = "amounts that share the pool never exceed it: no exhaustion is needed"
        problems.append(Item("reward.exhaustion", "exhaustion-without-need", zh, en))


def _ties(chain: ChainRules) -> Iterator[Item]:
    by_keys = chain.cut is not None and chain.cut.by_rank and chain.cut.ties is TiePolicy.BY_KEYS
    by_keys = by_keys or any(tier.tie_policy is TiePolicy.BY_KEYS for tier in _tiers_in(chain.amounts))
    if by_keys and not chain.tie_keys:
        zh, en = "并列按 by_keys 处理,须给出 tie_keys", "ties are settled by_keys: tie_keys are needed"
        yield Item("reward.tie_keys", "keys-for-by-keys", zh, en)
    yield from duplicates("reward.tie_keys", (key.node or key.kind.value for key in chain.tie_keys))
    for index, key in enumerate(chain.tie_keys[:-1]):
        if key.kind is TieKeyKind.UNIT:
            zh, en = "unit 已能区分所有单位,其后的键无效", "unit tells all units apart: no key can follow it"
            yield Item(f"reward.tie_keys[{index}]", "unit-is-last", zh, en)


def _strata(chain: ChainRules) -> Iterator[Item]:
    named = chain.cut is not None and chain.cut.top is not None and WHOLE not in chain.cut.top
    named = named or any(WHOLE not in tier.places for tier in _tiers_in(chain.amounts))
    if chain.strata is None:
        if named or chain.ranks_within_strata:
            zh, en = "没有分层 strata", "there are no strata"
            yield Item("reward.strata", "strata-missing", zh, en)
        return
    apart = chain.strata.apart
    if apart is not None and chain.group_caps:
        zh, en = "分层资金与分组上限不能同时使用", "pools of strata and caps of groups do not go together"
        yield Item("reward.group_caps", "group-caps-with-pools", zh, en)
    if chain.strata.sets is not None and apart is not None and apart != set(chain.strata.sets):
        zh, en = "须为每个分层给出资金", "every stratum needs its part of the money"
        yield Item("reward.strata.pools", "pools-fit-strata", zh, en)


def _rounding(chain: ChainRules) -> Iterator[Item]:
    divisor = chain.rounding.method not in (Method.LARGEST_REMAINDER, Method.DOWN)
    if divisor and chain.group_caps:
        zh, en = "除数法不能与分组上限同时使用", "a divisor method does not go together with caps of groups"
        yield Item("reward.rounding.method", "divisor-with-group-caps", zh, en)
    if divisor and not shares(chain.amounts) and chain.exhaustion is not Shortage.REDUCE:
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


def _tiers_in(rule: AmountRule) -> Iterator[Tier]:
    if isinstance(rule, TierAmounts):
        yield from rule.tiers
    elif isinstance(rule, CombinedAmounts) and has_tiers(rule):
        for part in rule.rules:
            yield from _tiers_in(part)
