"""Prize tiers by place: who stands in which tier, and what the tie policy does with equals at a tier's cut.

Places are competition places within a stratum (1, 2, 2, 4). A tier of n places takes the places after those of the
tiers before it. Equals of one place that do not all fit above a cut are settled by the policy of that tier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.funding.domain.allocation.ties_at_cut import told_apart
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.rules.vocabulary import TieKey, TiePolicy, Tier


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate in the order of its stratum; one that is not paid keeps its place empty."""

    candidate: Candidate
    rank: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate at a place (equals share it) with the tier that it falls into, if any."""

    candidate: Candidate
    stratum: str
    rank: int
    place: int
    paid: bool
    tier: Tier | None
    planned_fen: int
    tie_policy: TiePolicy | None  # set where a tie at a cut was settled by it


@dataclass(frozen=True, slots=True)
class _Band:
    tier: Tier
    last: int


@dataclass(frozen=True, slots=True)
class Prizes:
    """What of the rules decides about places; ``places`` by stratum and tier."""

    tiers: tuple[Tier, ...]
    places: Mapping[str, Sequence[int]]
    tie_keys: tuple[TieKey, ...]
    rounding_unit_fen: int


def place_in_tiers(prizes: Prizes, stratum: str, standings: Sequence[Standing]) -> tuple[Placed, ...]:
    """Everybody of a stratum with a place; the order of the input has no effect."""
    bands: list[_Band] = []
    for tier, places in zip(prizes.tiers, prizes.places[stratum], strict=True):
        if places:
            bands.append(_Band(tier, (bands[-1].last if bands else 0) + places))
    ordered = sorted(standings, key=lambda standing: (standing.rank, standing.candidate.unit))
    placed: list[Placed] = []
    for _, group in groupby(ordered, key=lambda standing: standing.rank):
        placed.extend(_settle(prizes, stratum, bands, list(group), first=len(placed) + 1))
    return tuple(placed)


def _settle(
    prizes: Prizes, stratum: str, bands: Sequence[_Band], group: Sequence[Standing], *, first: int
) -> list[Placed]:
    last = first + len(group) - 1
    policy: TiePolicy | None = None
    for band in bands:
        if first > band.last:
            continue
        if last <= band.last:
            return _all_get(stratum, group, first, band.tier, band.tier.amount_fen, policy)
        policy = band.tier.tie_policy  # the group stands across this tier's cut
        if policy is TiePolicy.ALL:
            return _all_get(stratum, group, first, band.tier, band.tier.amount_fen, policy)
        if policy is TiePolicy.SPLIT:
            worth = sum(min(_worth(bands, place), band.tier.amount_fen) for place in range(first, last + 1))
            share = worth // len(group) // prizes.rounding_unit_fen * prizes.rounding_unit_fen
            return _all_get(stratum, group, first, band.tier, share, policy)
        if policy is TiePolicy.BY_KEYS:
            return _by_keys(prizes, stratum, bands, group, first, band.tier)
        # NONE: the whole group falls to the next tier
    return _all_get(stratum, group, first, None, 0, policy)


def _all_get(
    stratum: str,
    group: Sequence[Standing],
    first: int,
    tier: Tier | None,
    amount_fen: int,
    policy: TiePolicy | None,
) -> list[Placed]:
    return [
        Placed(s.candidate, stratum, s.rank, first, s.paid, tier, amount_fen if tier else 0, policy)
        for s in group
    ]


def _worth(bands: Sequence[_Band], place: int) -> int:
    return next((band.tier.amount_fen for band in bands if place <= band.last), 0)


def _by_keys(
    prizes: Prizes,
    stratum: str,
    bands: Sequence[_Band],
    group: Sequence[Standing],
    first: int,
    tier: Tier,
) -> list[Placed]:
    cut = f"“{tier.name.zh}”分界处", f"the cut of the tier {tier.name.en}"
    parts = told_apart(group, prizes.tie_keys, lambda standing: standing.candidate, cut=cut)
    placed: list[Placed] = []
    for part in parts:
        placed.extend(_settle(prizes, stratum, bands, part, first=first + len(placed)))
    return [_decided(entry) for entry in placed]


def _decided(entry: Placed) -> Placed:
    return Placed(
        entry.candidate,
        entry.stratum,
        entry.rank,
        entry.place,
        entry.paid,
        entry.tier,
        entry.planned_fen,
        entry.tie_policy or TiePolicy.BY_KEYS,
    )
