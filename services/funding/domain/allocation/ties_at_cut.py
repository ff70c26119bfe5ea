"""Equals: the tie keys put them in order; across a cut, those that no key tells apart are refused."""

import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final, TypeVar

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.refusals import TieUndecided
from services.funding.domain.rules.vocabulary import TieKey, TieKeyKind, TiePolicy
from shared.errors import Item

#: What became of equals, as the steps of an allocation tell it.
TIES_ZH: Final[Mapping[TiePolicy, str]] = {
    TiePolicy.ALL: "并列者全部计入",
    TiePolicy.NONE: "并列者均不计入",
    TiePolicy.SPLIT: "并列者均分名额",
    TiePolicy.BY_KEYS: "由排序键区分",
}
TieOrder = tuple[tuple[int, Fraction, str], ...]
Entry = TypeVar("Entry")


def told_apart(
    group: Sequence[Entry],
    keys: Sequence[TieKey],
    candidate_of: Callable[[Entry], Candidate],
    *,
    cut: tuple[str, str],
) -> list[list[Entry]]:
    """The group in parts of equals, the better ones first; ``cut`` names the place for who reads a refusal."""

    def key(entry: Entry) -> TieOrder:
        return tie_order(keys, candidate_of(entry))

    parts = [list(part) for _, part in groupby(sorted(group, key=key), key=key)]
    if len(parts) == 1:
        names = sorted(candidate_of(entry).unit for entry in group)
        raise TieUndecided(
            f"并列于{cut[0]},排序键仍不能区分:{'、'.join(names)}",
            f"Equals at {cut[1]} that no tie key tells apart: {', '.join(names)}",
            items=[Item("release.units", "tie-at-cut", name, name) for name in names],
        )
    return parts


def tie_order(keys: Sequence[TieKey], candidate: Candidate) -> TieOrder:
    """By which equals stand one behind another; the same for those whom no key tells apart."""
    return tuple(_key_value(key, candidate) for key in keys)


def _key_value(key: TieKey, candidate: Candidate) -> tuple[int, Fraction, str]:
    """Sorts the better one first; who has no value stands behind all who have one."""
    if key.kind is TieKeyKind.UNIT:
        return (0, Fraction(0), _backwards(candidate.unit) if key.descending else candidate.unit)
    value = candidate.figure("score" if key.kind is TieKeyKind.SCORE else key.node or "")
    if value is None:
        return (1, Fraction(0), "")
    return (0, -value if key.descending else value, "")


def _backwards(code: str) -> str:
    """Sorts as the code does, the other way round: each character by its distance from the last that there is."""
    last = sys.maxunicode
    return "".join(chr(last - ord(character)) for character in code) + chr(last)
