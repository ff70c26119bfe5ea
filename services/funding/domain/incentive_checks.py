"""What only the whole rule set shows: codes used twice, tiers that rise, that do not fit the pool or the strata."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from services.funding.domain.allocation_reserve import reserve_of
from services.funding.domain.incentive import (
    WHOLE,
    IncentiveRules,
    RewardRules,
    TieKeyKind,
    TiePolicy,
)
from shared.errors import Item
from shared.text.money import show_wan


def check_rules(rules: IncentiveRules, problems: list[Item]) -> None:
    check_interval(rules, problems)
    reward = rules.reward
    if not isinstance(reward, RewardRules):  # pragma: no cover - version 2 has its own checks
        raise TypeError("rules of version 1 are expected")
    problems.extend(duplicates("reward.tiers", (tier.name.code for tier in reward.tiers)))
    problems.extend(duplicates("reward.strata", (stratum.name.code for stratum in reward.strata)))
    problems.extend(
        duplicates(
            "reward.strata", (county for stratum in reward.strata for county in sorted(stratum.counties))
        )
    )
    check_instruments(rules, problems)
    problems.extend(_tiers(reward, unread={problem.field for problem in problems}))
    problems.extend(_ties(reward))
    if not problems:
        problems.extend(_pool(reward))


def check_interval(rules: IncentiveRules, problems: list[Item]) -> None:
    if rules.effective_to is not None and rules.effective_to < rules.effective_from:
        problems.append(Item("effective", "interval-order", "失效日早于生效日", "it ends before it begins"))


def check_instruments(rules: IncentiveRules, problems: list[Item]) -> None:
    """Uses and instruments: no code twice."""
    problems.extend(duplicates("uses", (use.name.code for use in rules.uses)))
    problems.extend(duplicates("instruments", (entry.name.code for entry in rules.instruments)))
    for index, instrument in enumerate(rules.instruments):
        at = f"instruments[{index}]"
        problems.extend(duplicates(f"{at}.uses", (use.name.code for use in instrument.uses)))
        problems.extend(duplicates(f"{at}.negative_list", (n.code for n in instrument.negative_list)))
        problems.extend(duplicates(f"{at}.approvals", (n.code for n in instrument.required_approvals)))


def _tiers(reward: RewardRules, *, unread: Collection[str]) -> Iterator[Item]:
    """An amount that could not be read is not judged a second time."""
    strata = set(reward.stratum_codes)
    previous: int | None = None
    for index, tier in enumerate(reward.tiers):
        at = f"reward.tiers[{index}]"
        if set(tier.places) != strata:
            zh, en = (
                ("没有分层,应使用 places", "there are no strata: use places")
                if strata == {WHOLE}
                else ("须为每个分层给出名额", "every stratum needs its number of places")
            )
            yield Item(f"{at}.places_by_stratum", "places-fit-strata", zh, en)
        elif not any(tier.places.values()):
            zh, en = "至少须有一个名额", "a tier has at least one place"
            yield Item(f"{at}.places_by_stratum", "places-somewhere", zh, en)
        if f"{at}.amount_fen" in unread:
            continue
        if previous is not None and tier.amount_fen > previous:
            zh, en = "后一等次不得高于前一等次", "a later tier must not be worth more than an earlier one"
            yield Item(f"{at}.amount_fen", "amounts-fall", zh, en)
        previous = tier.amount_fen
        if reward.rounding_unit_fen and tier.amount_fen % reward.rounding_unit_fen:
            zh, en = "应为取整单位的整数倍", "must be a multiple of the rounding unit"
            yield Item(f"{at}.amount_fen", "whole-units", zh, en)


def _ties(reward: RewardRules) -> Iterator[Item]:
    by_keys = any(tier.tie_policy is TiePolicy.BY_KEYS for tier in reward.tiers)
    if by_keys and not reward.tie_keys:
        zh, en = "有等次用 by_keys,须给出 tie_keys", "a tier settles ties by_keys: tie_keys are needed"
        yield Item("reward.tie_keys", "keys-for-by-keys", zh, en)
    names = (key.node or key.kind.value for key in reward.tie_keys)
    yield from duplicates("reward.tie_keys", names)
    for index, key in enumerate(reward.tie_keys[:-1]):
        if key.kind is TieKeyKind.UNIT:
            zh, en = "unit 已能区分所有单位,其后的键无效", "unit tells all units apart: no key can follow it"
            yield Item(f"reward.tie_keys[{index}]", "unit-is-last", zh, en)


def _pool(reward: RewardRules) -> Iterator[Item]:
    """Tiers that add up to more than there is are refused; nothing is ever scaled down in silence."""
    reserve = 0 if reward.admin_reserve is None else reserve_of(reward.admin_reserve, reward.pool_fen)
    if reserve > reward.pool_fen:
        yield Item(
            "reward.admin_reserve",
            "reserve-fits-pool",
            f"管理费 {show_wan(reserve)} 超过资金总额 {show_wan(reward.pool_fen)}",
            f"the reserve of {show_wan(reserve)} is more than the pool of {show_wan(reward.pool_fen)}",
        )
    elif reward.planned_fen > reward.pool_fen - reserve:
        available = reward.pool_fen - reserve
        yield Item(
            "reward.tiers",
            "tiers-fit-pool",
            f"各等次合计 {show_wan(reward.planned_fen)},超过可分配资金 {show_wan(available)}",
            f"the tiers add up to {show_wan(reward.planned_fen)}, more than the {show_wan(available)} to be shared",
        )


def duplicates(path: str, codes: Iterable[str]) -> Iterator[Item]:
    for code, count in Counter(codes).items():
        if code and count > 1:
            yield Item(path, "duplicate-code", f"代码重复: {code}", f"the code {code} is used twice")
