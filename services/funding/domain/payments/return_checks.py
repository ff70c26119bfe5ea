"""What money that the bank sends back is checked against."""

from collections.abc import Iterator
from datetime import date

from services.funding.domain.payments.payments import Payment, PaymentReturn
from shared.errors import Item
from shared.text.money import show_wan


def return_reasons(
    given: PaymentReturn, payment: Payment, *, paid_fen: int, known: bool, today: date
) -> Iterator[Item]:
    """``paid_fen``: the least that stood as paid from the day of the return on; ``known``: its serial is recorded."""
    left = payment.actual_fen - payment.returned_fen
    if given.amount_fen > left:
        zh = f"最多可退回 {show_wan(left)}"
        en = f"at most {show_wan(left)} of this payment can come back"
        yield Item("amount_fen", "within-payment", zh, en)
    elif given.amount_fen > paid_fen and given.returned_on >= payment.paid_on:
        zh, en = "已列入结算扣减,不能再退回", "it is to be deducted at settlement already"
        yield Item("amount_fen", "not-recovered", zh, en)
    if given.returned_on > today:
        zh, en = "退回日期晚于今天", "the day of return is yet to come"
        yield Item("returned_on", "date-to-come", zh, en)
    if given.returned_on < payment.paid_on:
        zh = f"退回日期 {given.returned_on} 早于支付日期 {payment.paid_on}"
        en = f"it came back on {given.returned_on}, before it was paid on {payment.paid_on}"
        yield Item("returned_on", "after-payment", zh, en)
    if known:
        zh, en = (
            f"退回流水号 {given.return_serial} 已登记",
            f"the return {given.return_serial} is recorded already",
        )
        yield Item("return_serial", "serial-once", zh, en)
