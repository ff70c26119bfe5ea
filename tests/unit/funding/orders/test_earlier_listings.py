"""What a spreadsheet of projects listed before the system says, and why an order that enters it is refused."""

from datetime import date

import pytest

from services.funding.domain.openings.listings import COLUMNS, projects_named, read_listings
from services.funding.domain.openings.spreadsheet import Rows
from services.funding.domain.orders.checks import reasons_against
from services.funding.domain.orders.facts import Asked, KnownListings, OrderFacts
from services.funding.domain.orders.kinds import lines_of, postings_of
from services.funding.domain.orders.opening_orders import (
    EarlierListing,
    EarlierListings,
    EarlierListingsReversal,
)
from services.funding.domain.orders.orders import amount_of
from services.funding.domain.priority.registered import RegisteredProject
from services.funding.domain.refusals import OpeningInvalid

TODAY = date(2025, 1, 8)
BOND = "special_purpose_bond"
PATH = ("420000", "421300", "421303")
PROJECT = RegisteredProject("p-1", "园区基础设施", "421303", "421303-01", "城投公司", 500, PATH)
ROW = ("p-1", BOND, "鄂发改投资〔2024〕31号", "2024-06-01", "2024-06-03", "2025-06-02")


def sheet(*rows: tuple[str, ...], heading: tuple[str, ...] = (*COLUMNS.values(),)) -> Rows:
    return list(enumerate([heading, *rows], start=1))


def order(*rows: tuple[str, ...]) -> EarlierListings:
    listings = read_listings(sheet(*rows), {row[0]: PROJECT for row in rows})
    return EarlierListings(kind="earlier_listings", reason="录入", programme="hubei", listings=listings)


def rules(
    asked: EarlierListings | EarlierListingsReversal, *, number: str | None = None, **known: object
) -> list[tuple[int | None, str]]:
    values = {"instruments": {"hubei": {BOND}}, "entered": {}, "tested": set()} | known
    facts = OrderFacts(
        asked=Asked(asked, "420000", "420000", None, number),
        today=TODAY,
        line=None,
        balances={},
        later={},
        listings=KnownListings(**values),  # type: ignore[arg-type]
    )
    return [(item.row, item.rule) for item in reasons_against(facts)]


def test_what_the_project_is_the_register_says() -> None:
    assert order(ROW).listings == (
        EarlierListing(
            row=2,
            project_code="p-1",
            project="园区基础设施",
            county_code="421303",
            division_path=PATH,
            cluster="421303-01",
            unit="城投公司",
            investment_fen=500,
            instrument=BOND,
            document_number="鄂发改投资〔2024〕31号",
            document_date=date(2024, 6, 1),
            valid_from=date(2024, 6, 3),
            valid_to=date(2025, 6, 2),
        ),
    )


def test_columns_come_in_any_order_and_either_language() -> None:
    heading = ("valid_to", "有效期起", "project_code", "支持方式", "document_number", "列入日期")
    cells = ("2025-06-02", "2024-06-03", "ｐ-1", BOND, "鄂发改投资[2024]31号", "2024-06-01")
    rows = sheet(cells, heading=heading)
    assert projects_named(rows) == {"p-1"}
    assert read_listings(rows, {"p-1": PROJECT}) == order(ROW).listings


@pytest.mark.parametrize(
    "heading",
    [(*COLUMNS,)[:-1], (*COLUMNS, "备注"), (*COLUMNS, "项目代码")],
    ids=["one is missing", "one too many", "one twice"],
)
def test_another_heading_is_refused(heading: tuple[str, ...]) -> None:
    with pytest.raises(OpeningInvalid) as refusal:
        read_listings(sheet(ROW, heading=heading), {"p-1": PROJECT})
    assert len(refusal.value.items) == 1


def test_a_good_order_moves_no_money_and_has_nothing_against_it() -> None:
    good = order(ROW)
    assert rules(good) == []
    assert (lines_of(good, None, desk="420000"), amount_of(good)) == ({}, 0)
    assert postings_of(good, None, number="n", desk="420000") == []


def test_a_project_is_entered_once_for_each_instrument() -> None:
    other = (ROW[0], "other", *ROW[2:])
    both = {"hubei": {BOND, "other"}}
    assert rules(order(ROW, other), instruments=both) == []
    assert rules(order(ROW, ROW)) == [(2, "project-once"), (3, "project-once")]
    entered = {("p-1", BOND): frozenset({"2025-420000-0001"})}
    assert rules(order(other, ROW), entered=entered, instruments=both) == [(3, "listed-once")]
    assert rules(order(ROW), number="2025-420000-0001", entered=entered) == []
    assert rules(order(ROW), tested={("p-1", BOND)}) == [(2, "listed-by-the-system")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2025-01-08", "2025-01-08", "2025-01-08"), []),
        (("2025-01-08", "2025-01-09", "2025-01-09"), ["date-to-come"]),
        (("2025-01-09", "2025-01-08", "2025-01-08"), ["date-to-come", "dates-in-order"]),
        (("2024-01-02", "2024-01-01", "2023-12-31"), ["dates-in-order", "dates-in-order"]),
    ],
)
def test_days_are_in_order_and_not_to_come(days: tuple[str, ...], expected: list[str]) -> None:
    assert [rule for _, rule in rules(order((*ROW[:3], *days)))] == expected


def test_an_instrument_is_one_of_the_programmes_rules() -> None:
    assert rules(order(ROW), instruments={"hubei": {"other"}, "sichuan": {BOND}}) == [(2, "known-instrument")]


def test_listings_are_reversed_once() -> None:
    back = EarlierListingsReversal(
        kind="earlier_listings_reversal", reason="有误", programme="hubei", opening="2025-420000-0001"
    )
    known = KnownListings({}, {("p-1", BOND): frozenset({"2025-420000-0001"})}, set())
    assert rules(back, entered=known.entered) == []
    assert rules(back, entered=known.without("2025-420000-0001").entered) == [
        (None, "listings-reversed-once")
    ]
