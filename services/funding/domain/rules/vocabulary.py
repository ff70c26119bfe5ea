"""The words of incentive rules: statuses, reviewers, tie policies, tiers, reserve, uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.funding.domain.rules.quantities import Rounding, rounded
from shared.policy.source import Source

#: The only stratum of rules that have none.
WHOLE = ""


class Status(StrEnum):
    """A designation status that a rule may ask for."""

    DESIGNATED = "designated"
    CULTIVATED = "cultivated"
    RECTIFICATION = "rectification"


class ReviewedBy(StrEnum):
    """Who may review a fund order: another person of the desk that made it, or one of another unit of it."""

    ANOTHER_PERSON = "another_person"
    ANOTHER_UNIT = "another_unit"


class OutcomeTest(StrEnum):
    """A named outcome of the release."""

    ELIGIBLE = "eligible"
    DEVELOPING_WELL = "developing_well"


class Among(StrEnum):
    """Whether a unit that fails a test leaves its place to the next one, or leaves it empty."""

    ELIGIBLE = "eligible"
    ALL = "all"


class TiePolicy(StrEnum):
    """What becomes of equals that do not all fit above a tier's cut."""

    ALL = "all"  # all of them get the tier
    NONE = "none"  # none of them does; they fall to the next tier
    SPLIT = "split"  # they share equally what their places are worth
    BY_KEYS = "by_keys"  # the keys order them; equals after the last key are refused


class TieKeyKind(StrEnum):
    SCORE = "score"
    CONTRIBUTION = "contribution"
    UNIT = "unit"


class Order(StrEnum):
    DESCENDING = "descending"
    ASCENDING = "ascending"


class ReserveTake(StrEnum):
    MAX = "max"
    MIN = "min"


class Disposition(StrEnum):
    """Where unallocated money goes."""

    RESERVE = "reserve"
    RETURN = "return"
    CARRY_OVER = "carry_over"


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    zh: str
    en: str
    source: Source


@dataclass(frozen=True, slots=True)
class AdminReserve:
    """Off the top: a percentage of the pool (half up to a whole unit) against a fixed sum."""

    percent: Decimal
    fixed_fen: int
    take: ReserveTake
    unit_fen: int
    source: Source

    def of(self, pool_fen: int) -> int:
        """The greater (or lesser) of the percentage and the fixed sum."""
        share = self.percentage_fen(pool_fen)
        return max(share, self.fixed_fen) if self.take is ReserveTake.MAX else min(share, self.fixed_fen)

    def percentage_fen(self, pool_fen: int) -> int:
        exact = Fraction(pool_fen) * Fraction(self.percent) / 100 / self.unit_fen
        return rounded(exact, Rounding.HALF_UP) * self.unit_fen


@dataclass(frozen=True, slots=True)
class Tier:
    """A prize tier: ``places`` in each stratum by name (``""``: in every one), each worth ``amount_fen``."""

    name: Named
    amount_fen: int
    places: Mapping[str, int]
    tie_policy: TiePolicy


@dataclass(frozen=True, slots=True)
class TieKey:
    kind: TieKeyKind
    node: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A named use of reward money or of an instrument; *other* (等) needs written consent."""

    name: Named
    needs_consent: bool
