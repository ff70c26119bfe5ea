"""Values to start a filing from: what was accepted before about the same years, else what the registers give."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.registry.domain.derived.figures import DerivedValue
from services.registry.domain.filings.content import FigureKey, FiledValue
from services.registry.domain.filings.rounds import Round


@dataclass(frozen=True, slots=True)
class AcceptedValue:
    """A value of an earlier filing that the province accepted."""

    value: FiledValue
    filing_code: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values to start from; ``open`` lists the (indicator, year) for which nothing is known."""

    round: Round
    county_code: str
    values: Sequence[FiledValue]
    open: Sequence[FigureKey]


def propose(
    current: Round,
    county_code: str,
    *,
    accepted: Iterable[AcceptedValue],
    derived: Mapping[FigureKey, DerivedValue],
) -> Proposal:
    """An accepted value of the same year (the first of ``accepted``) goes before a derived one; nothing is invented."""
    before: dict[FigureKey, AcceptedValue] = {}
    for entry in accepted:
        before.setdefault(entry.value.key, entry)
    values = []
    left = []
    for key in current.indicators().asked_for(current.dates.data_year):
        if key in before:
            values.append(replace(before[key].value, source=f"已审核通过 {before[key].filing_code}"))
        elif key in derived:
            values.append(_from_registers(key, derived[key]))
        else:
            left.append(key)
    return Proposal(current, county_code, values, left)


def _from_registers(key: FigureKey, found: DerivedValue) -> FiledValue:
    return FiledValue(
        indicator=key[0],
        data_year=key[1],
        state="zero" if found.value == 0 else "value",
        value=found.value,
        definition="按指标目录",
        provenance="derived" if found.origin == "registers" else "reported",
        source=found.source,
    )
