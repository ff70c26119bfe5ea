"""The way of quota down the levels: to which division it is passed on, and by when (预算法 第五十二条)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.orders.money_orders import PassDown
from shared.errors import Item

#: Special transfers are due within 60 days of the budget's approval; a later one states its ground.
PASS_DOWN_DAYS: Final = 60


def next_division(path: Sequence[str], from_division: str, *, kept: Callable[[str], str] = str) -> str | None:
    """To whom quota goes next: from the province to the county, but to the city where the county is its district.

    ``kept`` tells under which code a recoded division's accounts are; whether it is a district, its own code tells.
    """
    holders = [kept(code) for code in path]
    if from_division not in holders or from_division == holders[-1]:
        return None
    return holders[holders.index(from_division) + 1] if is_district(path[-1]) else holders[-1]


def way_of_line(way: Sequence[str], known: Sequence[str] | None, kept: Callable[[str], str]) -> Sequence[str]:
    """A line's money for a cluster goes down one way: after a recode of its county still that of before."""
    if known and way and known[-1] != way[-1] and kept(known[-1]) == kept(way[-1]):
        return known
    return way


def is_district(code: str) -> bool:
    """A district of a city (市辖区) by its code (GB/T 2260: 01 to 20, or 51 to 70, both for the city and in it).

    Its budget is part of the city's; a county and a county-level city deal with the province directly. The cities of
    an autonomous prefecture (21 to 50) are numbered from 01 on, too, and so are what a province runs itself (90).
    """
    return all(1 <= part <= 20 or 51 <= part <= 70 for part in (int(code[2:4]), int(code[4:6])))


def check_in_time(order: PassDown, line: Appropriation) -> Iterator[Item]:
    if line.budget_approved_on is None:
        return  # told as what the line lacks
    due = line.budget_approved_on + timedelta(days=PASS_DOWN_DAYS)
    if order.document_date > due and order.late_ground is None:
        zh = f"应于 {due} 前下达（预算批准后 {PASS_DOWN_DAYS} 日），逾期须说明理由"
        en = f"it was due by {due} ({PASS_DOWN_DAYS} days after the budget's approval): state the ground"
        yield Item("late_ground", "sixty-days", zh, en)
