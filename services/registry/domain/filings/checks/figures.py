"""What the rules look at and what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.registry.domain.filings.content import FiledValue
from services.registry.domain.programme.checks import Check
from shared.errors import Refusal

HUNDRED = Decimal(100)


class FilingHasErrors(Refusal):
    code = "filing-has-errors"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in one value (or fact, then ``data_year`` is null)."""

    rule: str
    severity: Literal["error", "warning"]
    waivable: bool
    indicator: str
    data_year: int | None
    zh: str
    en: str
    waived_because: str | None = None

    @property
    def stops(self) -> bool:
        return self.severity == "error" and self.waived_because is None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a filing is compared with: the registers, its county, the other filings of the round."""

    derived: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)  # (indicator, year)
    county: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)  # (field of county-years, year)
    others: Mapping[tuple[str, int], Sequence[Decimal | None]] = field(
        default_factory=dict
    )  # each other filing


NOTHING_AROUND = Surroundings()


@dataclass(frozen=True, slots=True)
class Figures:
    """The filed numbers by indicator and year; None where there is no number."""

    values: Mapping[tuple[str, int], FiledValue]
    data_year: int
    around: Surroundings

    def number(self, indicator: str, year: int) -> Decimal | None:
        filed = self.values.get((indicator, year))
        return None if filed is None else filed.value

    def last_two(self, indicator: str) -> tuple[Decimal | None, Decimal | None]:
        return self.number(indicator, self.data_year), self.number(indicator, self.data_year - 1)

    @property
    def years(self) -> tuple[int, int]:
        return self.data_year - 1, self.data_year


def finding_of(check: Check, indicator: str, year: int, shown: str) -> Finding:
    return Finding(
        check.code,
        check.severity,
        check.waivable,
        indicator,
        year,
        f"{check.zh}:{shown}",
        f"{check.en}: {shown}",
    )
