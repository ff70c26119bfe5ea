"""Published cases: the allocation gives what others published."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from shared.text.money import FEN_PER_WAN
from tests.unit.funding.reward import candidate, pool, pool_of, ranked, rules, strata, tier

CASES = Path(__file__).parents[3] / "cases" / "funding"
SICHUAN: dict[str, Any] = json.loads((CASES / "sichuan_2018_county_awards.json").read_text("utf-8"))
TITLE_1: dict[str, Any] = json.loads((CASES / "title1_admin_reserve.json").read_text("utf-8"))

#: Places in the four classes of counties: their sums by tier are published, the split is ours.
PLACES = {"强县": (3, 3, 3, 2), "先进县": (3, 2, 2, 2), "进步县": (3, 3, 2, 3)}
CLASS_SIZES = (33, 57, 35, 58)  # 183 counties in four classes


def test_places_are_those_published() -> None:
    assert {name: sum(places) for name, places in PLACES.items()} == SICHUAN["candidates"]


def counties() -> list[tuple[str, str]]:
    return [
        (f"class{number}", f"51{number}{index:03d}")
        for number, size in enumerate(CLASS_SIZES, start=1)
        for index in range(size)
    ]


def sichuan(*, backfill: bool, removed: str | None) -> Allocation:
    """183 counties, ranked by turns through the classes; the removed one holds the last 进步县 place of class 4."""
    codes = counties()
    order = sorted(codes, key=lambda pair: (pair[1][3:], pair[0]))
    units: list[Candidate] = []
    for rank, (_, county) in enumerate(order, start=1):
        out: dict[str, Any] = {"eligible": False, "developing_well": False, "status": "refused"}
        changed = {"removed": "公示期取消", **out} if county == removed else {}
        units.append(candidate(county, rank, county_code=county, **changed))
    classes: dict[str, list[str]] = {}
    for code, county in codes:
        classes.setdefault(code, []).append(county)
    tiers = [
        tier(f"tier{index}", {f"class{n}": places for n, places in enumerate(PLACES[name], start=1)}, wan)
        for index, (name, wan) in enumerate(SICHUAN["tiers_wan_yuan"].items(), start=1)
    ]
    given = rules(
        pool=pool(SICHUAN["expected_total_wan_yuan"]["candidates"]),
        strata=strata(**classes),
        tiers=tiers,
        removal={"backfill": backfill, "label": "illustrative"},
    )
    return allocate(given, units, pool_fen=pool_of(given))


def test_sichuan_31_candidates_144000_wan() -> None:
    made = sichuan(backfill=False, removed=None)
    assert len(made.awards) == 31
    assert made.awarded_fen == 144_000 * FEN_PER_WAN
    assert made.unallocated_fen == 0


def third_tier_county() -> str:
    made = sichuan(backfill=False, removed=None)
    return [award.candidate.unit for award in made.awards if award.tier == "tier3"][-1]


def test_sichuan_one_removed_and_not_replaced_30_awards_141000_wan() -> None:
    made = sichuan(backfill=False, removed=third_tier_county())
    counts = {f"tier{i}": sum(a.tier == f"tier{i}" for a in made.awards) for i in (1, 2, 3)}
    assert list(counts.values()) == list(SICHUAN["final"].values())
    assert made.awarded_fen == SICHUAN["expected_total_wan_yuan"]["final"] * FEN_PER_WAN
    assert made.unallocated_fen == 3_000 * FEN_PER_WAN


def test_sichuan_with_backfill_would_have_been_31_again() -> None:
    made = sichuan(backfill=True, removed=third_tier_county())
    assert (len(made.awards), made.awarded_fen) == (31, 144_000 * FEN_PER_WAN)


@pytest.mark.parametrize("case", TITLE_1["cases"], ids=lambda case: case["name"])
def test_title_1_reserve_is_the_greater_of_one_percent_and_a_fixed_sum(case: dict[str, Any]) -> None:
    cents = 100
    total = sum(case["parts"])
    assert total == case["total"]
    reserve = {
        "percent": "1",
        "fixed_fen": 400_000 * cents,
        "take": "max",
        "unit_fen": cents,
        "label": "illustrative",
    }
    given = rules(pool=pool(8), tiers=[tier("first", 1, 1)], admin_reserve=reserve | {"fixed_fen": 0})
    exact = rules(pool=pool(1000), tiers=[tier("first", 1, 1)], admin_reserve=reserve)
    made = allocate(exact, ranked(1), pool_fen=total * cents)
    assert made.reserve_fen == case["maximum"] * cents
    assert made.steps[0].numbers["percentage_fen"] == case["one_percent"] * cents
    share_only = allocate(given, ranked(1), pool_fen=total * cents)
    assert share_only.reserve_fen == case["one_percent"] * cents
    assert made.awarded_fen + made.reserve_fen + made.unallocated_fen == total * cents
