"""Whatever the ranks, ties, tests, tiers and policies: exact sum, order kept, no effect of the input's order."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import ReserveExceedsPool, TiersExceedPool
from services.funding.domain.rules.policies import Shortage
from services.funding.domain.rules.reward import RewardRules, planned_fen, tiers_in
from services.funding.domain.rules.vocabulary import TiePolicy
from tests.support.examples import examples
from tests.unit.funding.reward import candidate, pool, pool_of, rules, strata, tier

COUNTIES = {"a": ["421303", "421321"], "b": ["420115"]}
KEYS = [{"key": "score", "order": "descending"}, {"key": "unit", "order": "ascending"}]


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    scores = draw(st.lists(st.integers(0, 6), min_size=1, max_size=14))
    units = []
    for number, score in enumerate(scores):
        rank = 1 + sum(other > score for other in scores)
        changed: dict[str, Any] = {
            "county_code": draw(st.sampled_from(["421303", "421321", "420115"])),
            "developing_well": draw(st.sampled_from([True, True, True, False])),
            "status": draw(st.sampled_from(["designated", "designated", "cultivated"])),
            "removed": draw(st.sampled_from([None, None, None, "取消"])),
        }
        units.append(candidate(f"u{number:02d}", rank, **changed))
    return units


@st.composite
def reward_rules(draw: st.DrawFn) -> RewardRules:
    stratified = draw(st.booleans())
    amounts = sorted(draw(st.lists(st.integers(1, 50), min_size=1, max_size=4)), reverse=True)
    places = st.integers(1, 4)
    policies = st.sampled_from([policy.value for policy in TiePolicy])
    tiers = [
        tier(
            f"t{index}",
            {"a": draw(places), "b": draw(st.integers(0, 4))} if stratified else draw(places),
            amount,
            draw(policies),
        )
        for index, amount in enumerate(amounts)
    ]
    return rules(
        pool=pool(draw(st.integers(1000, 2000))),
        strata=strata(**COUNTIES) if stratified else None,
        tiers=tiers,
        tie_keys=KEYS,
        ranking={"among": draw(st.sampled_from(["eligible", "all"])), "label": "illustrative"},
        removal={"backfill": draw(st.booleans()), "label": "illustrative"},
        exhaustion={"policy": draw(st.sampled_from(["skip", "stop", "partial"])), "label": "illustrative"},
        admin_reserve=draw(
            st.sampled_from(
                [
                    None,
                    {"percent": "1", "fixed_fen": 3, "take": "max", "unit_fen": 1, "label": "illustrative"},
                ]
            )
        ),
    )


def attempt(given_rules: RewardRules, units: list[Candidate], pool_fen: int) -> Allocation | None:
    try:
        return allocate(given_rules, units, pool_fen=pool_fen)
    except (TiersExceedPool, ReserveExceedsPool):
        return None


@settings(max_examples=examples(80), deadline=None)
@given(reward_rules(), candidates(), st.integers(1, 40_000_000), st.randoms(use_true_random=False))
def test_the_sum_is_exact_the_order_is_kept_and_the_input_order_has_no_effect(
    given_rules: RewardRules, units: list[Candidate], spare_fen: int, random: Any
) -> None:
    # close to what the tiers cost, so that ties under `all` exhaust the money
    planned = planned_fen(tiers_in(given_rules.amounts), given_rules.stratum_names(()))
    pool_fen = min(planned + planned // 80 + spare_fen, pool_of(given_rules))
    made = attempt(given_rules, units, pool_fen)
    if made is None:
        return
    assert made.awarded_fen + made.reserve_fen + made.unallocated_fen == pool_fen
    assert made.unallocated_fen >= 0
    assert all(award.amount_fen > 0 for award in made.awards)
    assert all(_passes(award.candidate) for award in made.awards)
    _order_is_kept(given_rules, units, made)
    shuffled = list(units)
    random.shuffle(shuffled)
    assert attempt(given_rules, shuffled, pool_fen) == made


def _passes(unit: Candidate) -> bool:
    said = (unit.word("developing_well"), unit.word("status"))
    return unit.removed is None and said == ("yes", "designated")


def _order_is_kept(given_rules: RewardRules, units: list[Candidate], made: Allocation) -> None:
    """A better rank never gets less within a stratum, and equals get the same unless keys tell them apart."""
    if given_rules.exhaustion is Shortage.SKIP:
        return
    sets = {} if given_rules.strata is None else given_rules.strata.sets or {}
    stratum = {county: code for code, counties in sets.items() for county in counties}
    got = {award.candidate.unit: award.amount_fen for award in made.awards}
    by_keys = any(t.tie_policy is TiePolicy.BY_KEYS for t in tiers_in(given_rules.amounts))
    passed = [u for u in units if _passes(u)]
    for one in passed:
        for other in passed:
            if stratum.get(one.county_code) != stratum.get(other.county_code):
                continue
            assert one.rank is not None
            assert other.rank is not None
            if one.rank < other.rank:
                assert got.get(one.unit, 0) >= got.get(other.unit, 0)
            if one.rank == other.rank and not by_keys:
                assert got.get(one.unit, 0) == got.get(other.unit, 0)
