"""By when quota is passed down after the budget's approval, and what a later order must say (预算法 第五十二条)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.orders.money_orders import PassDown
from shared.errors import Item

#: Special transfers are due within 60 days of the budget's approval; a later one states its ground.
PASS_DOWN_DAYS: Final = 60


def check_in_time(order: PassDown, line: Appropriation) -> Iterator[Item]:
    if line.budget_approved_on is None:
        return  # told as what the line lacks
    due = line.budget_approved_on + timedelta(days=PASS_DOWN_DAYS)
    if order.document_date > due and order.late_ground is None:
        zh = f"应于 {due} 前下达(预算批准后 {PASS_DOWN_DAYS} 日),逾期须说明理由"
        en = f"it was due by {due} ({PASS_DOWN_DAYS} days after the budget's approval): state the ground"
        yield Item("late_ground", "sixty-days", zh, en)
