"""Treasury payments: a county's treasury pays project units out of the quota that the county holds."""

from dataclasses import dataclass
from datetime import date

from services.funding.domain.ledger.books import AccountKey, Books, Posting, Purpose


@dataclass(frozen=True, slots=True)
class Quota:
    """What a county holds for a cluster under an appropriation."""

    books: Books
    county: str
    cluster: str

    @property
    def held(self) -> AccountKey:
        return self.books.account(Purpose.PASSED_DOWN, self.cluster, holder=self.county)

    @property
    def paid(self) -> AccountKey:
        return self.books.account(Purpose.PAID, self.cluster, holder=self.county)

    def pay(self, amount_fen: int, *, bank_serial: str, on: date) -> Posting:
        return Posting(
            "treasury_payment.made",
            f"payment:{self.county}:{bank_serial}",
            on,
            bank_serial,
            {self.held: -amount_fen, self.paid: amount_fen},
        )

    def take_back(self, amount_fen: int, *, bank_serial: str, return_serial: str, on: date) -> Posting:
        """The bank sent money back: the county holds it as quota again."""
        return Posting(
            "treasury_payment.returned",
            f"payment-return:{self.county}:{return_serial}",
            on,
            f"{bank_serial} / {return_serial}",
            {self.paid: -amount_fen, self.held: amount_fen},
        )
