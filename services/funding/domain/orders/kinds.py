"""Fund orders (资金单): what a finance department decides about money after the appropriation and after the awards.

Each is made by one person and approved by another; only then it moves money, by one transfer with a permanent key.
Nothing of what it corrects is ever edited: a change of a line, passing down, a variation of an award, a recovery, its
settlement, and what becomes of money at the end of the year are new facts with their document and reason.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.funding.domain.ledger.books import AccountKey, Books, Posting, Purpose, without_zeros
from shared.text.money import MAX_FEN
from shared.web.fields import BusinessDate, Code, DivisionCode, DocumentNumber, Note, PositiveFen

MAX_LINES: Final = 1_000


class OrderState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    appropriation: Code = Field(examples=["2024-incentive"])
    document_number: DocumentNumber = Field(
        description="文号 of the order's own document, such as 鄂财建发〔2024〕88号; orders of one document share it"
    )
    document_date: BusinessDate
    reason: Note


class AppropriationChange(_Order):
    """调整预算: more money into a line, or less; what is taken back must still be available."""

    kind: Literal["appropriation_change"]
    direction: Literal["increase", "decrease"]
    amount_fen: PositiveFen


class PassDownLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: Code
    to_division: DivisionCode = Field(description="the county, or the city above a district")
    amount_fen: PositiveFen = Field(description="before any deduction")
    deducted_fen: Annotated[int, Field(ge=0, le=MAX_FEN, strict=True)] = Field(
        default=0, description="what the county owes from an earlier year's variation, deducted here"
    )


class PassDown(_Order):
    """资金下达: quota to the next level, province → county, or province → city → district."""

    kind: Literal["pass_down"]
    deadline: BusinessDate = Field(description="by when the receiving level passes it on or spends it")
    performance_targets: Note | None = Field(default=None, description="绩效目标 that go with the money")
    late_ground: Note | None = Field(
        default=None, description="why it comes later than 60 days after the budget's approval"
    )
    lines: Annotated[list[PassDownLine], Field(min_length=1, max_length=MAX_LINES)]


class Variation(_Order):
    """A correction after issue: the award is adjusted, or the county's next award is reduced."""

    kind: Literal["variation"]
    cluster: Code
    method: Literal["increase", "decrease", "deduct_next_year"]
    amount_fen: PositiveFen


class Grant(_Order):
    """27号 三(二): money of a source to a key project, by the source's own rule and not by rank."""

    kind: Literal["grant"]
    project: Code = Field(description="a registered project of a cluster (项目代码)")
    own_rule: Note = Field(description="the rule of the source by which the project was chosen")
    cluster: Code = Field(description="the project's cluster; the money goes down the path of its county")
    amount_fen: PositiveFen


class Recovery(_Order):
    """收回: unspent quota is withdrawn, or what was paid is deducted from the county at year-end settlement."""

    kind: Literal["recovery"]
    cluster: Code
    division: DivisionCode = Field(description="who holds the quota, or whose treasury paid")
    method: Literal["quota_withdrawn", "deducted_at_settlement"]
    ground: Literal[
        "fraud", "misuse", "unspent", "audit_decision", "inspection_decision", "superseded_release"
    ] = Field(description="removal of a designation is none: it takes back nothing that was lawfully issued")
    decision_document_number: DocumentNumber | None = Field(
        default=None, description="文号 of the audit's or the inspection's decision, for these two grounds"
    )
    amount_fen: PositiveFen


class Settlement(_Order):
    """结算扣减 done: what a county owed was deducted, and is back in the budget."""

    kind: Literal["settlement"]
    cluster: Code
    division: DivisionCode
    amount_fen: PositiveFen


class YearEnd(_Order):
    """What is left at the end of the year: back to the budget, or carried over by decision (收回, 结转)."""

    kind: Literal["year_end"]
    left_in: Literal["available", "retained", "awarded", "passed_down"]
    cluster: Code | None = Field(default=None, description="for awarded and passed_down")
    division: DivisionCode | None = Field(default=None, description="for passed_down: who holds the quota")
    disposition: Literal["return", "carry_over"]
    amount_fen: PositiveFen


class CarryIn(_Order):
    """What one year's line carried over becomes available in a line of a later year."""

    kind: Literal["carry_in"]
    into: Code = Field(description="the appropriation of the later year")
    amount_fen: PositiveFen


FundOrder = Annotated[
    AppropriationChange | PassDown | Variation | Grant | Recovery | Settlement | YearEnd | CarryIn,
    Field(discriminator="kind"),
]

_EVENT: Final[Mapping[str, str]] = {
    "appropriation_change": "appropriation.changed",
    "pass_down": "quota.passed_down",
    "variation": "award.varied",
    "grant": "project.granted",
    "recovery": "quota.recovered",
    "settlement": "recovery.settled",
    "year_end": "year_end.decided",
    "carry_in": "carry_over.taken_in",
}


def event_of(order: FundOrder) -> str:
    return _EVENT[order.kind]


def lines_of(order: FundOrder, books: Books, *, maker_division: str) -> dict[AccountKey, int]:
    """The transfer that the order makes; empty where it moves no money (a deduction from the next award)."""
    match order:
        case PassDown():
            return _passed(order, books, maker_division)
        case Variation(method="deduct_next_year"):
            return {}
        case CarryIn():
            into = Books(books.division_code, order.into)
            source, available = into.account(Purpose.SOURCE), into.account(Purpose.AVAILABLE)
            from_, to = books.account(Purpose.CARRIED_OVER), books.account(Purpose.CARRIED_FORWARD)
            return _move(from_, to, order.amount_fen) | _move(source, available, order.amount_fen)
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


def posting_of(
    order: FundOrder, books: Books, *, number: str, maker_division: str, on: date
) -> Posting | None:
    lines = lines_of(order, books, maker_division=maker_division)
    if not lines:
        return None
    return Posting(event_of(order), f"order:{number}", on, order.document_number, lines)


def _passed(order: PassDown, books: Books, maker_division: str) -> dict[AccountKey, int]:
    """From the awards where the province passes down, else from the quota that the city holds."""
    lines: dict[AccountKey, int] = {}

    def add(account: AccountKey, amount: int) -> None:
        lines[account] = lines.get(account, 0) + amount

    for line in order.lines:
        if maker_division == books.division_code:
            add(books.account(Purpose.AWARDED, line.cluster), -line.amount_fen)
        else:
            add(books.account(Purpose.PASSED_DOWN, line.cluster, holder=maker_division), -line.amount_fen)
        add(
            books.account(Purpose.PASSED_DOWN, line.cluster, holder=line.to_division),
            line.amount_fen - line.deducted_fen,
        )
        add(books.account(Purpose.RETURNED), line.deducted_fen)
    return without_zeros(lines)


def _move(from_: AccountKey, to: AccountKey, amount_fen: int) -> dict[AccountKey, int]:
    return {from_: -amount_fen, to: amount_fen}
