"""The rules over a filing's values: completeness, range, unit slips, change against last year, cross-field.

All problems are reported at once. An error stops the sign-off; a waivable one is lifted by a reason; a warning
is shown to everybody who looks at the filing.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext

from services.registry.domain.filings.checks import outside
from services.registry.domain.filings.checks.figures import (
    HUNDRED,
    NOTHING_AROUND,
    Figures,
    Finding,
    Surroundings,
    finding_of,
)
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.programme.checks import (
    AnyCheck,
    ChangeCheck,
    DerivedCheck,
    DigitsCheck,
    FamilyCheck,
    HeapingCheck,
    NotAboveCheck,
    RatioCheck,
    SumNotAboveCheck,
    UnitSlipCheck,
    WithinCountyCheck,
)
from services.registry.domain.programme.documents import Indicator, IndicatorCatalogue, Programme
from shared.documents.canonical import decimal_text


def check_content(
    content: Content,
    *,
    programme: Programme,
    catalogue: IndicatorCatalogue,
    data_year: int,
    around: Surroundings = NOTHING_AROUND,
) -> list[Finding]:
    """All findings, in the order of the catalogue's rules and then of the programme's."""
    indicators = catalogue.by_code()
    values = {value.key: value for value in content.values}
    waivers = {(waiver.rule, waiver.indicator, waiver.data_year): waiver.reason for waiver in content.waivers}
    with localcontext() as context:
        context.prec = 50
        findings = [
            *_check_known_and_complete(values, catalogue, data_year),
            *_check_facts(content, catalogue),
            *(
                f
                for value in content.values
                if value.indicator in indicators
                for f in check_one(value, indicators)
            ),
            *(
                f
                for check in programme.checks
                for f in _apply(check, Figures(values, data_year, around), indicators)
            ),
        ]
    return [_with_waiver(finding, waivers) for finding in findings]


def _with_waiver(finding: Finding, waivers: Mapping[tuple[str, str, int], str]) -> Finding:
    reason = waivers.get((finding.rule, finding.indicator, finding.data_year or 0))
    if reason is None or not finding.waivable:
        return finding
    return Finding(
        finding.rule,
        finding.severity,
        finding.waivable,
        finding.indicator,
        finding.data_year,
        finding.zh,
        finding.en,
        waived_because=reason,
    )


def _check_known_and_complete(
    values: Mapping[tuple[str, int], FiledValue], catalogue: IndicatorCatalogue, data_year: int
) -> Iterator[Finding]:
    asked = set(catalogue.asked_for(data_year))
    for indicator, year in sorted(asked - set(values)):
        yield Finding(
            "complete", "error", False, indicator, year,
            f"缺少 {year} 年的值(没有数据请注明“缺失”或“不适用”)",
            f"the value of {year} is not given (say missing or not applicable if there is none)",
        )  # fmt: skip
    for indicator, year in sorted(set(values) - asked):
        yield Finding(
            "known", "error", False, indicator, year, "本轮不填报此项", "this round does not ask for it"
        )


def _check_facts(content: Content, catalogue: IndicatorCatalogue) -> Iterator[Finding]:
    facts = {fact.code: fact for fact in catalogue.facts}
    for code in sorted(facts.keys() - content.facts.keys()):
        yield Finding(
            "complete",
            "error",
            False,
            code,
            None,
            f"未说明:{facts[code].zh}",
            f"not stated: {facts[code].en}",
        )
    for code, value in sorted(content.facts.items()):
        if code not in facts:
            yield Finding("known", "error", False, code, None, "没有此事项", "there is no such fact")
        elif value not in facts[code].values:
            allowed = "、".join(facts[code].values)
            yield Finding(
                "values", "error", False, code, None, f"只能是 {allowed}", f"must be one of {allowed}"
            )


def check_one(value: FiledValue, indicators: Mapping[str, Indicator]) -> Iterator[Finding]:
    """What is wrong with a figure, whatever stands beside it."""
    if value.value is None:
        return
    indicator = indicators[value.indicator]
    bounds = indicator.range
    if not bounds.holds(value.value):
        yield Finding(
            "range", "error", False, value.indicator, value.data_year,
            f"{decimal_text(value.value)} {indicator.unit} 超出可能范围 {bounds.minimum} 至 {bounds.maximum}",
            f"{decimal_text(value.value)} {indicator.unit} lies outside {bounds.minimum} to {bounds.maximum}",
        )  # fmt: skip
    elif indicator.usual is not None and not indicator.usual.holds(value.value):
        yield Finding(
            "usual", "warning", True, value.indicator, value.data_year,
            f"{decimal_text(value.value)} {indicator.unit} 不在常见范围 "
            f"{indicator.usual.minimum} 至 {indicator.usual.maximum},请核对单位",
            f"{decimal_text(value.value)} {indicator.unit} is outside the usual {indicator.usual.minimum} to "
            f"{indicator.usual.maximum}; check the unit",
        )  # fmt: skip
    if indicator.integer and value.value != value.value.to_integral_value():
        yield Finding(
            "integer", "error", False, value.indicator, value.data_year, "应为整数", "must be a whole number"
        )


def _apply(  # noqa: PLR0911 - one for each kind of rule
    check: AnyCheck, figures: Figures, indicators: Iterable[str]
) -> Iterator[Finding]:
    match check:
        case UnitSlipCheck():
            return _unit_slips(check, figures, indicators)
        case ChangeCheck():
            return _changes(check, figures)
        case NotAboveCheck():
            return _exceedings(check, figures)
        case RatioCheck():
            return _ratios(check, figures)
        case SumNotAboveCheck():
            return outside.sums_above(check, figures)
        case DerivedCheck():
            return outside.off_the_registers(check, figures)
        case WithinCountyCheck():
            return outside.above_county(check, figures)
        case FamilyCheck():
            return outside.out_of_family(check, figures)
        case DigitsCheck():
            return outside.digit_patterns(check, figures)
        case HeapingCheck():
            return outside.heaped(check, figures)


def _unit_slips(check: UnitSlipCheck, figures: Figures, indicators: Iterable[str]) -> Iterator[Finding]:
    factor = Decimal(check.factor)
    for code in indicators:
        now, before = figures.last_two(code)
        if now and before and now > 0 and before > 0 and (now / before >= factor or before / now >= factor):
            yield finding_of(check, code, figures.data_year, _shown(before, now))


def _changes(check: ChangeCheck, figures: Figures) -> Iterator[Finding]:
    for code in check.indicators:
        now, before = figures.last_two(code)
        if now is None or not before:
            continue
        change = (now - before) / before * HUNDRED
        if not Decimal(check.minimum_percent) <= change <= Decimal(check.maximum_percent):
            yield finding_of(check, code, figures.data_year, f"{_shown(before, now)} ({change:+.1f} %)")


def _exceedings(check: NotAboveCheck, figures: Figures) -> Iterator[Finding]:
    for year in figures.years:
        left, right = figures.number(check.left, year), figures.number(check.right, year)
        if left is not None and right is not None and left > right:
            yield finding_of(check, check.left, year, f"{decimal_text(left)} > {decimal_text(right)}")


def _ratios(check: RatioCheck, figures: Figures) -> Iterator[Finding]:
    for year in figures.years:
        part, whole = figures.number(check.numerator, year), figures.number(check.denominator, year)
        if part is None or not whole:
            continue
        ratio = part / whole * HUNDRED
        if not Decimal(check.minimum_percent) <= ratio <= Decimal(check.maximum_percent):
            yield finding_of(check, check.numerator, year, f"{ratio:.2f} %")


def _shown(before: Decimal, now: Decimal) -> str:
    return f"{decimal_text(before)} → {decimal_text(now)}"
