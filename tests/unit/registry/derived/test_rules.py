"""What a derivation reads, and how its figure is written."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from services.registry.domain.derived.rules import Derivation, figure, percent, quotient, register_read
from services.registry.domain.registers.declared import REGISTERS


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "members"},
        {"kind": "members_sum", "field": "tax_wan"},
        {"kind": "in_park_share"},
        {"kind": "entries", "register": "cluster-parks"},
        {"kind": "investment_per_mu"},
        {"kind": "county_share"},
    ],
)
def test_every_rule_reads_a_register_that_there_is(rule: dict[str, str]) -> None:
    found: Derivation = TypeAdapter(Derivation).validate_python(rule)
    assert register_read(found) in REGISTERS


def test_a_share_without_a_whole_is_no_figure() -> None:
    assert percent(Decimal(1), Decimal(3)) == Decimal("33.333333")
    assert quotient(Decimal(1), Decimal(8)) == Decimal("0.125")
    for part, whole in ((None, Decimal(3)), (Decimal(1), None), (Decimal(1), Decimal(0))):
        assert percent(part, whole) is None
        assert quotient(part, whole) is None


def test_an_absurd_figure_is_none_instead_of_stopping_a_province() -> None:
    assert figure(Decimal(10) ** 18) is None
    assert figure(Decimal("0.1234567890123")) == Decimal("0.123456789012")
