"""What a round may be opened with: rules of the line's programme that are in effect, and a pool."""

from datetime import date

from services.funding.domain.refusals import PoolMissing, RulesNotInEffect, RulesOfOtherProgramme
from services.funding.domain.rules.incentive import IncentiveRules
from shared.policy.documents import check_public


def check_rules(rules: IncentiveRules, *, programme: str, today: date) -> None:
    """``programme``: the appropriation's. What the rules stand on was public by then."""
    if rules.programme != programme:
        raise RulesOfOtherProgramme(
            f"激励规则属于 {rules.programme},预算安排属于 {programme}",
            f"The rules belong to {rules.programme}, the appropriation to {programme}",
        )
    if rules.document is not None:
        check_public([rules.document], today)
    if not rules.in_effect(today):
        zh, en = rules.interval
        raise RulesNotInEffect(
            f"激励规则 {rules.version} 在 {today} 不生效({zh})",
            f"The incentive rules {rules.version} are not in effect on {today} ({en})",
        )


def pool_of(rules: IncentiveRules, ordered_fen: int | None) -> int:
    """What the round says, else what the rules say."""
    pool_fen = ordered_fen or rules.reward.pool_fen
    if pool_fen is None:
        raise PoolMissing(
            "规则未给出资金总额,请在轮次中填写 pool_fen",
            "The rules name no pool; give pool_fen with the round",
        )
    return pool_fen
