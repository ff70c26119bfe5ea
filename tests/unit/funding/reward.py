"""Short words for reward rules and candidates in tests."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.rules.reward import RewardRules
from shared.text.money import FEN_PER_WAN
from tests.support import programme

HUBEI: dict[str, Any] = programme.document("incentive")
HUBEI_WITH_BONDS: dict[str, Any] = programme.newest_incentive()


def tier(code: str, places: int | dict[str, int], wan: int, ties: str = "by_keys") -> dict[str, Any]:
    kind = "places" if isinstance(places, int) else "places_by_stratum"
    return {
        "code": code,
        "zh": code,
        "en": code,
        kind: places,
        "amount_fen": wan * FEN_PER_WAN,
        "ties": ties,
        "label": "illustrative",
    }


def document(tiers: list[dict[str, Any]] | None = None, **reward: Any) -> dict[str, Any]:
    """Hubei's rules with tiers or other parts of the reward changed; a part that is None is left out."""
    changed = deepcopy(HUBEI)
    if tiers is not None:
        changed["reward"]["amounts"]["tiers"] = tiers
    changed["reward"] = {k: v for k, v in {**changed["reward"], **reward}.items() if v is not None}
    return changed


def rules(tiers: list[dict[str, Any]] | None = None, **reward: Any) -> RewardRules:
    return whole(document(tiers, **reward)).reward


def pool_of(given: RewardRules) -> int:
    assert given.pool_fen is not None
    return given.pool_fen


def strata(**counties: list[str]) -> dict[str, Any]:
    return {"column": "county", "sets": counties, "label": "illustrative"}


def whole(given: dict[str, Any]) -> IncentiveRules:
    parsed, problems = parse_incentive_rules(given)
    assert parsed is not None, problems
    return parsed


def found(given: object) -> set[tuple[str, str]]:
    """Path and rule of every problem of a document."""
    parsed, problems = parse_incentive_rules(given)
    assert parsed is None
    assert all(problem.zh and problem.en for problem in problems)
    return {(problem.field, problem.rule) for problem in problems}


def pool(wan: int) -> dict[str, Any]:
    return {"amount_fen": wan * FEN_PER_WAN, "label": "illustrative"}


def candidate(unit: str, rank: int | None, **changed: Any) -> Candidate:
    """``status``, ``eligible`` and ``developing_well`` are what the registry and the release say of it."""
    values: dict[str, Any] = {
        "unit": unit,
        "name": f"{unit}集群",
        "county_code": "421303",
        "county_name": "曾都区",
        "division_path": ("420000", "421300", "421303"),
        "rank": rank,
        "status": "designated",
        "eligible": True,
        "developing_well": True,
        "removed": None,
        "score": None if rank is None else Decimal(100 - rank),
        "contributions": {},
    } | changed
    said = {
        "unit": unit,
        "county": values["county_code"],
        "status": values.pop("status") or "",
        "eligible": "yes" if values.pop("eligible") else "no",
        "developing_well": "yes" if values.pop("developing_well") else "no",
    }
    return Candidate(**values | {"words": said | dict(values.get("words", {}))})


def ranked(*ranks: int) -> list[Candidate]:
    """Candidates u01, u02, ... with these ranks."""
    return [candidate(f"u{number:02d}", rank) for number, rank in enumerate(ranks, start=1)]
