"""The ledger's words: accounts of an appropriation, and postings that move money between them.

A positive amount goes into an account (debit), a negative one leaves it (credit); a posting adds up to zero. Money
comes from the source of an appropriation, whose balance is what was drawn from the budget, negative. So the sum over
all other accounts of an appropriation is always the appropriation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.funding.domain.allocation.result import Allocation
from services.funding.domain.rules.vocabulary import Disposition
from shared.documents.canonical import document_hash
from shared.text.money import MAX_FEN


class Purpose(StrEnum):
    SOURCE = "source"  # 预算安排: where the line's money comes from
    AVAILABLE = "available"
    RESERVED = "reserved"
    AWARDED = "awarded"  # one account for each cluster
    PASSED_DOWN = "passed_down"  # quota that a city or county holds for a cluster
    PAID = "paid"  # out of a county's treasury, to project units
    SETTLEMENT_DUE = "settlement_due"  # paid wrongly: the county owes it until it is deducted at settlement
    ADMINISTRATION = "administration"
    RETAINED = "retained"  # unallocated, kept in reserve
    RETURNED = "returned"  # back to the budget
    CARRIED_OVER = "carried_over"  # left for the next fiscal year by decision
    CARRIED_FORWARD = "carried_forward"  # and taken into a line of the next fiscal year


class Grouping(StrEnum):
    """By what sums over the ledger are grouped; ``county``: by the division that holds quota."""

    APPROPRIATION = "appropriation"
    SOURCE = "source"
    FISCAL_YEAR = "fiscal_year"
    COUNTY = "county"
    CLUSTER = "cluster"


ACCOUNT_OF_DISPOSITION: Final[Mapping[Disposition, Purpose]] = {
    Disposition.RESERVE: Purpose.RETAINED,
    Disposition.RETURN: Purpose.RETURNED,
    Disposition.CARRY_OVER: Purpose.CARRIED_OVER,
}


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An account of an appropriation; ``cluster`` is given where money is a cluster's, ``holder`` where a city or
    county holds it."""

    division_code: str
    appropriation: str
    purpose: Purpose
    cluster: str | None = None
    holder: str | None = None
    code: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        parts = (self.appropriation, self.purpose.value, self.holder, self.cluster)
        object.__setattr__(self, "code", ":".join(part for part in parts if part))

    @property
    def minimum(self) -> int:
        return -MAX_FEN if self.purpose is Purpose.SOURCE else 0


@dataclass(frozen=True, slots=True)
class Posting:
    """A transfer to post. ``key`` is permanent: the same key and content is the same transfer. It may reverse one that
    is posted, or by its key one that is posted before it in the same call."""

    kind: str
    key: str
    effective_at: date
    description: str
    lines: Mapping[AccountKey, int]
    reverses: UUID | str | None = None

    @property
    def body_hash(self) -> str:
        return document_hash(
            {
                "kind": self.kind,
                "effective_at": self.effective_at.isoformat(),
                "description": self.description,
                "reverses": None if self.reverses is None else str(self.reverses),
                "lines": {account.code: str(amount) for account, amount in self.lines.items()},
            }
        )


@dataclass(frozen=True, slots=True)
class Books:
    """The accounts of one appropriation and the postings of its life."""

    division_code: str
    appropriation: str

    def account(
        self, purpose: Purpose, cluster: str | None = None, *, holder: str | None = None
    ) -> AccountKey:
        return AccountKey(self.division_code, self.appropriation, purpose, cluster, holder)

    def reserve(self, pool_fen: int, *, round_code: str, on: date) -> Posting:
        """The whole pool of a round is held, so that nothing else can spend it."""
        return self._move(
            "round.reserved",
            f"round:{round_code}:reserve",
            on,
            round_code,
            {self.account(Purpose.AVAILABLE): -pool_fen, self.account(Purpose.RESERVED): pool_fen},
        )

    def release_hold(self, pool_fen: int, *, round_code: str, reverses: UUID, on: date) -> Posting:
        return self._move(
            "round.withdrawn",
            f"round:{round_code}:withdraw",
            on,
            round_code,
            {self.account(Purpose.AVAILABLE): pool_fen, self.account(Purpose.RESERVED): -pool_fen},
            reverses=reverses,
        )

    def award(self, allocation: Allocation, *, round_code: str, list_number: str, on: date) -> Posting:
        """What was held becomes awards; the reserve off the top and what is left go where the rules send them."""
        lines = {self.account(Purpose.RESERVED): -allocation.pool_fen}
        for award in allocation.awards:
            lines[self.account(Purpose.AWARDED, award.candidate.unit)] = award.amount_fen
        lines[self.account(Purpose.ADMINISTRATION)] = allocation.reserve_fen
        lines[self.account(ACCOUNT_OF_DISPOSITION[allocation.disposition])] = allocation.unallocated_fen
        return self._move("round.issued", f"round:{round_code}:issue", on, list_number, lines)

    def _move(
        self,
        kind: str,
        key: str,
        on: date,
        description: str,
        lines: Mapping[AccountKey, int],
        *,
        reverses: UUID | None = None,
    ) -> Posting:
        return Posting(kind, key, on, description, without_zeros(lines), reverses)


def least_from(day: date, *, balance: int, movements: Sequence[tuple[date, int]]) -> int:
    """The least that an account holds at the end of any day from ``day`` on; ``movements`` by day, in order."""
    least = balance
    for moved_on, amount in reversed(movements):
        if moved_on <= day:
            break
        balance -= amount
        least = min(least, balance)
    return least


def without_zeros(lines: Mapping[AccountKey, int]) -> dict[AccountKey, int]:
    return {account: amount for account, amount in lines.items() if amount != 0}
