"""Growth of reported and derived figures on the year before, beside each other."""

from decimal import Decimal

from services.registry.domain.derived.figures import DerivedValue, compare, growth_of, growth_percent


def figure(value: str) -> DerivedValue:
    return DerivedValue(Decimal(value), "registers", "登记簿推算")


def test_growth_stands_beside_the_figures_of_both_kinds() -> None:
    reported = {("tax_paid", 2022): Decimal(100), ("tax_paid", 2023): Decimal("112.5")}
    derived = {("tax_paid", 2022): figure("90"), ("tax_paid", 2023): figure("99")}
    before, now = compare(reported, derived)
    assert (before.reported_growth_percent, before.derived_growth_percent) == (None, None)
    assert (now.reported_growth_percent, now.derived_growth_percent) == (Decimal("12.50"), Decimal("10.00"))
    assert now.difference == Decimal("13.5")


def test_there_is_no_growth_without_a_base() -> None:
    figures = {
        ("a", 2022): Decimal(0), ("a", 2023): Decimal(5),
        ("b", 2023): Decimal(5),
        ("c", 2022): Decimal(5), ("c", 2023): None,
        ("d", 2022): Decimal(-4), ("d", 2023): Decimal(2),
    }  # fmt: skip
    assert growth_percent(figures, "a", 2023) is None
    assert growth_of(figures, 2023) == {"d": Decimal("150.00")}
