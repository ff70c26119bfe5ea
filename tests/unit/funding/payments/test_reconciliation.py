"""A treasury's list of payments, read exactly and compared."""

from contextlib import suppress
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain.payments.reconciliation import Paid, differences_between, read_payments
from services.funding.domain.refusals import PaymentFileInvalid
from shared.text.money import MAX_FEN

DAY = date(2024, 10, 8)


def test_a_list_of_payments_is_read_exactly() -> None:
    content = "bank_serial,amount_yuan,paid_on\nA-1, 0.01 ,2024-10-08\n\nB2,90071992547409.90,2024-10-09\n"
    read = read_payments(content.encode())
    assert [(paid.bank_serial, paid.amount_fen, paid.row) for paid in read] == [
        ("A-1", 1, 2),
        ("B2", MAX_FEN - 1, 4),
    ]


def test_a_serial_is_read_in_the_form_in_which_it_is_recorded() -> None:
    rows = "bank_serial,amount_yuan,paid_on\ntst -\uff11\uff21\u200b,1,2024-10-08\n"
    (paid,) = read_payments(rows.encode())
    assert paid.bank_serial == "TST-1A"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(PaymentFileInvalid):
        read_payments(b"bank_serial,amount_yuan,paid_on\n" + content)


def test_differences_name_both_sides() -> None:
    file = [Paid("A", 1, DAY, 2), Paid("B", 2, DAY, 3)]
    matched, differences = differences_between(file, [Paid("A", 1, DAY), Paid("C", 3, DAY)])
    assert matched == 1
    assert [(found.bank_serial, found.kind) for found in differences] == [
        ("B", "only_in_file"),
        ("C", "only_here"),
    ]
