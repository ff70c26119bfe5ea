"""What rules choose between where money is short, limits contradict, or shares are no whole units."""

from enum import StrEnum


class Comparison(StrEnum):
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"


class Method(StrEnum):
    """How whole units of money are made of exact shares."""

    LARGEST_REMAINDER = "largest_remainder"
    DOWN = "down"
    JEFFERSON = "jefferson"  # D'Hondt
    WEBSTER = "webster"  # Sainte-Laguë
    ADAMS = "adams"
    HILL = "hill"
    DEAN = "dean"


class Short(StrEnum):
    """What happens where floors are more than the money."""

    REFUSE = "refuse"
    REDUCE = "reduce"


class Shortage(StrEnum):
    """What happens where amounts that do not depend on the pool no longer fit into it."""

    REFUSE = "refuse"
    SKIP = "skip"
    STOP = "stop"
    PARTIAL = "partial"
    REDUCE = "reduce"  # all in proportion; only where the rules ask for it


class TiersExceed(StrEnum):
    """What happens where prize tiers, all places filled, are worth more than the money."""

    REFUSE = "refuse"
    EXHAUST = "exhaust"  # they are paid as far as the money reaches, as `exhaustion` says


class Prevails(StrEnum):
    """What holds where a unit's floor lies above its cap."""

    REFUSE = "refuse"
    FLOOR = "floor"
    CAP = "cap"
