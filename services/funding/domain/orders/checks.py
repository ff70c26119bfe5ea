"""Why a fund order cannot take effect: every reason at once, from facts alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from services.funding.domain.ledger.appropriations import can_be_passed_down
from services.funding.domain.ledger.books import least_from
from services.funding.domain.orders.document_numbers import clashes, use_of
from services.funding.domain.orders.facts import OrderFacts
from services.funding.domain.orders.kinds import FundOrder, document_number_of, lines_of
from services.funding.domain.orders.money_orders import (
    CarryIn,
    Grant,
    PassDown,
    Recovery,
    Variation,
    YearEnd,
)
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    Opening,
    OpeningReversal,
)
from services.funding.domain.orders.order import DocumentedOrder, MoneyOrder
from services.funding.domain.orders.plan_cuts import plan_cuts
from services.funding.domain.orders.quota_path import check_in_time, next_division
from services.funding.domain.orders.record_checks import (
    award_list_number,
    correction,
    earlier_listings,
    finance_divisions,
    listings_reversal,
    new_appropriation,
    opening,
)
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)
from services.funding.domain.rules.document_form import DocumentNumberForm
from shared.errors import Item
from shared.text.money import MAX_FEN, show_wan


def reasons_against(facts: OrderFacts) -> list[Item]:
    """Every reason against the order that the facts are about."""
    order = facts.asked.order
    return [*_document(order, facts), *_of_kind(order, facts), *_money(order, facts)]


def form_reasons(order: FundOrder, form: DocumentNumberForm) -> Iterator[Item]:
    """Document numbers of an order that have not the form of one; asked once, when it is proposed."""
    given = {_at(order): document_number_of(order)}
    if isinstance(order, Recovery):
        given["decision_document_number"] = order.decision_document_number
    if isinstance(order, Opening):
        given |= {f"{award.cluster}.document_number": award.document_number for award in order.awards}
    for at, number in given.items():
        problem = None if number is None else form.problem(number, at=at)
        if problem is not None:
            yield problem
    if isinstance(order, EarlierListings):
        for listing in order.listings:
            problem = form.problem(listing.document_number, at="document_number")
            if problem is not None:
                yield replace(problem, row=listing.row)


def _at(order: FundOrder) -> str:
    """Where the order's document number stands."""
    return "changes.document_number" if isinstance(order, AppropriationCorrection) else "document_number"


def _document(order: FundOrder, facts: OrderFacts) -> Iterator[Item]:
    own, number = use_of(facts.asked), document_number_of(order)
    if own is not None and number is not None:
        is_new = facts.asked.number is None
        yield from clashes(own, facts.same_number, number=number, is_new=is_new, at=_at(order))
    if isinstance(order, DocumentedOrder) and order.document_date > facts.today:
        yield Item("document_date", "date-to-come", "文件日期晚于今天", "the document's date is yet to come")
    line = facts.line
    if isinstance(order, MoneyOrder) and line is not None and order.document_date < line.effective_at:
        yield Item(
            "document_date",
            "before-appropriation",
            f"文件日期早于预算安排生效日 {line.effective_at}",
            f"the document is older than the appropriation ({line.effective_at})",
        )


def _of_kind(order: FundOrder, facts: OrderFacts) -> Iterator[Item]:
    match order:
        case PassDown():
            yield from _pass_down(order, facts)
        case Variation():
            yield from _variation(order, facts)
        case Grant():
            yield from can_be_passed_down(facts.line)
            yield from _grant(order, facts)
        case Recovery():
            yield from _recovery(order)
            yield from plan_cuts(order, facts)
        case YearEnd():
            yield from _year_end(order)
            yield from plan_cuts(order, facts)
        case CarryIn():
            yield from _carry_in(order, facts)
        case _:
            yield from _of_record(order, facts)


def _of_record(order: FundOrder, facts: OrderFacts) -> Iterator[Item]:
    """Of lines, lists and codes, and of what was decided before the system."""
    match order:
        case Opening() | OpeningReversal():
            yield from opening(order, facts)
        case EarlierListings():
            yield from earlier_listings(order, facts)
        case EarlierListingsReversal():
            yield from listings_reversal(order, facts)
        case NewAppropriation():
            yield from new_appropriation(order, facts)
        case AppropriationCorrection():
            yield from correction(order, facts)
        case AwardListNumber():
            yield from award_list_number(order, facts)
        case FinanceDivisionCodes():
            yield from finance_divisions(order, facts)
        case _:
            pass  # what is left of the others is whether the money is there


def _money(order: FundOrder, facts: OrderFacts) -> Iterator[Item]:
    """Each account that would leave its limits, now or on any day from the document's on, with what it holds. What a
    correction takes back of a line that nobody used is there."""
    if isinstance(order, AppropriationCorrection):
        return
    for account, amount in lines_of(order, facts.line, desk=facts.asked.desk).items():
        held = facts.balances.get(account, 0)
        if held + amount < account.minimum:
            yield Item(
                account.code,
                "money-not-available",
                f"余额 {show_wan(held)},不足 {show_wan(-amount)}",
                f"it holds {show_wan(held)}, not {show_wan(-amount)}",
            )
        elif held + amount > MAX_FEN:
            yield Item(account.code, "amount-too-large", "超出系统限额", "it would exceed the system's limit")
        elif isinstance(order, MoneyOrder):
            least = least_from(order.document_date, balance=held, movements=facts.later.get(account.code, ()))
            if least + amount < account.minimum:
                zh = f"自 {order.document_date} 起余额一度仅 {show_wan(least)},不足 {show_wan(-amount)}"
                en = f"from {order.document_date} on it held {show_wan(least)} at times, not {show_wan(-amount)}"
                yield Item(account.code, "money-not-there-yet", zh, en)


def _pass_down(order: PassDown, facts: OrderFacts) -> Iterator[Item]:
    line, desk = facts.line, facts.asked.desk
    from_budget = desk == facts.asked.budget
    if line is not None and from_budget:
        yield from can_be_passed_down(line)
        yield from check_in_time(order, line)
    if order.deadline < order.document_date:
        yield Item(
            "deadline", "deadline-order", "期限早于文件日期", "the deadline is before the document's date"
        )
    if not facts.paths:
        zh, en = "本项资金尚无已下达的奖励或补助", "no award list or grant of this line is issued"
        yield Item("lines", "awards-issued", zh, en)
        return
    doubled = Counter((entry.cluster, entry.to_division) for entry in order.lines)
    for index, entry in enumerate(order.lines):
        at = f"lines[{index}]"
        path = facts.paths.get(entry.cluster)
        if doubled[entry.cluster, entry.to_division] > 1:
            yield Item(
                at, "line-once", f"{entry.cluster} 重复", f"{entry.cluster} is listed twice", row=index + 1
            )
        if path is None:
            zh, en = f"{entry.cluster} 没有奖励或补助", f"{entry.cluster} has no award or grant"
            yield Item(f"{at}.cluster", "on-award-list", zh, en, row=index + 1)
            continue
        below = next_division(path, desk, kept=facts.kept)
        if entry.to_division != below:
            zh = f"应下达至 {below}" if below else f"{desk} 之下没有可下达的层级"
            en = f"it goes to {below}" if below else f"there is no level below {desk}"
            yield Item(f"{at}.to_division", "next-level", zh, en, row=index + 1)
    yield from _deductions(order, facts, from_budget=from_budget)


def _deductions(order: PassDown, facts: OrderFacts, *, from_budget: bool) -> Iterator[Item]:
    """What a county owes from an earlier year is deducted in full, as far as the award goes; never more."""
    amounts, deducted = Counter[str](), Counter[str]()
    for index, entry in enumerate(order.lines):
        amounts[entry.cluster] += entry.amount_fen
        deducted[entry.cluster] += entry.deducted_fen
        if entry.deducted_fen > entry.amount_fen:
            zh, en = "扣减多于金额", "more is deducted than there is"
            yield Item(f"lines[{index}].deducted_fen", "deduction-fits", zh, en, row=index + 1)
    owed = facts.owed_fen()
    for cluster, amount in amounts.items():
        expected = min(owed[cluster], amount) if from_budget else 0
        if deducted[cluster] != expected:
            first = next(i for i, entry in enumerate(order.lines) if entry.cluster == cluster)
            yield Item(
                f"lines[{first}].deducted_fen",
                "deduction-due",
                f"{cluster} 应扣减 {show_wan(expected)},实为 {show_wan(deducted[cluster])}",
                f"{show_wan(expected)} must be deducted of {cluster}, not {show_wan(deducted[cluster])}",
                row=first + 1,
            )


def _variation(order: Variation, facts: OrderFacts) -> Iterator[Item]:
    deductible = facts.deductible_fen
    if deductible is None:
        zh, en = f"{order.cluster} 没有已下达的奖励", f"{order.cluster} has no issued award"
        yield Item("cluster", "on-award-list", zh, en)
    elif order.method == "deduct_next_year" and order.amount_fen > deductible:
        zh = f"最多可扣减 {show_wan(deductible)}(奖励减去已收回和已登记扣减的金额)"
        en = (
            f"at most {show_wan(deductible)} can be deducted: "
            "the award less what was taken back or is to be deducted already"
        )
        yield Item("amount_fen", "within-award", zh, en)
    if order.method == "increase" and facts.round_closed:
        zh, en = "该项资金的分配轮次已办结", "the round of this line is closed"
        yield Item("appropriation", "round-open", zh, en)


def _grant(order: Grant, facts: OrderFacts) -> Iterator[Item]:
    if facts.project is None:
        zh, en = f"没有登记项目 {order.project}", f"the project {order.project} is not registered"
        yield Item("project", "known-project", zh, en)
        return
    cluster, county = facts.project
    if order.cluster != cluster:
        zh, en = f"项目属于集群 {cluster}", f"the project belongs to the cluster {cluster}"
        yield Item("cluster", "cluster-of-project", zh, en)
    path = facts.asked.grant_path
    if not path:
        zh = f"登记簿中没有集群 {order.cluster},或没有其所在县"
        en = f"the register has no cluster {order.cluster}, or not its county"
        yield Item("cluster", "known-cluster", zh, en)
        return
    if facts.kept(path[-1]) != facts.kept(county):
        zh = f"项目所在县 {county} 与集群所在县 {path[-1]} 不一致"
        en = f"the project lies in {county}, its cluster in {path[-1]}"
        yield Item("project", "county-of-cluster", zh, en)
    if path[0] != facts.asked.budget:
        zh = f"集群不在预算安排所属的 {facts.asked.budget} 之内"
        en = f"the cluster does not lie in {facts.asked.budget}, whose budget this is"
        yield Item("cluster", "path-of-project", zh, en)
    known_path = (facts.paths or {}).get(order.cluster, path)
    if list(known_path) != list(path):
        known = " → ".join(known_path)
        zh = f"该集群已有另一条下达路径({known})"
        en = f"the cluster has another path already ({known})"
        yield Item("cluster", "one-path", zh, en)


def _recovery(order: Recovery) -> Iterator[Item]:
    """An audit or an inspection decided by a document of its own; the order's document only carries it out."""
    decided = order.ground in ("audit_decision", "inspection_decision")
    if decided and order.decision_document_number is None:
        zh = "收回理由为审计或检查决定的,须写明该决定的文号"
        en = "a recovery by an audit's or inspection's decision names the document number of that decision"
        yield Item("decision_document_number", "decision-document", zh, en)
    if not decided and order.decision_document_number is not None:
        zh = "收回理由不是审计或检查决定,不得填写决定文号"
        en = "there is a decision's document for an audit's or inspection's decision only"
        yield Item("decision_document_number", "decision-document", zh, en)
    if order.decision_document_number == order.document_number:
        zh = f"决定文号不得与资金单文号 {order.document_number} 相同"
        en = f"the decision's document is not the order's own, {order.document_number}"
        yield Item("decision_document_number", "decision-document", zh, en)


def _year_end(order: YearEnd) -> Iterator[Item]:
    of_cluster = order.left_in in ("awarded", "passed_down")
    if of_cluster != (order.cluster is not None):
        zh, en = (
            ("须指明集群", "name the cluster") if of_cluster else ("不得指明集群", "there is no cluster here")
        )
        yield Item("cluster", "cluster-where-due", zh, en)
    if (order.left_in == "passed_down") != (order.division is not None):
        zh, en = (
            ("须指明持有指标的区划", "name the division that holds the quota")
            if order.division is None
            else ("不得指明区划", "there is no division here")
        )
        yield Item("division", "division-where-due", zh, en)


def _carry_in(order: CarryIn, facts: OrderFacts) -> Iterator[Item]:
    into, line = facts.into, facts.line
    if into is None or line is None:
        yield Item(
            "into",
            "known-appropriation",
            f"没有预算安排 {order.into}",
            f"there is no appropriation {order.into}",
        )
        return
    if into.fiscal_year <= line.fiscal_year:
        yield Item("into", "later-year", "须为以后年度的预算安排", "it must be a line of a later fiscal year")
    if into.programme != line.programme:
        yield Item("into", "same-programme", "属于另一项目", "it belongs to another programme")
    if order.document_date < into.effective_at:
        yield Item(
            "document_date",
            "before-appropriation",
            f"文件日期早于 {into.code} 生效日 {into.effective_at}",
            f"the document is older than {into.code} ({into.effective_at})",
        )
