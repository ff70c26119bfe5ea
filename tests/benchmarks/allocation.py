"""Allocation by the whole chain against a bare loop of the fractions that it cannot do without.

The list is a country's: 5,700 clusters in 2,850 counties and 31 provinces. Every part of the chain is at work: a
reserve, tests and a veto, strata with a cut by percent and ties by keys, a weighted mix of four measures times a
coefficient and a base, two floors (hold-harmless by lookup), two caps, caps of county, province and sector, whole 万元
by largest remainder, every step kept.
"""

import random
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.reward import RewardRules
from shared.text.money import FEN_PER_WAN
from tests.benchmarks.harness import Arm, Comparison, Stopwatch

CLUSTERS, COUNTIES, PROVINCES, SECTORS = 5_700, 2_850, 31, 20
POOL_FEN = 4_000_000 * FEN_PER_WAN
#: For each cluster: four shares weighted and added, coefficient, base, floors and caps, quota and its remainder.
OPERATIONS = 24

REWARD: dict[str, Any] = {
    "admin_reserve": {"percent": 1, "fixed_fen": 40_000_000, "take": "max", "unit_fen": 100},
    "eligibility": {
        "statuses": ["designated"],
        "tests": ["eligible", "developing_well", {"code": "grown", "of": "growth", "more_than": -5}],
        "vetoes": [{"code": "fraud", "column": "fraud", "in": ["yes"]}],
    },
    "strata": {"column": "group"},
    "cut": {"top_percent": 90, "ties": "by_keys"},
    "tie_keys": [{"key": "revenue", "order": "descending"}, {"key": "unit", "order": "ascending"}],
    "amounts": {
        "method": "sum",
        "rules": [
            {"method": "fixed", "amount_fen": 10 * FEN_PER_WAN},
            {
                "method": "factors",
                "factors": [
                    {"of": "revenue", "weight": "0.4"},
                    {"of": "jobs", "weight": "0.3"},
                    {"of": {"above": 60, "of": "score"}, "weight": "0.2"},
                    {"of": "growth", "weight": "0.1"},
                ],
                "times": {"match": "grade", "values": {"A": "1.2", "B": 1}, "otherwise": "0.8"},
            },
        ],
    },
    "floors": [
        {"code": "least", "amount": 20 * FEN_PER_WAN},
        {
            "code": "hold_harmless",
            "amount": {
                "product": [
                    "last_year",
                    {
                        "lookup": "growth",
                        "steps": [{"at_least": 10, "value": "0.95"}, {"at_least": 5, "value": "0.9"}],
                        "otherwise": "0.85",
                    },
                ]
            },
        },
    ],
    "caps": [
        {"code": "most", "amount": 3_000 * FEN_PER_WAN},
        {"code": "growth", "amount": {"max": [{"percent": 250, "of": "last_year"}, 500 * FEN_PER_WAN]}},
    ],
    "group_caps": [
        {"code": "county", "by": "county", "amount": 2_900 * FEN_PER_WAN},
        {"code": "province", "by": "province", "amount": {"percent": "3.3", "of": "pool"}},
        {"code": "sector", "by": "sector", "amount": {"percent": "5.1", "of": "pool"}},
    ],
    "conflicts": {"floor_above_cap": "cap"},
    "rounding": {"unit_fen": FEN_PER_WAN},
}


def comparisons(*, rounds: int) -> dict[str, Callable[[], Comparison]]:
    return {"funding-allocation-5700": lambda: allocation(rounds)}


def allocation(rounds: int) -> Comparison:
    rules, clusters = read_rules(), national_list()
    numbers = [Fraction(unit.figure("revenue") or 0) for unit in clusters]
    step = Fraction(7, 13)

    def bare() -> None:
        total = Fraction(0)
        for number in numbers:
            for _ in range(OPERATIONS):
                total = number * step
        assert total

    def engine() -> None:
        made = allocate(rules, clusters, pool_fen=POOL_FEN)
        assert made.awarded_fen + made.reserve_fen + made.unallocated_fen == POOL_FEN

    return Comparison(
        "funding-allocation-5700",
        "Allocation to 5,700 clusters by all rules of the chain, to the fen, with every step kept",
        CLUSTERS,
        "clusters",
        [_timed("bare loop of Fraction products", bare), _timed("allocation chain", engine)],
        rounds,
        None,
        f"{OPERATIONS} products of fractions per cluster in the bare loop; target: less than 1 s of CPU",
    )


def _timed(name: str, work: Callable[[], None]) -> Arm:
    async def run() -> dict[str, float]:
        cpu, watch = time.process_time(), Stopwatch()
        work()
        return {"seconds": watch.seconds, "cpu_milliseconds": (time.process_time() - cpu) * 1000}

    return Arm(name, run)


def read_rules() -> RewardRules:
    document = {"schema": "county-clusters/incentive/2", "reward": REWARD}
    rules, problems = parse_incentive_rules(document, offline=True)
    assert rules is not None, problems
    assert isinstance(rules.reward, RewardRules)
    return rules.reward


def national_list() -> list[Candidate]:
    """Figures that nobody reported; many clusters share a score, so ranks are full of ties."""
    chance = random.Random(27)  # noqa: S311 - figures, not secrets
    scores = [Fraction(chance.randrange(5_500, 9_999), 100) for _ in range(CLUSTERS)]
    place: dict[Fraction, int] = {}
    for number, score in enumerate(sorted(scores, reverse=True), start=1):
        place.setdefault(score, number)
    return [_cluster(number, score, place[score], chance) for number, score in enumerate(scores)]


def _cluster(number: int, score: Fraction, rank: int, chance: random.Random) -> Candidate:
    county = number % COUNTIES
    words = {
        "status": "designated",
        "eligible": "yes",
        "developing_well": "no" if chance.random() < 0.05 else "yes",
        "fraud": "yes" if chance.random() < 0.01 else "no",
        "group": chance.choice(("east", "centre", "west", "northeast")),
        "grade": chance.choice("AABBBC"),
        "county": f"c{county:04d}",
        "province": f"p{county % PROVINCES:02d}",
        "sector": f"s{chance.randrange(SECTORS):02d}",
    }
    measures = {
        "revenue": Fraction(chance.randrange(100_000, 90_000_000), 100),
        "jobs": Fraction(chance.randrange(100, 90_000)),
        "growth": Fraction(chance.randrange(0, 300), 10),
        "last_year": Fraction(chance.randrange(0, 1_500) * FEN_PER_WAN),
    }
    return Candidate(
        unit=f"u{number:05d}",
        name=f"集群{number}",
        county_code=words["county"],
        county_name=words["county"],
        division_path=(),
        rank=rank,
        removed="取消" if chance.random() < 0.005 else None,
        score=Decimal(score.numerator) / score.denominator,
        contributions={},
        measures=measures,
        words=words,
    )
