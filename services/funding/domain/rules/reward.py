"""The rules by which a pool becomes awards, as data.

reserve → eligibility → strata and cut → amounts → floors and caps → caps of groups → rounding → exhaustion →
remainder. Each part says where it comes from.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.funding.domain.rules.policies import Comparison, Method, Prevails, Short, Shortage, TiersExceed
from services.funding.domain.rules.quantities import Quantity, Rounding
from services.funding.domain.rules.releases import ReleasesRule
from services.funding.domain.rules.units import Unit
from services.funding.domain.rules.vocabulary import (
    WHOLE,
    AdminReserve,
    Among,
    Disposition,
    TieKey,
    TiePolicy,
    Tier,
)
from shared.policy.source import Source


@dataclass(frozen=True, slots=True)
class FlagTest:
    """A column that must say yes."""

    column: str


@dataclass(frozen=True, slots=True)
class WordTest:
    column: str
    words: frozenset[str]
    negated: bool


@dataclass(frozen=True, slots=True)
class NumberTest:
    of: Quantity
    comparisons: tuple[tuple[Comparison, Quantity], ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One condition; all of a rule's tests must hold, and no veto."""

    code: str
    condition: FlagTest | WordTest | NumberTest
    source: Source


@dataclass(frozen=True, slots=True)
class Entry:
    """27号 三(五): rank at the front *and* develop well; and whatever excludes."""

    tests: tuple[Test, ...]
    vetoes: tuple[Test, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class StrataRule:
    """Classes within which the cut, tiers and (with ``pools``) the money are separate.

    ``sets`` names the words of each stratum; without it every word of the column is one.
    """

    column: str
    sets: Mapping[str, frozenset[str]] | None
    pools: Mapping[str, Fraction] | None  # percent of the money
    pools_fen: Mapping[str, int] | None  # or fixed parts of it
    source: Source

    @property
    def apart(self) -> frozenset[str] | None:
        """The strata with money of their own, if they have."""
        own = self.pools if self.pools is not None else self.pools_fen
        return None if own is None else frozenset(own)


@dataclass(frozen=True, slots=True)
class Cut:
    """Who is at the front: all that is given must hold."""

    top: Mapping[str, int] | None  # "" for every stratum
    top_percent: Fraction | None
    percent_rounding: Rounding
    score_at_least: Fraction | None
    grades: frozenset[str] | None
    ties: TiePolicy
    source: Source

    @property
    def by_rank(self) -> bool:
        return self.top is not None or self.top_percent is not None


@dataclass(frozen=True, slots=True)
class TierAmounts:
    """By rank band: prize tiers in the order of places."""

    code: str
    tiers: tuple[Tier, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class PlainAmounts:
    """An amount that a quantity gives, in fen. ``reaches_all``: a zero is an amount, to which floors apply."""

    code: str
    of: Quantity
    source: Source
    reaches_all: bool = True
    at: str = ""  # the place in the rules


@dataclass(frozen=True, slots=True)
class ShareAmounts:
    """base + what is left in proportion to a weight. Equal shares have the weight 1."""

    code: str
    base: Quantity | None
    weight: Quantity
    source: Source
    at: str = ""  # the place in the rules


@dataclass(frozen=True, slots=True)
class CombinedAmounts:
    """The sum, the greatest or the least of several rules."""

    code: str
    kind: str  # sum, max, min
    rules: "tuple[AmountRule, ...]"
    source: Source


AmountRule = TierAmounts | PlainAmounts | ShareAmounts | CombinedAmounts


@dataclass(frozen=True, slots=True)
class Limit:
    """A floor or a cap of each unit, in fen; ``rounding`` brings it to whole units of money."""

    code: str
    of: Quantity
    source: Source
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class GroupCap:
    """What all units with the same word in a column get together at most."""

    code: str
    column: str
    of: Quantity | None  # for every word
    each: Mapping[str, int] | None  # fen by word; a word that is not listed has no cap
    source: Source


@dataclass(frozen=True, slots=True)
class RoundingRule:
    unit_fen: int
    method: Method
    each: Rounding
    source: Source


@dataclass(frozen=True, slots=True)
class Remainder:
    disposition: Disposition
    next_rank_fen: int | None  # what the next ranks get while it lasts; the disposition takes the rest
    next_rank_partial: bool  # whether the first that it no longer reaches gets what is left
    source: Source


@dataclass(frozen=True, slots=True)
class RewardRules:
    """Everything from a pool to amounts. ``pool_fen`` may be left to the round."""

    pool_fen: int | None
    pool_source: Source
    entry: Entry
    among: Among
    ranks_within_strata: bool
    ranks_by_score: bool
    ranking_source: Source
    strata: StrataRule | None
    cut: Cut | None
    tie_keys: tuple[TieKey, ...]
    backfill: bool
    backfill_source: Source
    admin_reserve: AdminReserve | None
    amounts: AmountRule
    floors: tuple[Limit, ...]
    caps: tuple[Limit, ...]
    group_caps: tuple[GroupCap, ...]
    floors_exceed_pool: Short
    floor_above_cap: Prevails
    tiers_exceed_pool: TiersExceed
    conflicts_source: Source
    rounding: RoundingRule
    exhaustion: Shortage
    exhaustion_source: Source
    remainder: Remainder
    columns: Mapping[str, bool]  # every column that is read; true where it is read as a number
    releases: ReleasesRule | None = None  # whether a round may rest on several
    counted_in: Unit = Unit.WAN  # in what messages tell amounts

    def stratum_names(self, present: Iterable[str]) -> frozenset[str]:
        """The strata that the rules name, else those that are there."""
        if self.strata is None:
            return frozenset({WHOLE})
        return frozenset(present if self.strata.sets is None else self.strata.sets)

    @property
    def needs_ranks(self) -> bool:
        in_order = self.exhaustion in (Shortage.SKIP, Shortage.STOP, Shortage.PARTIAL)
        by_rank = self.cut is not None and self.cut.by_rank
        return in_order or by_rank or bool(tiers_in(self.amounts)) or self.remainder.next_rank_fen is not None


def tiers_in(rule: AmountRule) -> tuple[Tier, ...]:
    """Every prize tier of the rule, also those inside a combination."""
    if isinstance(rule, CombinedAmounts):
        return tuple(tier for part in rule.rules for tier in tiers_in(part))
    return rule.tiers if isinstance(rule, TierAmounts) else ()


def places_of(tier: Tier, strata: Collection[str]) -> dict[str, int]:
    """The places of a tier in each of these strata; one number may hold for all of them."""
    if WHOLE in tier.places:
        return dict.fromkeys(strata, tier.places[WHOLE])
    return {stratum: tier.places.get(stratum, 0) for stratum in strata}


def planned_fen(tiers: Iterable[Tier], strata: Collection[str]) -> int:
    """What prize tiers are worth with every place filled."""
    return sum(tier.amount_fen * sum(places_of(tier, strata).values()) for tier in tiers)


def shares(rule: AmountRule) -> bool:
    """Whether the rule fills the pool (its amounts depend on how much there is)."""
    if isinstance(rule, CombinedAmounts):
        return rule.kind == "sum" and any(shares(part) for part in rule.rules)
    return isinstance(rule, ShareAmounts)


def codes_of(rule: AmountRule) -> tuple[str, ...]:
    """The codes that an award may carry as its tier."""
    if isinstance(rule, TierAmounts):
        return tuple(tier.name.code for tier in rule.tiers)
    if isinstance(rule, CombinedAmounts):
        return tuple(dict.fromkeys([rule.code, *(c for part in rule.rules for c in codes_of(part))]))
    return (rule.code,)
