"""The facts by which a fund order is judged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.ledger.books import AccountKey, Books
from services.funding.domain.orders.document_numbers import DocumentUse


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line as an order sees it."""

    code: str
    division_code: str
    programme: str
    fiscal_year: int
    effective_at: date
    budget_approved_on: date | None
    has_codes: bool

    @classmethod
    def of(cls, recorded: Appropriation) -> Self:
        return cls(
            code=recorded.code,
            division_code=recorded.division_code,
            programme=recorded.programme,
            fiscal_year=recorded.fiscal_year,
            effective_at=recorded.effective_at,
            budget_approved_on=recorded.budget_approved_on,
            has_codes=recorded.codes is not None,
        )

    @property
    def books(self) -> Books:
        return Books(self.division_code, self.code)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a cluster still owes from the variation of an earlier year that the order ``deduction`` made."""

    deduction: str
    cluster: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order is judged by.

    ``paths``: the division path of each cluster that got an award or a grant; ``deductible_fen``: of the cluster of a
    variation, if it was awarded; ``later``: what moved on each day after the document's, by account code; ``owed``:
    the oldest first; ``project``: cluster and county of a grant's project; ``grant_path``: from the province to the
    county of its cluster, as the division register has it; ``same_number``: whatever else bears the order's document
    number; ``number``: the order's own, once it is kept.
    """

    line: Line
    into: Line | None
    maker_division: str
    paths: Mapping[str, Sequence[str]]
    deductible_fen: Mapping[str, int]
    round_closed: bool
    balances: Mapping[AccountKey, int]
    later: Mapping[str, Sequence[tuple[date, int]]]
    owed: Sequence[Owed]
    same_number: Sequence[DocumentUse]
    today: date
    number: str | None = None
    project: tuple[str, str] | None = None
    grant_path: Sequence[str] | None = None

    def owed_fen(self) -> Counter[str]:
        """What each cluster owes."""
        owed = Counter[str]()
        for entry in self.owed:
            owed[entry.cluster] += entry.amount_fen
        return owed
