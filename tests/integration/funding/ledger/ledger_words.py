"""Short words for postings in tests of the ledger."""

from datetime import date

from services.funding.domain.ledger.books import AccountKey, Posting, Purpose

LINE = "line"


def account(purpose: Purpose, cluster: str | None = None, *, line: str = LINE) -> AccountKey:
    return AccountKey("420000", line, purpose, cluster)


SOURCE, AVAILABLE, RESERVED = (
    account(purpose) for purpose in (Purpose.SOURCE, Purpose.AVAILABLE, Purpose.RESERVED)
)


def move(
    origin: AccountKey, target: AccountKey, amount: int, *, key: str, on: date = date(2024, 10, 8)
) -> Posting:
    return Posting("test.moved", key, on, "test", {origin: -amount, target: amount})
