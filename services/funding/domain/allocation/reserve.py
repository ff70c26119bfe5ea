"""The reserve off the top of a pool."""

from services.funding.domain.allocation.result import Step
from services.funding.domain.refusals import ReserveExceedsPool
from services.funding.domain.rules.reward import RewardRules


def take_reserve(rules: RewardRules, pool_fen: int) -> tuple[int, Step]:
    """The reserve and its step; one that is more than the pool is refused."""
    show = rules.counted_in.show
    rule = rules.admin_reserve
    if rule is None:
        return 0, Step("reserve", "none", {"pool_fen": pool_fen, "reserve_fen": 0}, ())
    reserve_fen = rule.of(pool_fen)
    if reserve_fen > pool_fen:
        raise ReserveExceedsPool(
            f"管理费 {show(reserve_fen)} 超过资金总额 {show(pool_fen)}",
            f"The reserve of {show(reserve_fen)} is more than the pool of {show(pool_fen)}",
        )
    numbers = {
        "pool_fen": pool_fen,
        "percentage_fen": rule.percentage_fen(pool_fen),
        "fixed_fen": rule.fixed_fen,
        "reserve_fen": reserve_fen,
        "distributable_fen": pool_fen - reserve_fen,
    }
    return reserve_fen, Step(
        "reserve", f"reward.admin_reserve={rule.take.value}; {rule.source.cited}", numbers, ()
    )
