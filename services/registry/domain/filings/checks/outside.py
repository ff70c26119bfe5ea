"""Rules that look beyond one figure: at the registers, the county, the other filings, the pattern of digits."""

from collections.abc import Iterator
from decimal import Decimal

from services.registry.domain.filings.checks.figures import HUNDRED, Figures, Finding, finding_of
from services.registry.domain.filings.content import FiledValue
from services.registry.domain.programme.checks import (
    DerivedCheck,
    DigitsCheck,
    FamilyCheck,
    HeapingCheck,
    SumNotAboveCheck,
    WithinCountyCheck,
)
from shared.documents.canonical import decimal_text


def sums_above(check: SumNotAboveCheck, figures: Figures) -> Iterator[Finding]:
    for year in figures.years:
        parts = [figures.number(code, year) for code in check.parts]
        total = figures.number(check.total, year)
        known = [part for part in parts if part is not None]
        if total is not None and known and sum(known) > total:
            yield finding_of(
                check, check.total, year, f"{decimal_text(sum(known, Decimal(0)))} > {decimal_text(total)}"
            )


def off_the_registers(check: DerivedCheck, figures: Figures) -> Iterator[Finding]:
    tolerance = Decimal(check.tolerance_percent)
    for code in check.indicators:
        for year in figures.years:
            filed, derived = figures.number(code, year), figures.around.derived.get((code, year))
            if filed is None or derived is None:
                continue
            difference = abs(filed - derived) * HUNDRED
            if difference > tolerance * max(abs(derived), Decimal(1)):
                yield finding_of(check, code, year, f"{decimal_text(filed)} / {decimal_text(derived)}")


def above_county(check: WithinCountyCheck, figures: Figures) -> Iterator[Finding]:
    for year in figures.years:
        filed, whole = (
            figures.number(check.indicator, year),
            figures.around.county.get((check.county_field, year)),
        )
        if filed is not None and whole is not None and filed > whole:
            yield finding_of(check, check.indicator, year, f"{decimal_text(filed)} > {decimal_text(whole)}")


def out_of_family(check: FamilyCheck, figures: Figures) -> Iterator[Finding]:
    """Against the median of the others, which one wrong filing among them cannot move far."""
    factor = Decimal(check.factor)
    for year in figures.years:
        part, whole = figures.number(check.numerator, year), figures.number(check.denominator, year)
        pairs = zip(
            figures.around.others.get((check.numerator, year), ()),
            figures.around.others.get((check.denominator, year), ()),
            strict=False,
        )
        ratios = sorted(a / b for a, b in pairs if a is not None and b)
        if part is None or not whole or len(ratios) < check.at_least_others:
            continue
        own, middle = part / whole, ratios[len(ratios) // 2]
        if middle > 0 and not middle / factor <= own <= middle * factor:
            yield finding_of(
                check, check.numerator, year, f"{own * HUNDRED:.3f} % / {middle * HUNDRED:.3f} %"
            )


def digit_patterns(check: DigitsCheck, figures: Figures) -> Iterator[Finding]:
    large = [
        filed
        for filed in figures.values.values()
        if filed.value is not None and abs(filed.value) >= Decimal(10) ** check.zeros
    ]
    if len(large) < check.at_least_values:
        return
    unit = Decimal(10) ** check.zeros
    rounded = [filed for filed in large if filed.value is not None and filed.value % unit == 0]
    if Decimal(len(rounded)) * HUNDRED > Decimal(check.round_percent) * len(large):
        yield finding_of(check, rounded[0].indicator, figures.data_year, f"{len(rounded)} / {len(large)}")
    seen: dict[Decimal, FiledValue] = {}
    for filed in large:
        if filed.value is None:
            continue
        other = seen.setdefault(filed.value, filed)
        if other.indicator != filed.indicator:
            shown = f"{decimal_text(filed.value)} = {other.indicator} {other.data_year}"
            yield finding_of(check, filed.indicator, filed.data_year, shown)


def heaped(check: HeapingCheck, figures: Figures) -> Iterator[Finding]:
    low = Decimal(check.threshold)
    high = low + low * Decimal(check.band_percent) / HUNDRED
    filed = figures.number(check.indicator, figures.data_year)
    if filed is not None and low <= filed <= high:
        yield finding_of(
            check, check.indicator, figures.data_year, f"{decimal_text(filed)} ≥ {decimal_text(low)}"
        )
