"""What a county's plan to spend quota is checked against: the quota, what is paid, and the uses that the rules name."""

from collections.abc import Iterator, Sequence

from services.funding.domain.payments.payments import BudgetProject
from services.funding.domain.rules.uses import use_problem
from services.funding.domain.rules.vocabulary import Use
from shared.errors import Item
from shared.text.money import show_wan


def plan_reasons(
    amount_fen: int,
    use: str,
    *,
    held_fen: int,
    unspent_fen: int,
    named_uses: Sequence[Use] | None,
    consent: str | None,
    granted: bool,
    at: str = "",
) -> Iterator[Item]:
    """What the plans for a quota are still to pay never exceeds what the county holds of it (``held_fen``);
    ``unspent_fen``: what other plans are still to pay; ``amount_fen``: what this one is. For ``named_uses`` and
    ``granted`` see :func:`use_problem`; ``at``: where the plan stands in the request."""
    if unspent_fen + amount_fen > held_fen:
        zh = f"未支付的指标 {show_wan(held_fen)},其中已安排 {show_wan(unspent_fen)},不足 {show_wan(amount_fen)}"
        en = (
            f"{show_wan(held_fen)} of quota is unspent and {show_wan(unspent_fen)} of it is planned: "
            f"no room for {show_wan(amount_fen)}"
        )
        yield Item(f"{at}amount_fen", "within-quota", zh, en)
    problem = use_problem(use, named_uses, consent=consent, granted=granted)
    if problem is not None:
        yield Item(f"{at}{problem.field}", problem.rule, problem.zh, problem.en)


def open_reasons(project: BudgetProject) -> list[Item]:
    """What is closed is not changed any more."""
    if project.state == "open":
        return []
    return [
        Item(
            "code", "project-open", f"预算项目 {project.code} 已关闭", f"the project {project.code} is closed"
        )
    ]


def not_below_paid(amount_fen: int, *, paid_fen: int) -> list[Item]:
    """A project plans at least what it paid."""
    if amount_fen >= paid_fen:
        return []
    zh = f"已支付 {show_wan(paid_fen)},计划不能少于已支付的金额"
    en = f"{show_wan(paid_fen)} is paid: the project cannot plan less"
    return [Item("amount_fen", "plan-covers-paid", zh, en)]


def split_reasons(codes: Sequence[str], *, amounts_fen: Sequence[int], left_fen: int) -> Iterator[Item]:
    """Parts take what is not paid yet, each under a code of its own."""
    for index, code in enumerate(codes):
        if code in codes[:index]:
            zh, en = f"项目代码 {code} 重复", f"the code {code} is given twice"
            yield Item(f"parts[{index}].code", "code-once", zh, en, row=index + 1)
    if sum(amounts_fen) > left_fen:
        zh = f"未支付的计划为 {show_wan(left_fen)},分出的合计 {show_wan(sum(amounts_fen))}"
        en = f"{show_wan(left_fen)} of the plan is unpaid, the parts take {show_wan(sum(amounts_fen))}"
        yield Item("parts", "parts-fit-plan", zh, en)
