"""A review of orders, one or many: what stands against it, and what takes effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.ledger.books import Posting
from services.funding.domain.orders.bundle import Bundle
from services.funding.domain.orders.checks import reasons_against
from services.funding.domain.orders.facts import Plan
from services.funding.domain.orders.kinds import FundOrder, postings_of
from services.funding.domain.orders.orders import (
    KeptOrder,
    amount_of,
    decided_reasons,
    maker_reasons,
    state_reasons,
)
from services.funding.domain.orders.plan_cuts import plans_cut_by
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.rules.vocabulary import ReviewedBy
from shared.errors import Item
from shared.web.principals import Principal

Decision = Literal["approve", "reject"]


@dataclass(frozen=True, slots=True)
class Effect:
    """An order that takes effect: its line as it was before, the transfers that it makes, the deductions that its
    passing down makes, by the order that registered each, and the plans that it cuts, as they were before."""

    kept: KeptOrder
    order: FundOrder
    line: Appropriation | None
    postings: Sequence[Posting]
    deductions_made: dict[str, int]
    plans: Sequence[Plan]


@dataclass(slots=True)
class Outcome:
    """``reasons`` against the review as a whole; ``effects`` in the order of the orders' numbers."""

    reasons: list[Item] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


def review_orders(
    orders: Sequence[KeptOrder],
    decision: Decision,
    bundle: Bundle,
    levels: ReviewLevels,
    *,
    reviewer: Principal,
    reviewed_by: Mapping[str, ReviewedBy],
) -> Outcome:
    """In the order of their numbers, each judged after the ones before it; every reason of every order is given.

    ``reviewed_by``: who may review each order, by its number.
    """
    outcome = Outcome()
    for kept in orders:
        reasons = _not_now(kept, reviewer, reviewed_by[kept.number])
        if reasons:
            outcome.reasons += [replace(item, field=kept.number) for item in reasons]
        elif decision == "approve":
            _approve(kept, bundle, levels, outcome)
    return outcome


def _not_now(kept: KeptOrder, reviewer: Principal, reviewed_by: ReviewedBy) -> list[Item]:
    return (
        maker_reasons(kept, reviewer, reviewed_by)
        or decided_reasons(kept, reviewer.person)
        or state_reasons(kept)
    )


def _approve(kept: KeptOrder, bundle: Bundle, levels: ReviewLevels, outcome: Outcome) -> None:
    asked = kept.asked
    facts = bundle.facts_of(asked)
    reasons = reasons_against(facts)
    if reasons:
        outcome.reasons += [replace(item, field=f"{kept.number}.{item.field}") for item in reasons]
    elif kept.approvals + 1 >= levels.reviews_needed(amount_of(asked.order)):
        order = asked.order
        cuts = plans_cut_by(order)
        outcome.effects.append(
            Effect(
                kept=kept,
                order=order,
                line=facts.line,
                postings=postings_of(
                    order,
                    facts.line,
                    number=kept.number,
                    desk=asked.desk,
                    drawn_by=bundle.redrawn.get(asked.line or ""),
                ),
                deductions_made=bundle.deductions_made(asked),
                plans=[plan for plan in facts.plans if plan.code in cuts],
            )
        )
        bundle.take_effect(asked)
