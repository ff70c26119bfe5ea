"""A fund order as it is kept, the steps that people took, and what it is for its readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from services.funding.domain.orders.facts import Asked
from services.funding.domain.orders.kinds import FundOrder
from services.funding.domain.orders.money_orders import PassDown
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    Opening,
    OpeningReversal,
)
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
)
from services.funding.domain.refusals import AlreadyApprovedByYou, AlreadyDecidedByYou, AlreadyRejectedByYou
from services.funding.domain.rules.vocabulary import ReviewedBy
from shared.errors import Item, MakerCannotCheck
from shared.text.units import is_another_unit, told_of_units
from shared.web.principals import Principal, Role, person_of

_ORDER: TypeAdapter[FundOrder] = TypeAdapter(FundOrder)


@dataclass(frozen=True, slots=True)
class OrderStep:
    fund_order: str
    number: int
    action: str
    subject: str
    unit: str
    note: str
    business_date: date
    recorded_at: datetime


#: What a reviewer may have said, and how a second review of theirs is refused.
DECISIONS: Final[Mapping[str, tuple[type[AlreadyDecidedByYou], str, str]]] = {
    "approved": (AlreadyApprovedByYou, "审核通过", "approved"),
    "rejected": (AlreadyRejectedByYou, "退回", "rejected"),
}

#: The rule by which a reviewer of the maker's own unit is refused.
ANOTHER_UNIT: Final = "another-unit"


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """``appropriation``: the line that it is about, if any; ``division_code``: whose desk made it; ``budget_division``:
    whose money or record it is about; ``body``: the order as it was proposed; ``division_path``: of a grant, from the
    division register."""

    number: str
    appropriation: str | None
    kind: str
    division_code: str
    budget_division: str
    fiscal_year: int
    running: int
    document_number: str | None
    body: Mapping[str, object]
    state: OrderState
    transfer_id: UUID | None
    division_path: Sequence[str] | None = None
    steps: tuple[OrderStep, ...] = ()

    @property
    def order(self) -> FundOrder:
        return _ORDER.validate_python(self.body)

    @property
    def asked(self) -> Asked:
        """What is judged of it."""
        return Asked(
            order=self.order,
            desk=self.division_code,
            budget=self.budget_division,
            line=self.appropriation,
            number=self.number,
            grant_path=self.division_path,
        )

    @property
    def place(self) -> tuple[int, str, int]:
        """Its place in the order of numbers."""
        return self.fiscal_year, self.division_code, self.running

    @property
    def approvals(self) -> int:
        return sum(step.action == "approved" for step in self.steps)

    def made_by(self, person: str) -> bool:
        return any(person_of(step.subject) == person and step.action == "proposed" for step in self.steps)

    def decision_of(self, person: str) -> str | None:
        """What a reviewer said of it already: ``approved`` or ``rejected``."""
        said = (step.action for step in self.steps if person_of(step.subject) == person)
        return next((action for action in said if action in DECISIONS), None)


@dataclass(frozen=True, slots=True)
class QuotaNotice:
    """One line of quota that was passed down; ``amount_fen`` is what arrived, after any deduction."""

    order: str
    appropriation: str
    from_division: str
    document_number: str
    document_date: date
    deadline: date
    performance_targets: str | None
    cluster: str
    amount_fen: int
    deducted_fen: int
    finance_code: str | None


def may_see(principal: Principal, kept: KeptOrder) -> bool:
    return principal.division in (kept.division_code, kept.budget_division)


def state_reasons(kept: KeptOrder) -> list[Item]:
    if kept.state is OrderState.PROPOSED:
        return []
    state = kept.state.value
    return [Item("state", "proposed", f"资金单处于 {state}", f"the order is {state}")]


def decided_reasons(kept: KeptOrder, person: str) -> list[Item]:
    """Who reviewed an order reviews it once; a review whose answer was lost has counted."""
    decision = kept.decision_of(person)
    if decision is None:
        return []
    refusal, zh, en = DECISIONS[decision]
    return [
        Item("reviewer", refusal.code, f"本人已{zh}资金单 {kept.number}", f"you {en} {kept.number} already")
    ]


def maker_reasons(kept: KeptOrder, reviewer: Principal, reviewed_by: ReviewedBy) -> list[Item]:
    """The reviewer is another person than the maker, and of another unit where the programme asks for one."""
    number = kept.number
    if kept.made_by(reviewer.person):
        zh, en = f"本人已参与资金单 {number}", f"you took part in {number}"
        return [Item("reviewer", MakerCannotCheck.code, zh, en)]
    makers = [step.unit for step in kept.steps if step.action == "proposed"]
    if reviewed_by is ReviewedBy.ANOTHER_UNIT and not is_another_unit(reviewer.unit, makers):
        return [Item("reviewer", ANOTHER_UNIT, *told_of_units(reviewer.unit, makers))]
    return []


def reviewer_reasons(kept: KeptOrder, reviewer: Principal, reviewed_by: ReviewedBy) -> list[Item]:
    """Besides, the reviewer reviews it once, and is of the desk that made the order."""
    reasons = [*decided_reasons(kept, reviewer.person), *maker_reasons(kept, reviewer, reviewed_by)]
    if not reviewer.has(Role.FINANCE_REVIEWER) or kept.division_code != reviewer.division:
        zh, en = "不是本级财政审核岗", "you are not a finance reviewer of this desk"
        reasons.append(Item("reviewer", "role-not-permitted", zh, en))
    return reasons


def amount_of(order: FundOrder) -> int:
    """What the review levels go by."""
    match order:
        case PassDown():
            return sum(line.amount_fen for line in order.lines)
        case AppropriationCorrection():
            return order.changes.amount_fen or 0
        case Opening() | OpeningReversal():
            return order.total_fen
        case AwardListNumber() | FinanceDivisionCodes() | EarlierListings() | EarlierListingsReversal():
            return 0
        case _:
            return order.amount_fen


def notices_of(kept: KeptOrder, *, division: str, finance_code: str | None) -> list[QuotaNotice]:
    """What an approved order passed down to a division."""
    order = kept.order
    if (
        not isinstance(order, PassDown) or kept.appropriation is None
    ):  # pragma: no cover - no other passes it down
        return []
    return [
        QuotaNotice(
            order=kept.number,
            appropriation=kept.appropriation,
            from_division=kept.division_code,
            document_number=order.document_number,
            document_date=order.document_date,
            deadline=order.deadline,
            performance_targets=order.performance_targets,
            cluster=line.cluster,
            amount_fen=line.amount_fen - line.deducted_fen,
            deducted_fen=line.deducted_fen,
            finance_code=finance_code,
        )
        for line in order.lines
        if line.to_division == division
    ]
