"""Who takes part: tests and vetoes, strata, and the cut with its tie policy.

A removed unit whose place is not filled stays as a *phantom*: the chain runs as if it stood, and what it would have
got is left over. Where equals share the places before a cut (`split`), each counts with a *portion* of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Final

from services.funding.domain.allocation.evaluation import evaluate
from services.funding.domain.allocation.ties_at_cut import TIES_ZH, told_apart
from services.funding.domain.inputs.candidates import YES_NO_EN, YES_NO_ZH, Candidate, yes_or_no
from services.funding.domain.refusals import QuantityUndefined, StratumUnknown
from services.funding.domain.rules.policies import Comparison
from services.funding.domain.rules.quantities import rounded
from services.funding.domain.rules.reward import (
    Cut,
    FlagTest,
    NumberTest,
    RewardRules,
    Test,
    WordTest,
)
from services.funding.domain.rules.vocabulary import WHOLE, Among, OutcomeTest, TiePolicy
from shared.errors import Item

Reason = tuple[str, str]
_OUTCOMES: Final[Mapping[str, Reason]] = {
    OutcomeTest.ELIGIBLE: ("评估结果:不符合入选条件", "the release finds it not eligible"),
    OutcomeTest.DEVELOPING_WELL: (
        "评估结果:发展成效未达要求",
        "the release does not find it developing well",
    ),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A unit inside the cut. One that does not take only keeps its place; a phantom takes but is not paid."""

    candidate: Candidate
    stratum: str
    portion: Fraction
    takes: bool
    phantom: bool

    @property
    def order(self) -> tuple[int, str]:
        return (self.candidate.rank or 1 << 60, self.candidate.unit)


@dataclass(frozen=True, slots=True)
class Stand:
    """A unit in the order of its stratum; ``takes`` is false where it only keeps its place."""

    candidate: Candidate
    takes: bool
    phantom: bool


def reasons_against(
    rules: RewardRules, units: Sequence[Candidate], *, pool: Fraction, ranked: bool
) -> dict[str, list[Reason]]:
    """By unit, every reason for which it is out: failed tests, vetoes that hold, no rank in a list of ranks."""
    reasons: dict[str, list[Reason]] = {unit.unit: [] for unit in units}
    for wanted, tests in ((True, rules.entry.tests), (False, rules.entry.vetoes)):
        for test in tests:
            for unit, held in zip(units, _holds(test, units, pool), strict=True):
                if held is not wanted:
                    reasons[unit.unit].append(_failed(test, unit) if wanted else _excluded(test))
    for unit in units:
        if unit.removed is not None:
            reasons[unit.unit].append((f"公示后取消:{unit.removed}", f"removed after notice: {unit.removed}"))
        if ranked and unit.rank is None:
            reasons[unit.unit].append(("没有名次", "it has no rank"))
    return reasons


def _failed(test: Test, unit: Candidate) -> Reason:
    """In plain words where the release or the registry says it; a test of the rules' own by its code."""
    match test:
        case Test(code="statuses", condition=WordTest(column="status")):
            status = unit.word("status")
            return (f"认定状态为 {status or '无'}", f"its status is {status or 'none'}")
        case Test(code=code, condition=FlagTest(column)) if code == column and code in _OUTCOMES:
            return _OUTCOMES[code]
        case _:
            told = f"{test.code}({test.source.cited})", f"{test.code} ({test.source.cited})"
            return (f"不满足 {told[0]}", f"does not meet {told[1]}")


def _excluded(test: Test) -> Reason:
    return (f"触发否决 {test.code}({test.source.cited})", f"is excluded by {test.code} ({test.source.cited})")


def _holds(test: Test, units: Sequence[Candidate], pool: Fraction) -> list[bool]:
    match test.condition:
        case FlagTest(column):
            return [_flag(unit, column) for unit in units]
        case WordTest(column, words, negated):
            return [(unit.word(column) in words) is not negated for unit in units]
        case NumberTest(of, comparisons):
            values = evaluate(of, units, pool=pool)
            held = [True] * len(units)
            for kind, bound in comparisons:
                bounds = evaluate(bound, units, pool=pool)
                held = [
                    so_far and _compare(kind, value, limit)
                    for so_far, value, limit in zip(held, values, bounds, strict=True)
                ]
            return held


def _flag(unit: Candidate, column: str) -> bool:
    word = unit.word(column)
    said = yes_or_no(word)
    if said is not None:
        return said
    zh, en = (
        f"{unit.told_zh}:{column} 为「{word[:40]}」,{YES_NO_ZH}",
        f"{unit.told_en}: {column} is {word[:40]!r}; {YES_NO_EN}",
    )
    raise QuantityUndefined(zh, en, items=[Item(unit.unit, "flag-expected", zh, en, unit.row)])


def _compare(kind: Comparison, value: Fraction, bound: Fraction) -> bool:
    if kind is Comparison.AT_LEAST:
        return value >= bound
    if kind is Comparison.MORE_THAN:
        return value > bound
    return value <= bound if kind is Comparison.AT_MOST else value < bound


def strata_of(rules: RewardRules, units: Sequence[Candidate]) -> dict[str, str]:
    """The stratum of each unit; a unit of none is not in it."""
    rule = rules.strata
    if rule is None:
        return {unit.unit: WHOLE for unit in units}
    words = {unit.unit: unit.word(rule.column) for unit in units}
    if rule.sets is not None:
        by_word = {word: code for code, members in rule.sets.items() for word in members}
        words = {unit: by_word.get(word, "") for unit, word in words.items()}
    return {unit: stratum for unit, stratum in words.items() if stratum}


def check_strata(rules: RewardRules, strata: Mapping[str, str], passed: Sequence[Candidate]) -> None:
    """Whoever passed the tests belongs to a stratum; names the word that does not."""
    lost = [unit for unit in passed if unit.unit not in strata]
    if not lost or rules.strata is None:
        return
    column = rules.strata.column
    raise StratumUnknown(
        f"{len(lost)} 个单位不属于任何分层(reward.strata)",
        f"{len(lost)} unit(s) belong to no stratum (reward.strata)",
        items=[
            Item(
                unit.unit,
                "stratum",
                f"{unit.told_zh}:{column} 为「{unit.word(column)[:40]}」",
                f"{unit.told_en}: {column} is {unit.word(column)[:40]!r}",
                unit.row,
            )
            for unit in lost[:100]
        ],
    )


def stand(
    rules: RewardRules,
    ordered: Sequence[Candidate],
    reasons: Mapping[str, Sequence[Reason]],
    strata: Mapping[str, str],
    *,
    ranked: bool,
) -> dict[str, list[Stand]]:
    """Who has a place in each stratum, in the order of ranks."""
    found: dict[str, list[Stand]] = {}
    for unit in ordered:
        if (ranked and unit.rank is None) or unit.unit not in strata:
            continue
        passed = not reasons[unit.unit]
        phantom = unit.removed is not None and not rules.backfill
        keeps = unit.removed is None and rules.among is Among.ALL
        if passed or phantom or keeps:
            found.setdefault(strata[unit.unit], []).append(Stand(unit, passed or phantom, phantom))
    return found


def cut(
    rules: RewardRules, standing: Mapping[str, Sequence[Stand]]
) -> tuple[list[Member], dict[str, Reason]]:
    """The members in the order of ranks, and for everybody in the order what the cut says."""
    members: list[Member] = []
    told: dict[str, Reason] = {}
    for stratum, stands in sorted(standing.items()):
        for entry, portion, reason in _cut_stratum(rules, stratum, stands):
            told[entry.candidate.unit] = reason
            if portion:
                members.append(Member(entry.candidate, stratum, portion, entry.takes, entry.phantom))
    return sorted(members, key=lambda member: member.order), told


def _cut_stratum(
    rules: RewardRules, stratum: str, stands: Sequence[Stand]
) -> list[tuple[Stand, Fraction, Reason]]:
    rule = rules.cut
    if rule is None:
        return [(entry, Fraction(1), _told(entry)) for entry in stands]
    inside = [entry for entry in stands if _at_the_front(rule, entry.candidate)]
    outside = [entry for entry in stands if not _at_the_front(rule, entry.candidate)]
    below: list[tuple[Stand, Fraction, Reason]] = [
        (entry, Fraction(0), ("未达入围条件", "below the cut")) for entry in outside
    ]
    places = _places(rule, stratum, len(inside))
    if places is None:
        return [(entry, Fraction(1), _told(entry)) for entry in inside] + below
    settled: list[tuple[Stand, Fraction, Reason]] = []
    for _, group in groupby(inside, key=lambda entry: entry.candidate.rank):
        settled += _settle(rules, rule, list(group), first=len(settled) + 1, places=places)
    return settled + below


def _at_the_front(rule: Cut, unit: Candidate) -> bool:
    if rule.score_at_least is not None and (unit.score is None or Fraction(unit.score) < rule.score_at_least):
        return False
    return rule.grades is None or unit.word("grade") in rule.grades


def _places(rule: Cut, stratum: str, count: int) -> int | None:
    """How many places there are: the fewer of top and top percent, the latter rounded as the rule says."""
    if not rule.by_rank:
        return None
    places = [count]
    if rule.top is not None:
        places.append(rule.top.get(WHOLE, rule.top.get(stratum, 0)))
    if rule.top_percent is not None:
        places.append(rounded(count * rule.top_percent / 100, rule.percent_rounding))
    return min(places)


def _settle(
    rules: RewardRules, rule: Cut, group: Sequence[Stand], *, first: int, places: int
) -> list[tuple[Stand, Fraction, Reason]]:
    last = first + len(group) - 1
    if last <= places:
        return [(entry, Fraction(1), _told(entry)) for entry in group]
    if first > places:
        return [(entry, Fraction(0), ("未入围", "behind the cut")) for entry in group]
    if rule.ties is TiePolicy.BY_KEYS:
        return _by_keys(rules, rule, group, first=first, places=places)
    portion = {
        TiePolicy.ALL: Fraction(1),
        TiePolicy.NONE: Fraction(0),
        TiePolicy.SPLIT: Fraction(places - first + 1, len(group)),
    }[rule.ties]
    zh, en = f"分界处并列,{TIES_ZH[rule.ties]}", f"a tie at the cut, settled by {rule.ties.value}"
    return [(entry, portion, (f"{zh}(计 {portion})", f"{en} (counts {portion})")) for entry in group]


def _by_keys(
    rules: RewardRules, rule: Cut, group: Sequence[Stand], *, first: int, places: int
) -> list[tuple[Stand, Fraction, Reason]]:
    cut = "入围分界处", "the cut"
    parts = told_apart(group, rules.tie_keys, lambda entry: entry.candidate, cut=cut)
    settled: list[tuple[Stand, Fraction, Reason]] = []
    for part in parts:
        settled += _settle(rules, rule, part, first=first + len(settled), places=places)
    return settled


def _told(entry: Stand) -> Reason:
    if entry.phantom:
        return ("公示后取消,位次空出,不递补", "removed after notice; nobody moves up")
    return ("入围", "in") if entry.takes else ("位次保留,不获奖励", "keeps its place without a reward")
