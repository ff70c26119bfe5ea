"""Money is an integer number of fen (分); no float comes near it.

万元 is how people write budgets and how tiers are rounded, never how money is kept.
"""

from decimal import Decimal
from typing import Final

FEN_PER_YUAN: Final = 100
FEN_PER_WAN: Final = 1_000_000  # 1 万元 = 10,000 yuan

#: Largest amount on the wire: every JSON reader holds integers up to 2**53 - 1 exactly.
MAX_FEN: Final = 2**53 - 1


def fen_of_wan(wan: int | str | Decimal) -> int:
    """Fen for an amount in 万元; refuses an amount that is not a whole number of fen."""
    fen = Decimal(wan) * FEN_PER_WAN
    if fen != fen.to_integral_value():
        raise ValueError(f"{wan} 万元 is not a whole number of fen")
    return int(fen)


def show_wan(fen: int) -> str:
    """An amount in 万元 for people to read, exact: 700,000,000 fen is ``700 万元``."""
    whole, rest = divmod(abs(fen), FEN_PER_WAN)
    digits = f"{rest:06d}".rstrip("0")
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}{'.' + digits if digits else ''} 万元"


def show_yuan(fen: int) -> str:
    """An amount in yuan with two decimals and thousands separators, exact."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"
