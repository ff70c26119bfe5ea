"""Incentive rules as data: how reward money is shared, and which instruments give a project priority.

A version is published as a whole and never changed. Every rule says where it comes from: ``official`` cites a
clause, ``published`` a published figure, ``illustrative`` is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.policy.source import Source

if TYPE_CHECKING:
    from services.funding.domain.chain_rules import ChainRules

#: The only stratum of rules that have none.
WHOLE = ""


class Status(StrEnum):
    """A designation status that a rule may ask for."""

    DESIGNATED = "designated"
    CULTIVATED = "cultivated"
    RECTIFICATION = "rectification"


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


class Exhaustion(StrEnum):
    """What happens where an award no longer fits into what is left."""

    SKIP = "skip"
    STOP = "stop"
    PARTIAL = "partial"


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
class Eligibility:
    """27号 三(五): money for those that rank at the front *and* develop well; the unit must hold the status."""

    statuses: frozenset[Status]
    tests: tuple[OutcomeTest, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Ranking:
    among: Among
    source: Source


@dataclass(frozen=True, slots=True)
class Stratum:
    """A class of counties within which tiers are given separately."""

    name: Named
    counties: frozenset[str]


@dataclass(frozen=True, slots=True)
class AdminReserve:
    """Off the top: a percentage of the pool (half up to a whole unit) against a fixed sum."""

    percent: Decimal
    fixed_fen: int
    take: ReserveTake
    unit_fen: int
    source: Source


@dataclass(frozen=True, slots=True)
class Tier:
    """A prize tier: ``places`` in each stratum (``""`` where there is none), each worth ``amount_fen``."""

    name: Named
    amount_fen: int
    places: Mapping[str, int]
    tie_policy: TiePolicy

    @property
    def planned_fen(self) -> int:
        return self.amount_fen * sum(self.places.values())


@dataclass(frozen=True, slots=True)
class TieKey:
    kind: TieKeyKind
    node: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class RewardRules:
    """The chain by which a pool becomes awards."""

    pool_fen: int
    pool_source: Source
    rounding_unit_fen: int
    eligibility: Eligibility
    ranking: Ranking
    strata: tuple[Stratum, ...]
    admin_reserve: AdminReserve | None
    tiers: tuple[Tier, ...]
    tie_keys: tuple[TieKey, ...]
    exhaustion: Exhaustion
    exhaustion_source: Source
    disposition: Disposition
    disposition_source: Source
    backfill: bool
    backfill_source: Source

    @property
    def stratum_codes(self) -> tuple[str, ...]:
        return tuple(stratum.name.code for stratum in self.strata) or (WHOLE,)

    @property
    def planned_fen(self) -> int:
        return sum(tier.planned_fen for tier in self.tiers)


@dataclass(frozen=True, slots=True)
class Use:
    """A named use of reward money or of an instrument; *other* (等) needs written consent."""

    name: Named
    needs_consent: bool


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a project of a designated cluster may get priority for, and the test that it must pass itself."""

    name: Named
    statuses: frozenset[Status]
    uses: tuple[Use, ...]
    negative_list_document: str
    negative_list: tuple[Named, ...]
    minimum_revenue_cover: Decimal
    revenue_cover_source: Source
    required_approvals: tuple[Named, ...]
    order_source: Source
    valid_months: int
    validity_source: Source

    def use(self, code: str) -> Use | None:
        return next((use for use in self.uses if use.name.code == code), None)


@dataclass(frozen=True, slots=True)
class Example:
    """A policy officer's worked example: this ranking and budget, these amounts (or this refusal)."""

    name: str
    budget_fen: int
    units: tuple[Mapping[str, str], ...]
    amounts_fen: Mapping[str, int]
    remainder_fen: int | None
    refused: str | None


@dataclass(frozen=True, slots=True)
class IncentiveRules:
    id: str
    version: str
    programme: str
    purpose: str
    title_zh: str
    title_en: str
    source: Source
    effective_from: date
    effective_to: date | None
    reward: "RewardRules | ChainRules"
    instruments: tuple[Instrument, ...]
    uses: tuple[Use, ...] = ()
    """What the reward money is for; where the rules name nothing, it is the county's to say."""
    examples: tuple[Example, ...] = ()

    def in_effect(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def instrument(self, code: str) -> Instrument | None:
        return next((entry for entry in self.instruments if entry.name.code == code), None)
