"""Ranks: competition ranks over a list (1, 2, 2, 4), given with the list or made from scores."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.funding.domain.allocation.result import Line, Step
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.inputs.released_lists import KIND_NAMES
from services.funding.domain.refusals import RanksAreNotCompetitionRanks, RanksMissing
from services.funding.domain.rules.reward import RewardRules
from shared.errors import Item


def check_ranks(rules: RewardRules, ordered: Sequence[Candidate], strata: Mapping[str, str]) -> None:
    """Over the whole list, or anew in each stratum where the rules say so."""
    lists: dict[str, list[Candidate]] = {}
    for unit in ordered:
        lists.setdefault(strata.get(unit.unit, "") if rules.ranks_within_strata else "", []).append(unit)
    for units in lists.values():
        _check_list(units)


def _check_list(ordered: Sequence[Candidate]) -> None:
    """Ranks run 1, 2, 2, 4 over everybody who has one; each unit stands once."""
    items = [
        Item(unit, "unit-once", f"{unit} 重复", f"{unit} is listed twice")
        for unit, count in Counter(candidate.unit for candidate in ordered).items()
        if count > 1
    ]
    ranks = [candidate.rank for candidate in ordered if candidate.rank is not None]
    expected = 1
    for index, rank in enumerate(ranks):
        if index == 0 or rank != ranks[index - 1]:
            expected = index + 1
        if rank != expected:
            items.append(
                Item(
                    "release.units",
                    "competition-rank",
                    f"名次应为 {expected},实为 {rank}",
                    f"the rank must be {expected} and is {rank}",
                )
            )
            break
    if items:
        raise RanksAreNotCompetitionRanks(
            "名次不是竞赛名次(1、2、2、4)", "The ranks are not competition ranks (1, 2, 2, 4)", items=items
        )


def ranked_by_score(units: Sequence[Candidate], strata: Mapping[str, str]) -> list[Candidate]:
    """Competition ranks by falling score, over all or within each stratum; who has no score has no rank."""
    lists: dict[str, list[Decimal]] = {}
    for unit in units:
        if unit.score is not None:
            lists.setdefault(strata.get(unit.unit, ""), []).append(unit.score)
    places: dict[tuple[str, Decimal], int] = {}
    for stratum, scores in lists.items():
        for number, score in enumerate(sorted(scores, reverse=True), start=1):
            places.setdefault((stratum, score), number)
    return [
        replace(unit, rank=None if unit.score is None else places[(strata.get(unit.unit, ""), unit.score)])
        for unit in units
    ]


def releases_step(rules: RewardRules, ordered: Sequence[Candidate]) -> list[Step]:
    """Which rank each unit had in its own release, where the list is made of several; else no step."""
    if rules.releases is None or all(unit.released is None for unit in ordered):
        return []
    lines = []
    for unit in ordered:
        if unit.released is None:  # pragma: no cover - a list is joined as a whole
            continue
        zh, en = KIND_NAMES[unit.released.kind]
        if unit.rank is None:
            lines.append(Line(unit.unit, None, f"{zh}没有名次", f"without a rank in {en}"))
        else:
            told = f"{zh}第{unit.released.rank}名，合排第{unit.rank}名"
            lines.append(
                Line(unit.unit, None, told, f"rank {unit.released.rank} in {en}, rank {unit.rank} of all")
            )
    kinds = Counter(unit.released.kind for unit in ordered if unit.released is not None)
    rule = f"reward.releases={rules.releases.ranked_by.value}; {rules.releases.source.cited}"
    return [
        Step(
            "releases", rule, {f"{kind}_units": count for kind, count in sorted(kinds.items())}, tuple(lines)
        )
    ]


def check_ranks_exist(rules: RewardRules, units: Sequence[Candidate]) -> None:
    """Refuses rules that go by ranks where nobody has one."""
    if rules.needs_ranks and units and all(unit.rank is None for unit in units):
        raise RanksMissing("规则按名次分配,名单中没有名次", "The rules go by ranks, and the list has no rank")
