"""What a county's plan to spend quota is checked against: the quota, and the uses that the rules name."""

from collections.abc import Iterator, Sequence

from services.funding.domain.rules.uses import use_problem
from services.funding.domain.rules.vocabulary import Use
from shared.errors import Item
from shared.text.money import show_wan


def plan_reasons(
    amount_fen: int,
    use: str,
    *,
    received_fen: int,
    planned_fen: int,
    named_uses: Sequence[Use] | None,
    consent: str | None,
    granted: bool,
) -> Iterator[Item]:
    """The plans for a quota never exceed the quota. For ``named_uses`` and ``granted`` see :func:`use_problem`."""
    if planned_fen + amount_fen > received_fen:
        zh = f"收到指标 {show_wan(received_fen)},已安排 {show_wan(planned_fen)},不足 {show_wan(amount_fen)}"
        en = (
            f"{show_wan(received_fen)} of quota arrived and {show_wan(planned_fen)} is planned: "
            f"no room for {show_wan(amount_fen)}"
        )
        yield Item("amount_fen", "within-quota", zh, en)
    problem = use_problem(use, named_uses, consent=consent, granted=granted)
    if problem is not None:
        yield problem
