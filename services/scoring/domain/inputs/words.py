"""Words of facts, groups and codes of units as a table or a snapshot spells them: two spellings of the same are one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.scoring.domain.scheme.contents import measures_of
from services.scoring.domain.scheme.measures import Category, UnitData
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import Leaf, nodes_of
from services.scoring.domain.scheme.words import WordKey, word_key

#: Rows that add up others are no units.
_TOTALS: Final = frozenset(
    {"合计", "总计", "小计", "共计", "总和"} | {"total", "subtotal", "sub-total", "grandtotal", "sum"}
)


def is_total(unit: str) -> bool:
    """Whether a row's name says that it adds up other rows: 合计, 总 计, Total:"""
    plain = str(word_key(unit))
    return "".join(plain.split()).rstrip(":") in _TOTALS


def words_of(scheme: Scheme) -> Mapping[str, Mapping[WordKey, str]]:
    """For each fact the words that it may have, in the scheme's spelling, by what they have in common."""
    found: dict[str, dict[WordKey, str]] = {}
    for fact, words in scheme.facts.items():
        found.setdefault(fact, {}).update({word_key(word): word for word in words})
    for measure in measures_of(scheme):
        if isinstance(measure, Category):
            own = {word_key(word): word for word, _ in measure.scale}
            found[measure.fact] = own | found.get(measure.fact, {})
    return found


def with_one_spelling(scheme: Scheme, units: Sequence[UnitData]) -> tuple[UnitData, ...]:
    """The units with each group spelled as the scheme spells it, or else as the first in alphabetical order does."""
    names = {name for unit in units for name in unit.groups}
    spelled = {
        name: _spelling(
            (unit.groups[name] for unit in units if name in unit.groups), _declared(scheme).get(name, ())
        )
        for name in names
    }
    return tuple(
        replace(unit, groups={name: spelled[name][word_key(word)] for name, word in unit.groups.items()})
        for unit in units
    )


def _spelling(found: Iterable[str], declared: Iterable[str]) -> dict[WordKey, str]:
    spelled: dict[WordKey, str] = {}
    for word in (*declared, *sorted(set(found))):
        spelled.setdefault(word_key(word), word)
    return spelled


def _declared(scheme: Scheme) -> dict[str, list[str]]:
    """The groups that the scheme itself names, by the column that holds them."""
    found: dict[str, list[str]] = {}
    if scheme.cohort.group is not None:
        found.setdefault(scheme.cohort.group, []).extend(scheme.cohort.members)
    if scheme.peer_group is not None:
        found.setdefault(scheme.peer_group, []).extend(scheme.cohort.frozen_by_group or ())
    sections = [scheme.cohort.frozen or {}, *(scheme.cohort.frozen_by_group or {}).values()]
    for node in nodes_of(scheme.root):
        for child in node.children:
            if node.weight_group is not None:
                found.setdefault(node.weight_group, []).extend(child.weights_of_group or ())
            if isinstance(child, Leaf) and child.steps is not None and child.steps.impute.group is not None:
                held = found.setdefault(child.steps.impute.group, [])
                for section in sections:
                    names = section.get(child.code, {})
                    held.extend(n.removeprefix("impute.") for n in names if n.startswith("impute."))
    return found
