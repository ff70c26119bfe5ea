"""Why a step of a round cannot be taken: every reason at once, from facts alone."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from services.funding.domain.orders.quota_path import way_of_line
from services.funding.domain.rounds.round import KeptAward, Round
from services.funding.domain.rounds.states import MOVES, Action, State, Taken, check_reviewer, next_state
from shared.errors import Item, Refusal
from shared.text.money import show_wan
from shared.web.principals import Principal, Role

#: Who takes which step.
ROLES: Final[Mapping[Action, frozenset[Role]]] = {
    Action.ALLOCATE: frozenset({Role.PROVINCE_OFFICER, Role.PIPELINE}),
    Action.PROPOSE: frozenset({Role.PROVINCE_OFFICER, Role.FINANCE_MAKER, Role.PIPELINE}),
    Action.APPROVE: frozenset({Role.FINANCE_REVIEWER}),
    Action.ISSUE: frozenset({Role.FINANCE_MAKER}),
    Action.CLOSE: frozenset({Role.FINANCE_MAKER}),
    Action.WITHDRAW: frozenset({Role.PROVINCE_OFFICER}),
}


def role_reasons(principal: Principal, action: Action) -> list[Item]:
    if principal.has(*ROLES[action]):
        return []
    return [Item("role", "role-not-permitted", "您的岗位不能进行这一步", "your role cannot take this step")]


def state_reasons(state: State, action: Action) -> list[Item]:
    return _told("state", lambda: next_state(state, action))


def reviewer_reasons(steps: Sequence[Taken], *, subject: str, unit: str) -> list[Item]:
    return _told("reviewer", lambda: check_reviewer(steps, subject=subject, unit=unit))


def money_reasons(round_: Round, *, account: str, available_fen: int) -> list[Item]:
    """Once the pool is held, it is no longer available: the money is asked for before that only."""
    before, _ = MOVES[Action.ALLOCATE]
    if round_.state not in before or available_fen >= round_.pool_fen:
        return []
    zh = f"可用 {show_wan(available_fen)},不足资金池 {show_wan(round_.pool_fen)}"
    en = f"{show_wan(available_fen)} is available, not the pool of {show_wan(round_.pool_fen)}"
    return [Item(account, "money-not-available", zh, en)]


def path_reasons(
    awards: Sequence[KeptAward], granted: Mapping[str, Sequence[str]], kept: Callable[[str], str] = str
) -> list[Item]:
    """A cluster's money of one line takes one way down: a grant by another path would not reach the award's county.

    ``kept`` tells under which code a recoded division's accounts are: there it is one county.
    """
    return [
        Item(
            award.cluster,
            "one-path",
            f"{award.cluster} 的补助与奖励下达路径不同",
            f"a grant and the award of {award.cluster} would go down by different paths",
        )
        for award in awards
        for path in [granted.get(award.cluster, award.division_path)]
        if list(way_of_line(award.division_path, path, kept)) != list(path)
    ]


def closing_reasons(
    held_fen: Mapping[str, int], open_orders: Collection[str], *, document_number: str | None
) -> list[Item]:
    """Nothing may be left on its way: each account that still holds money, each open order, a missing 文号."""
    reasons = [
        Item(account, "nothing-left", f"尚有 {show_wan(held)}", f"it still holds {show_wan(held)}")
        for account, held in held_fen.items()
    ]
    reasons += [
        Item(number, "orders-decided", f"资金单 {number} 尚未审核", f"the fund order {number} is not decided")
        for number in open_orders
    ]
    if document_number is None:
        zh, en = "奖励名单文号尚未登记", "the award list's document number is not written back"
        reasons.append(Item("document_number", "document-number-written-back", zh, en))
    return reasons


def _told(field: str, check: Callable[[], object]) -> list[Item]:
    """The refusal of a check as a reason."""
    try:
        check()
    except Refusal as refusal:
        return [Item(field, refusal.code, refusal.zh, refusal.en)]
    return []
