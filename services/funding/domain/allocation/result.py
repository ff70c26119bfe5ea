"""What an allocation gives: awards, what is left, and every step with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.rules.vocabulary import Disposition


@dataclass(frozen=True, slots=True)
class Line:
    """What a step did to one unit: its amount after the step (null before amounts are known), and why."""

    unit: str
    amount_fen: int | None
    zh: str
    en: str
    rule: str = ""  # where the step's rule is not the one that this unit follows


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain: the rule that it follows, its sums, and a line for each unit that it touched.

    ``found`` is what the rule worked out for all: the level of a share, a divisor, the part that a reduction leaves, as
    decimals of at most 15 digits; where strata have money of their own, each by its name (``level_fen.west``).
    """

    step: str
    rule: str
    numbers: Mapping[str, int]
    lines: tuple[Line, ...]
    found: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Awarded:
    candidate: Candidate
    rank: int
    place: int
    stratum: str
    tier: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Awards in the order of rank; ``pool_fen`` = awards + ``reserve_fen`` + ``unallocated_fen``."""

    pool_fen: int
    reserve_fen: int
    awards: tuple[Awarded, ...]
    unallocated_fen: int
    disposition: Disposition
    steps: tuple[Step, ...]

    @property
    def awarded_fen(self) -> int:
        return sum(award.amount_fen for award in self.awards)
