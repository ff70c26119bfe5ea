"""From the registry's snapshot to what the engine reads, after checking that the scheme was made for it."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from services.scoring.domain.inputs.table import numbers_of
from services.scoring.domain.inputs.words import with_one_spelling, words_of
from services.scoring.domain.refusals import SnapshotDoesNotFitScheme
from services.scoring.domain.scheme.measures import Absent, Cell, UnitData, exact_number
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.words import WordKey, word_key
from shared.contracts.snapshot import Snapshot, SnapshotUnit, SnapshotValue
from shared.errors import Item

ITEMS_LIMIT = 100


def read_units(scheme: Scheme, snapshot: Snapshot) -> tuple[UnitData, ...]:
    """The units as the engine reads them; refuses with every reason why scheme and snapshot do not fit."""
    items = [*_misfits(scheme, snapshot)]
    words = words_of(scheme)
    units = [_unit(unit, words, items) for unit in snapshot.units]
    if items:
        raise SnapshotDoesNotFitScheme(
            "快照与评估方案不符", "The snapshot does not fit the scheme", items=items[:ITEMS_LIMIT]
        )
    return with_one_spelling(scheme, units)


def _misfits(scheme: Scheme, snapshot: Snapshot) -> Iterator[Item]:
    if snapshot.programme != scheme.programme:
        zh, en = f"快照属于{snapshot.programme}", f"the snapshot belongs to {snapshot.programme}"
        yield Item(field="programme", rule="programme-differs", zh=zh, en=en)
    if snapshot.cut_off < scheme.effective_from or (
        scheme.effective_to is not None and snapshot.cut_off > scheme.effective_to
    ):
        zh, en = f"方案在{snapshot.cut_off}无效", f"the scheme is not in force on {snapshot.cut_off}"
        yield Item(field="cut_off", rule="scheme-not-in-force", zh=zh, en=en)
    if not snapshot.units:
        yield Item(field="units", rule="no-units", zh="快照中没有集群", en="the snapshot has no unit")
    known = {indicator.code for indicator in snapshot.indicators}
    for indicator in sorted(numbers_of(scheme) - known):
        zh, en = f"快照没有指标{indicator}", f"the snapshot has no indicator {indicator}"
        yield Item(field="indicators", rule="unknown-indicator", zh=zh, en=en)


def _unit(unit: SnapshotUnit, words: Mapping[str, Mapping[WordKey, str]], items: list[Item]) -> UnitData:
    cells: dict[tuple[str, int], Cell] = {}
    for value in unit.values:
        try:
            cells[(value.indicator, value.data_year)] = _cell(value)
        except ValueError:
            zh = f"{unit.unit}的{value.indicator}不是可精确计算的数字(整数不超过20位、小数不超过15位)"
            en = f"{value.indicator} of {unit.unit} is no number of at most 20 digits and 15 decimals"
            items.append(Item(field=f"{unit.unit}.{value.indicator}", rule="unreadable-number", zh=zh, en=en))
    facts = dict(unit.facts)
    for fact in facts.keys() & words.keys():
        word = words[fact].get(word_key(facts[fact]))
        if word is None:
            zh = f"{unit.unit}的{fact}没有取值“{facts[fact]}”"
            en = f"{fact} of {unit.unit} has no word {facts[fact]!r}"
            items.append(Item(field=f"{unit.unit}.{fact}", rule="unknown-word", zh=zh, en=en))
        else:
            facts[fact] = word
    return UnitData(unit.unit, facts, cells, unit.groups)


def _cell(value: SnapshotValue) -> Cell:
    if value.value is None:
        return Absent(value.state)
    number = exact_number(value.value)
    if value.state == "zero" and number != 0:
        raise ValueError(value.value)
    return Fraction(number)
