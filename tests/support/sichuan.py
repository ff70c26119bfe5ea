"""Sichuan's county-economy awards 2018 as a story: published tiers and counts, generated names, ranks and runner-up."""

import json
from pathlib import Path
from typing import Any

from shared.contracts.release import Release
from shared.text.money import FEN_PER_WAN
from tests.support.funding import PROGRAMME, release_of

FACTS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "cases" / "funding" / "sichuan_2018_county_awards.json").read_text("utf-8")
)
CLASS_SIZES = (33, 57, 35, 58)  # 183 counties in four classes: published
#: Places of each tier in the four classes: their sums are published, the split is ours.
PLACES = {"强县": (3, 3, 3, 2), "先进县": (3, 2, 2, 2), "进步县": (3, 3, 2, 3)}
CODES = {"强县": "strong", "先进县": "advanced", "进步县": "progress"}
BUDGET_FEN = FACTS["expected_total_wan_yuan"]["candidates"] * FEN_PER_WAN
#: It holds the last place of the third tier in the third class: the one that was removed in the notice period.
REMOVED = "513007"


def counties() -> list[tuple[int, str]]:
    """Class and code of the 183 counties; ranks run by turns through the classes."""
    codes = [(n, f"51{n}{i:03d}") for n, size in enumerate(CLASS_SIZES) for i in range(1, size + 1)]
    return sorted(codes, key=lambda pair: (pair[1][3:], pair[0]))


def release(*, number: int, removed: str | None, **changed: Any) -> Release:
    """The final release; a removed county keeps its rank, and no outcome holds for it any more."""
    out = {
        "removed": "公示期取消",
        "outcomes": {"eligible": False, "developing_well": False, "proposed_status": "refuse"},
    }
    clusters = [(code, f"51{n}000", f"县{code}") for n, code in counties()]
    return release_of(
        clusters,
        changed_units={} if removed is None else {removed: out},
        number=number,
        **changed,
    )


def rules(*, backfill: bool) -> dict[str, Any]:
    tiers = [
        {
            "code": CODES[name],
            "zh": name,
            "en": CODES[name],
            "places_by_stratum": {f"class{n}": places for n, places in enumerate(PLACES[name], start=1)},
            "amount_fen": wan * FEN_PER_WAN,
            "ties": "by_keys",
            "label": "published",
            "basis": "四川省2018年县域经济考核奖励公示",
        }
        for name, wan in FACTS["tiers_wan_yuan"].items()
    ]
    sets: dict[str, list[str]] = {}
    for number, code in counties():
        sets.setdefault(f"class{number + 1}", []).append(code)
    return {
        "schema": "county-clusters/incentive/2",
        "id": "sichuan-2018",
        "version": "with-backfill" if backfill else "as-published",
        "programme": PROGRAMME,
        "purpose": "incentive",
        "title": {"zh": "四川2018年县域经济奖励", "en": "Sichuan's county-economy awards 2018"},
        "label": "illustrative",
        "effective": {"from": "2018-01-01"},
        "reward": {
            "pool": {"amount_fen": BUDGET_FEN, "label": "illustrative"},
            "eligibility": {"statuses": ["designated"], "tests": ["eligible", "developing_well"]},
            "strata": {"column": "county", "sets": sets},
            "amounts": {"method": "tiers", "tiers": tiers},
            "tie_keys": [{"key": "unit", "order": "ascending"}],
            "removal": {"backfill": backfill, "label": "published", "basis": "2019年公布名单:不递补"},
            "rounding": {"unit_fen": FEN_PER_WAN},
            "remainder": {"disposition": "return"},
        },
    }
