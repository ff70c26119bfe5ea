"""A simulation as it is kept: what a variant gives or why it gives nothing, and the money at stake."""

from services.funding.domain.refusals import AmountsExceedPool
from services.funding.domain.trials.simulation import no_stakes, result_of, stakes_by
from services.funding.domain.trials.variants import (
    PastAward,
    Variant,
    rows_beside_last_year,
    try_variants,
)
from shared.text.money import FEN_PER_WAN
from tests.unit.funding.reward import document, pool, ranked, tier, whole

RULES = whole(document([tier("first", 1, 30), tier("second", 1, 10)], pool=pool(40)))


def variant(pool_fen: int) -> Variant:
    return Variant("a", RULES, "sha256:1", True, pool_fen)


def test_a_variant_shows_its_sums_or_its_refusal() -> None:
    variants = [variant(40 * FEN_PER_WAN), variant(39 * FEN_PER_WAN)]
    given, refused = try_variants(variants, lambda _: ranked(1, 2, 3))
    shown = result_of(given)
    assert (shown.awards, shown.awarded_fen, shown.refusal) == (2, 40 * FEN_PER_WAN, None)
    assert [step.step for step in shown.steps][:2] == ["reserve", "eligibility"]
    told = result_of(refused)
    assert (told.awards, told.awarded_fen, told.steps) == (None, None, ())
    assert told.refusal is not None
    assert told.refusal.code == "tiers-exceed-pool" != AmountsExceedPool.code


def test_stakes_name_their_variant_and_need_a_finished_analysis() -> None:
    units = ranked(1, 2, 3)
    tried = try_variants([variant(40 * FEN_PER_WAN)], lambda _: units)
    shown = stakes_by(tried, {"u02": {2: 3, 3: 1}, "u03": {3: 3, 2: 1}}, total=4)
    assert [(cut.variant, cut.tier, cut.last_rank) for cut in shown.cuts] == [
        ("a", "first", 1),
        ("a", "second", 2),
    ]
    assert shown.cuts[1].at_stake_fen == 10 * FEN_PER_WAN // 4
    assert "(queued)" in no_stakes("queued").en


def test_last_years_clusters_stand_beside_this_years() -> None:
    past = [PastAward("u01", "甲", "421303", "曾都区", 5), PastAward("x", "乙", "421321", "随县", 7)]
    rows = rows_beside_last_year(ranked(2, 1), {"u02": 9}, past)
    assert [(row.code, row.rank, row.last_year_fen, row.amounts_fen) for row in rows] == [
        ("u02", 1, 0, (9,)),
        ("u01", 2, 5, (0,)),
        ("x", None, 7, (0,)),
    ]
