"""The reserve off the top of a pool."""

from fractions import Fraction

from services.funding.domain.incentive import AdminReserve, ReserveTake


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
