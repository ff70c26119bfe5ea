"""The money at stake at each cut: what the units around it would gain or lose if their ranks had come out otherwise.

Rank probabilities come from scoring's robustness analysis of the release: counts of draws by rank. A cut lies behind
the last unit (by released rank, within a stratum) of an award rule or tier. Its step is the difference between the
amount before and behind it; a unit inside is at risk by the probability that its rank lies behind the cut, one outside
has the chance that it lies before it. Within strata the ranks are still those of the whole release. Where one release
stands behind another, its ranks begin behind all of that one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.rules.quantities import Rounding, rounded

#: By unit: in how many draws it had each rank.
RankDraws = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A unit near a cut; ``inside`` in this many of the draws."""

    unit: str
    rank: int
    inside: bool
    draws_inside: int
    at_stake_fen: int


@dataclass(frozen=True, slots=True)
class CutStake:
    stratum: str
    tier: str
    last_rank: int
    step_fen: int
    at_stake_fen: int
    units: tuple[Exposed, ...]


def stakes_of(
    made: Allocation, candidates: Sequence[Candidate], draws: RankDraws, *, total: int
) -> list[CutStake]:
    """Every cut of the allocation, in the order of strata and ranks. Units without draws are certain."""
    ranked = [c for c in candidates if c.rank is not None]
    by_stratum: dict[str, list[tuple[int, str, int]]] = {}
    for award in made.awards:
        by_stratum.setdefault(award.stratum, []).append((award.rank, award.tier, award.amount_fen))
    found = []
    for stratum, awards in sorted(by_stratum.items()):
        runs = [list(run) for _, run in groupby(sorted(awards), key=lambda entry: entry[1])]
        for run, following in zip(runs, [*runs[1:], []], strict=True):
            last_rank, tier, amount = run[-1]
            step = amount - (following[0][2] if following else 0)
            found.append(_cut(stratum, tier, last_rank, step, ranked, draws, total))
    return found


def _cut(
    stratum: str,
    tier: str,
    last_rank: int,
    step_fen: int,
    ranked: Sequence[Candidate],
    draws: RankDraws,
    total: int,
) -> CutStake:
    exposed, at_stake = [], Fraction(0)
    for unit in sorted(ranked, key=lambda unit: (unit.rank or 0, unit.unit)):
        counts, rank = draws.get(unit.unit), unit.rank or 0
        if counts is None:
            continue
        before = sum(number for place, number in counts.items() if place + _ahead(unit) <= last_rank)
        inside = rank <= last_rank
        wrong = total - before if inside else before
        if wrong == 0:
            continue
        stake = Fraction(step_fen * wrong, total)
        at_stake += stake if inside else 0
        exposed.append(Exposed(unit.unit, rank, inside, before, rounded(stake, Rounding.HALF_UP)))
    return CutStake(stratum, tier, last_rank, step_fen, rounded(at_stake, Rounding.HALF_UP), tuple(exposed))


def _ahead(unit: Candidate) -> int:
    """How many units of other releases stand ahead of the unit's own."""
    if unit.released is None:
        return 0
    return (unit.rank or 0) - (unit.released.rank or 0)
