"""The reserve off the top of a pool."""

from fractions import Fraction

from services.funding.domain.allocation_result import Step
from services.funding.domain.refusals import ReserveExceedsPool
from services.funding.domain.vocabulary import AdminReserve, ReserveTake
from shared.text.money import show_wan


def take_reserve(rule: AdminReserve | None, pool_fen: int) -> tuple[int, Step]:
    """The reserve and its step; one that is more than the pool is refused."""
    if rule is None:
        return 0, Step("reserve", "none", {"pool_fen": pool_fen, "reserve_fen": 0}, ())
    reserve_fen = reserve_of(rule, pool_fen)
    if reserve_fen > pool_fen:
        raise ReserveExceedsPool(
            f"管理费 {show_wan(reserve_fen)} 超过资金总额 {show_wan(pool_fen)}",
            f"The reserve of {show_wan(reserve_fen)} is more than the pool of {show_wan(pool_fen)}",
        )
    numbers = {
        "pool_fen": pool_fen,
        "percentage_fen": percentage_fen(rule, pool_fen),
        "fixed_fen": rule.fixed_fen,
        "reserve_fen": reserve_fen,
        "distributable_fen": pool_fen - reserve_fen,
    }
    return reserve_fen, Step(
        "reserve", f"reward.admin_reserve={rule.take.value}; {rule.source.cited}", numbers, ()
    )


def reserve_of(rule: AdminReserve, pool_fen: int) -> int:
    """The greater (or lesser) of a percentage, rounded half up to a whole unit, and a fixed sum."""
    share = percentage_fen(rule, pool_fen)
    return max(share, rule.fixed_fen) if rule.take is ReserveTake.MAX else min(share, rule.fixed_fen)


def percentage_fen(rule: AdminReserve, pool_fen: int) -> int:
    exact = Fraction(pool_fen) * Fraction(rule.percent) / 100
    return half_up(exact / rule.unit_fen) * rule.unit_fen


def half_up(value: Fraction) -> int:
    """The nearest whole number of a value that is not negative; a half goes up."""
    return (value + Fraction(1, 2)).__floor__()
