"""Fund orders (资金单): what a finance department decides, of every kind, and the transfers that each makes.

Each is made by one person and approved by another; only then it takes effect. What moves money does so by transfers
with permanent keys.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.ledger.books import AccountKey, Books, Posting, Purpose, without_zeros
from services.funding.domain.orders.money_orders import (
    AppropriationChange,
    CarryIn,
    Grant,
    MoneyMovingOrder,
    PassDown,
    Recovery,
    Settlement,
    Variation,
    YearEnd,
)
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    ListingOrder,
    Opening,
    OpeningOrder,
    OpeningReversal,
    opened,
)
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
    RecordOrder,
)

FundOrder = Annotated[
    MoneyMovingOrder | RecordOrder | OpeningOrder | ListingOrder, Field(discriminator="kind")
]
#: What a desk sends as such; what was decided before the system comes as a spreadsheet.
SentOrder = Annotated[MoneyMovingOrder | RecordOrder, Field(discriminator="kind")]

_EVENT: Final[Mapping[str, str]] = {
    "appropriation": "appropriation.recorded",
    "appropriation_correction": "appropriation.corrected",
    "award_list_number": "award_list.document_number_written_back",
    "finance_divisions": "finance_divisions.named",
    "appropriation_change": "appropriation.changed",
    "pass_down": "quota.passed_down",
    "variation": "award.varied",
    "grant": "project.granted",
    "recovery": "quota.recovered",
    "settlement": "recovery.settled",
    "year_end": "year_end.decided",
    "carry_in": "carry_over.taken_in",
    "opening": "balances.opened",
    "opening_reversal": "balances.opening_reversed",
    "earlier_listings": "earlier_listings.entered",
    "earlier_listings_reversal": "earlier_listings.reversed",
}


#: Transfers by which openings enter money, and take it back.
OPENING_EVENTS: Final = (_EVENT["opening"], _EVENT["opening_reversal"])


def event_of(order: FundOrder) -> str:
    return _EVENT[order.kind]


def document_number_of(order: FundOrder) -> str | None:
    """The document number that the order takes for itself or for what it records."""
    match order:
        case AppropriationCorrection():
            return order.changes.document_number
        case FinanceDivisionCodes() | EarlierListings() | EarlierListingsReversal():
            return None
        case _:
            return order.document_number


def lines_of(order: FundOrder, line: Appropriation | None, *, desk: str) -> dict[AccountKey, int]:
    """By how much each account moves in all; empty where no money moves (a deduction from the next award). ``line`` is
    the order's own, as it is before; ``desk`` the division that made the order."""
    if isinstance(order, NewAppropriation):
        return _drawn(Books(desk, order.appropriation), order.amount_fen)
    if line is None or isinstance(order, FinanceDivisionCodes | AwardListNumber | ListingOrder):
        return {}
    if isinstance(order, AppropriationCorrection):
        amount = order.changes.amount_fen or line.amount_fen
        return _drawn(line.books, amount - line.amount_fen) if posts_anew(order) else {}
    return _moved(order, line.books, desk=desk)


def _moved(order: MoneyMovingOrder | OpeningOrder, books: Books, *, desk: str) -> dict[AccountKey, int]:
    match order:
        case PassDown():
            return _passed(order, books, desk)
        case Variation(method="deduct_next_year"):
            return {}
        case Opening() | OpeningReversal():
            return opened(order, books)
        case CarryIn():
            from_, to = books.account(Purpose.CARRIED_OVER), books.account(Purpose.CARRIED_FORWARD)
            into = Books(books.division_code, order.into)
            return _move(from_, to, order.amount_fen) | _drawn(into, order.amount_fen)
        case _:
            from_, to = _way(order, books)
            return _move(from_, to, order.amount_fen)


def _way(
    order: AppropriationChange | Variation | Grant | Recovery | Settlement | YearEnd, books: Books
) -> tuple[AccountKey, AccountKey]:
    """From which account to which one."""
    account = books.account
    match order:
        case AppropriationChange():
            way = account(Purpose.SOURCE), account(Purpose.AVAILABLE)
            return way if order.direction == "increase" else way[::-1]
        case Grant():
            return account(Purpose.AVAILABLE), account(Purpose.AWARDED, order.cluster)
        case Variation():
            way = account(Purpose.AVAILABLE), account(Purpose.AWARDED, order.cluster)
            return way if order.method == "increase" else way[::-1]
        case Recovery(method="quota_withdrawn"):
            held = account(Purpose.PASSED_DOWN, order.cluster, holder=order.division)
            return held, account(Purpose.RETURNED)
        case YearEnd():
            left_in = account(Purpose(order.left_in), order.cluster, holder=order.division)
            returned = order.disposition == "return"
            return left_in, account(Purpose.RETURNED if returned else Purpose.CARRIED_OVER)
        case Recovery() | Settlement():
            due = account(Purpose.SETTLEMENT_DUE, order.cluster, holder=order.division)
            paid = account(Purpose.PAID, order.cluster, holder=order.division)
            return (paid, due) if isinstance(order, Recovery) else (due, account(Purpose.RETURNED))


def key_of(number: str) -> str:
    """The permanent key of an order's own transfer."""
    return f"order:{number}"


def postings_of(
    order: FundOrder, line: Appropriation | None, *, number: str, desk: str, drawn_by: str | None = None
) -> Sequence[Posting]:
    """The transfers that the order makes, the order's own last. What was drawn by mistake is reversed on the day on
    which it was drawn, and drawn anew; ``drawn_by``: the key of the transfer that drew it, where it is an earlier one
    of the same review."""
    key = key_of(number)
    match order:
        case NewAppropriation():
            on = order.effective_at or order.document_date
            drawn = lines_of(order, line, desk=desk)
            return [Posting(event_of(order), key, on, order.document_number, drawn)]
        case AppropriationCorrection() if line is not None and posts_anew(order):
            changes = order.changes
            on, amount = changes.effective_at or line.effective_at, changes.amount_fen or line.amount_fen
            back = Posting(
                event_of(order),
                f"{key}:reversal",
                line.effective_at,
                line.document_number,
                _drawn(line.books, -line.amount_fen),
                drawn_by or line.transfer_id,
            )
            document = changes.document_number or line.document_number
            return [back, Posting(event_of(order), key, on, document, _drawn(line.books, amount))]
        case AppropriationCorrection() | AwardListNumber() | FinanceDivisionCodes():
            return []
        case EarlierListings() | EarlierListingsReversal():
            return []
        case _:
            lines = lines_of(order, line, desk=desk)
            reverses = order.opened_by if isinstance(order, OpeningReversal) else None
            moved = Posting(event_of(order), key, order.document_date, order.document_number, lines, reverses)
            return [moved] if lines else []


def posts_anew(order: AppropriationCorrection) -> bool:
    """Whether the line's money is drawn once more."""
    return order.changes.amount_fen is not None or order.changes.effective_at is not None


def _passed(order: PassDown, books: Books, desk: str) -> dict[AccountKey, int]:
    """From the awards where the province passes down, else from the quota that the city holds."""
    lines: dict[AccountKey, int] = {}

    def add(account: AccountKey, amount: int) -> None:
        lines[account] = lines.get(account, 0) + amount

    for line in order.lines:
        if desk == books.division_code:
            add(books.account(Purpose.AWARDED, line.cluster), -line.amount_fen)
        else:
            add(books.account(Purpose.PASSED_DOWN, line.cluster, holder=desk), -line.amount_fen)
        add(
            books.account(Purpose.PASSED_DOWN, line.cluster, holder=line.to_division),
            line.amount_fen - line.deducted_fen,
        )
        add(books.account(Purpose.RETURNED), line.deducted_fen)
    return without_zeros(lines)


def _drawn(books: Books, amount_fen: int) -> dict[AccountKey, int]:
    return _move(books.account(Purpose.SOURCE), books.account(Purpose.AVAILABLE), amount_fen)


def _move(from_: AccountKey, to: AccountKey, amount_fen: int) -> dict[AccountKey, int]:
    return {from_: -amount_fen, to: amount_fen}
