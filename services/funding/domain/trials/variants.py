"""Rules and budgets side by side on one release, and against last year. Nothing is held, nothing is booked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.rules.reward import RewardRules
from shared.errors import Refusal


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of rules with one budget, as it was asked for."""

    name: str
    rules: IncentiveRules
    rules_sha256: str
    published: bool
    pool_fen: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a variant gives to its candidates, or why it gives nothing."""

    variant: Variant
    candidates: Sequence[Candidate]
    made: Allocation | None
    refusal: Refusal | None

    def amounts(self) -> dict[str, int]:
        return {} if self.made is None else {a.candidate.unit: a.amount_fen for a in self.made.awards}


@dataclass(frozen=True, slots=True)
class PastAward:
    """What a cluster was awarded the fiscal year before, in issued lists."""

    cluster: str
    name: str
    county_code: str
    county_name: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Row:
    """A cluster or a county with its amount of last year and of each variant (null where that was refused)."""

    code: str
    name: str
    county_code: str
    county_name: str
    rank: int | None
    last_year_fen: int
    amounts_fen: tuple[int | None, ...]


def try_variants(
    variants: Sequence[Variant], standing: Callable[[RewardRules], Sequence[Candidate]]
) -> list[Tried]:
    """A variant that is refused says why, and the others go on. ``standing``: who stands by the variant's rules."""
    tried = []
    for variant in variants:
        try:
            candidates = standing(variant.rules.reward)
            made = allocate(variant.rules.reward, candidates, pool_fen=variant.pool_fen)
            tried.append(Tried(variant, candidates, made, None))
        except Refusal as refusal:
            tried.append(Tried(variant, (), None, refusal))
    return tried


def compare_units(
    tried: Sequence[Tried], candidates: Sequence[Candidate], past: Sequence[PastAward]
) -> list[Row]:
    """Every cluster of the release, and those that were awarded last year and are no longer in it."""
    amounts = [(entry.made is not None, entry.amounts()) for entry in tried]
    before = {award.cluster: award for award in past}

    def of(unit: str) -> tuple[int | None, ...]:
        return tuple(found.get(unit, 0) if made else None for made, found in amounts)

    rows = [
        Row(
            candidate.unit,
            candidate.name,
            candidate.county_code,
            candidate.county_name,
            candidate.rank,
            before[candidate.unit].amount_fen if candidate.unit in before else 0,
            of(candidate.unit),
        )
        for candidate in candidates
    ]
    present = {candidate.unit for candidate in candidates}
    rows += [
        Row(a.cluster, a.name, a.county_code, a.county_name, None, a.amount_fen, of(a.cluster))
        for a in past
        if a.cluster not in present
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.code))


def rows_beside_last_year(
    candidates: Sequence[Candidate], amounts: Mapping[str, int], past: Sequence[PastAward]
) -> list[Row]:
    """One amount for each cluster that stood, and for those that were awarded last year only."""
    before = last_year_by_cluster(past)
    known = {c.unit: (c.name, c.county_code, c.county_name, c.rank) for c in candidates}
    known |= {a.cluster: (a.name, a.county_code, a.county_name, None) for a in past if a.cluster not in known}
    rows = [
        Row(unit, name, county, county_name, rank, before.get(unit, 0), (amounts.get(unit, 0),))
        for unit, (name, county, county_name, rank) in known.items()
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.code))


def compare_counties(rows: Sequence[Row]) -> list[Row]:
    """The same by county."""
    counties: dict[str, list[Row]] = {}
    for row in rows:
        counties.setdefault(row.county_code, []).append(row)
    return [
        Row(
            county,
            held[0].county_name,
            county,
            held[0].county_name,
            None,
            sum(row.last_year_fen for row in held),
            tuple(_sum(column) for column in zip(*(row.amounts_fen for row in held), strict=True)),
        )
        for county, held in sorted(counties.items())
    ]


def _sum(column: Sequence[int | None]) -> int | None:
    known = [amount for amount in column if amount is not None]
    return sum(known) if len(known) == len(column) else None


def last_year_by_cluster(past: Sequence[PastAward]) -> Mapping[str, int]:
    return {award.cluster: award.amount_fen for award in past}
