"""What an opening moves adds up to nothing, whatever its rows say, and its reversal is the exact opposite."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain.ledger.books import Books, Purpose
from services.funding.domain.orders.opening_orders import OpenedAward, Opening, OpeningReversal, opened
from services.funding.domain.orders.orders import amount_of

BOOKS = Books("420000", "2024-before")
DAY = date(2024, 12, 31)
TRANSFER = UUID("01a23220-d27a-70fc-8063-f248a9651a41")
_fen = st.integers(0, 10**12)


@st.composite
def awards(draw: st.DrawFn) -> tuple[OpenedAward, ...]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        path = draw(st.sampled_from([("420000", "421300", "421303"), ("420000", "429006")]))
        parts = [draw(_fen) for _ in range(6)]
        if len(path) == 2:
            parts[1] = 0
        names = ("not_passed_down", "with_city", "with_county", "paid", "returned", "carried_over")
        made.append(
            OpenedAward.model_validate(
                {
                    "row": number + 2,
                    "cluster": f"{path[-1]}-{number}",
                    "name": "集群",
                    "county_code": path[-1],
                    "county_name": "县",
                    "division_path": path,
                    "document_number": "鄂财建发〔2024〕7号",
                    "document_date": DAY,
                    "awarded_fen": sum(parts) or 1,
                    **{f"{name}_fen": part for name, part in zip(names, parts, strict=True)},
                }
            )
        )
    return tuple(award for award in made if award.parts_fen)


def opening(given_: tuple[OpenedAward, ...], returned_fen: int, carried_over_fen: int) -> Opening:
    return Opening(
        kind="opening",
        reason="系统启用前",
        appropriation=BOOKS.appropriation,
        document_number="鄂财建发〔2024〕88号",
        document_date=DAY,
        assessment_year=2024,
        purpose="incentive",
        awards=given_,
        returned_fen=returned_fen,
        carried_over_fen=carried_over_fen,
    )


@given(awards(), _fen, _fen)
def test_an_opening_is_balanced_and_comes_out_of_what_is_available(
    given_: tuple[OpenedAward, ...], returned_fen: int, carried_over_fen: int
) -> None:
    order = opening(given_, returned_fen, carried_over_fen)
    lines = opened(order, BOOKS)
    assert sum(lines.values()) == 0
    assert -lines.get(BOOKS.account(Purpose.AVAILABLE), 0) == order.total_fen == amount_of(order)
    assert all(fen > 0 for account, fen in lines.items() if account.purpose is not Purpose.AVAILABLE)
    back = OpeningReversal(
        **order.model_dump(exclude={"kind", "assessment_year", "purpose"}),
        kind="opening_reversal",
        opening="2024-420000-0002",
        opened_by=TRANSFER,
    )
    assert opened(back, BOOKS) == {account: -fen for account, fen in lines.items()}
