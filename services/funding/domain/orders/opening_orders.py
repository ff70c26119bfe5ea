"""What was decided before the system, entered once: earlier awards of a line and where their money is now, and projects
that had priority.

Neither is a release, round, award list or test of the system, and never passes as one. A mistake is reversed as a
whole, and entered anew.
"""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.funding.domain.ledger.books import AccountKey, Books, Purpose, without_zeros
from services.funding.domain.orders.order import MoneyOrder, Order
from shared.text.money import MAX_FEN
from shared.web.fields import BusinessDate, Code, DivisionCode, DocumentNumber, Name, PositiveFen, Year

MAX_ROW: Final = 1_048_576
MAX_LISTINGS: Final = 500
Fen = Annotated[int, Field(ge=0, le=MAX_FEN, strict=True)]


class OpenedAward(BaseModel):
    """An award of before and the parts that it has become; ``row`` of the spreadsheet, its heading being row 1;
    ``division_path`` by the division register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: Annotated[int, Field(ge=2, le=MAX_ROW)]
    cluster: Code
    name: Name
    county_code: DivisionCode
    county_name: Name
    division_path: tuple[DivisionCode, ...]
    document_number: DocumentNumber = Field(description="文号 by which it was awarded")
    document_date: BusinessDate
    awarded_fen: PositiveFen
    not_passed_down_fen: Fen
    with_city_fen: Fen
    with_county_fen: Fen
    paid_fen: Fen
    returned_fen: Fen
    carried_over_fen: Fen

    @property
    def parts_fen(self) -> int:
        return (
            self.not_passed_down_fen
            + self.with_city_fen
            + self.with_county_fen
            + self.paid_fen
            + self.returned_fen
            + self.carried_over_fen
        )

    @property
    def city(self) -> str | None:
        """The city between the province and the county, if there is one."""
        return self.division_path[-2] if len(self.division_path) > 2 else None


class OpenedMoney(MoneyOrder):
    """What an opening and its reversal say; ``document_date`` is the day as of which the balances are confirmed."""

    awards: Annotated[tuple[OpenedAward, ...], Field(max_length=1_000)]
    returned_fen: Fen = Field(description="of the line, awarded to nobody and back in the budget")
    carried_over_fen: Fen = Field(description="of the line, awarded to nobody and carried over")

    @property
    def total_fen(self) -> int:
        return sum(award.awarded_fen for award in self.awards) + self.returned_fen + self.carried_over_fen


class Opening(OpenedMoney):
    """期初余额: earlier awards of a line, out of what the line has available."""

    kind: Literal["opening"]
    assessment_year: Year = Field(description="whose results the awards rewarded")
    purpose: Code = Field(description="the purpose of the incentive rules that it is compared with")


class OpeningReversal(OpenedMoney):
    """冲销期初: all that an opening entered, back to what the line has available."""

    kind: Literal["opening_reversal"]
    opening: str
    opened_by: UUID = Field(description="the transfer of the opening")


class EarlierListing(BaseModel):
    """A project that was listed for an instrument before, as the register has it; ``row`` of the spreadsheet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: Annotated[int, Field(ge=2, le=MAX_ROW)]
    project_code: Code
    project: str
    county_code: DivisionCode
    division_path: tuple[DivisionCode, ...]
    cluster: Code
    unit: str
    investment_fen: PositiveFen
    instrument: Code
    document_number: DocumentNumber = Field(description="文号 by which it was listed")
    document_date: BusinessDate
    valid_from: BusinessDate
    valid_to: BusinessDate

    @property
    def key(self) -> tuple[str, str]:
        """What is listed for what; once."""
        return self.project_code, self.instrument


class EarlierListings(Order):
    """录入以前的优先支持: projects that had priority before the system; no money moves."""

    kind: Literal["earlier_listings"]
    programme: Code
    listings: Annotated[tuple[EarlierListing, ...], Field(min_length=1, max_length=MAX_LISTINGS)]


class EarlierListingsReversal(Order):
    """撤销以前的优先支持: all listings that an order entered, by their number."""

    kind: Literal["earlier_listings_reversal"]
    programme: Code
    opening: str = Field(description="the order that entered them")


OpeningOrder = Opening | OpeningReversal
ListingOrder = EarlierListings | EarlierListingsReversal


def opened(order: OpeningOrder, books: Books) -> dict[AccountKey, int]:
    """By how much each account moves."""
    sign = 1 if isinstance(order, Opening) else -1
    lines = {books.account(Purpose.AVAILABLE): -sign * order.total_fen}

    def add(amount: int, account: AccountKey) -> None:
        lines[account] = lines.get(account, 0) + sign * amount

    add(order.returned_fen, books.account(Purpose.RETURNED))
    add(order.carried_over_fen, books.account(Purpose.CARRIED_OVER))
    for award in order.awards:
        cluster, county = award.cluster, award.county_code
        add(award.not_passed_down_fen, books.account(Purpose.AWARDED, cluster))
        if award.city is not None:
            add(award.with_city_fen, books.account(Purpose.PASSED_DOWN, cluster, holder=award.city))
        add(award.with_county_fen, books.account(Purpose.PASSED_DOWN, cluster, holder=county))
        add(award.paid_fen, books.account(Purpose.PAID, cluster, holder=county))
        add(award.returned_fen, books.account(Purpose.RETURNED))
        add(award.carried_over_fen, books.account(Purpose.CARRIED_OVER))
    return without_zeros(lines)
