"""What approved orders change, each kind of change in one statement for all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.appropriations import Appropriation, Correction
from services.funding.domain.orders.bundle import corrected, owed_by
from services.funding.domain.orders.facts import Owed
from services.funding.domain.orders.kinds import document_number_of, event_of
from services.funding.domain.orders.money_orders import PassDown, Variation
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    Opening,
    OpeningReversal,
)
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.plan_cuts import plans_cut_by
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)
from services.funding.domain.orders.review import Effect
from services.funding.domain.payments.payments import PlanChange, planned_anew
from services.funding.storage.ledger.postings import post_all
from services.funding.storage.orders.deductions import add_deductions, add_deductions_made
from services.funding.storage.orders.earlier_listings import add_earlier_listings
from services.funding.storage.orders.finance_divisions import (
    complete_notice_codes,
    keep_notice_codes,
    put_finance_divisions,
)
from services.funding.storage.orders.fund_orders import move_orders
from services.funding.storage.orders.openings import add_opened_awards, add_opening_reversals
from services.funding.storage.payments.budget_projects import change_plans
from services.funding.storage.rounds.appropriations import add_appropriations, correct_appropriations
from services.funding.storage.rounds.award_lists import add_list_numbers
from services.funding.use_cases.rounds.advance_rounds import advance_rounds
from shared.data.events import Happened, append_events
from shared.web.principals import Principal


async def take_effect(
    session: AsyncSession, principal: Principal, effects: Sequence[Effect], *, today: date
) -> None:
    """In the order of the effects."""
    if not effects:
        return
    transfers = await _post(session, principal, effects)
    approved = {effect.kept.number: OrderState.APPROVED for effect in effects}
    await move_orders(session, approved, transfers=transfers)
    await add_opened_awards(
        session, {e.kept.number: e.order for e in effects if isinstance(e.order, Opening)}
    )
    await add_earlier_listings(
        session, {e.kept.number: e.order for e in effects if isinstance(e.order, EarlierListings)}
    )
    reversals = OpeningReversal | EarlierListingsReversal
    await add_opening_reversals(
        session, {e.kept.number: e.order for e in effects if isinstance(e.order, reversals)}
    )
    await add_appropriations(session, dict(_new_lines(effects, transfers)))
    await correct_appropriations(session, list(_corrections(effects, transfers)), on=today)
    await add_deductions(session, list(_deductions(effects)))
    made = [(e.kept.number, owed, fen) for e in effects for owed, fen in e.deductions_made.items()]
    await add_deductions_made(session, made)
    await change_plans(session, list(_plan_changes(effects)), actor=principal.actor, on=today)
    await add_list_numbers(
        session, {e.kept.number: e.order for e in effects if isinstance(e.order, AwardListNumber)}
    )
    named = {e.kept.number: e.order for e in effects if isinstance(e.order, FinanceDivisionCodes)}
    await put_finance_divisions(session, named)
    await keep_notice_codes(session, list(_passed_to(effects)))
    if named:
        await complete_notice_codes(session)
    await append_events(session, [_event(effect) for effect in effects], actor=principal.actor)
    lines = {effect.line.code for effect in effects if effect.line is not None}
    await advance_rounds(session, principal, lines, today=today)


async def _post(session: AsyncSession, principal: Principal, effects: Sequence[Effect]) -> dict[str, UUID]:
    """The transfer of each order that moves money: its own, which comes last."""
    postings = [(effect.kept.number, posting) for effect in effects for posting in effect.postings]
    posted = await post_all(session, [posting for _, posting in postings], actor=principal.actor)
    return {number: made.transfer_id for (number, _), made in zip(postings, posted, strict=True)}


def _new_lines(effects: Sequence[Effect], transfers: dict[str, UUID]) -> Iterator[tuple[str, Appropriation]]:
    for effect in effects:
        order, number = effect.order, effect.kept.number
        if isinstance(order, NewAppropriation):
            yield (
                number,
                Appropriation(
                    code=order.appropriation,
                    programme=order.programme,
                    division_code=effect.kept.budget_division,
                    fiscal_year=order.fiscal_year,
                    source=order.source,
                    amount_fen=order.amount_fen,
                    document_number=order.document_number,
                    effective_at=order.effective_at or order.document_date,
                    transfer_id=transfers[number],
                    predecessor=order.predecessor,
                    budget_approved_on=order.budget_approved_on,
                    codes=None if order.codes is None else order.codes.model_dump(),
                ),
            )


def _corrections(effects: Sequence[Effect], transfers: dict[str, UUID]) -> Iterator[Correction]:
    for effect in effects:
        order, before = effect.order, effect.line
        if isinstance(order, AppropriationCorrection) and before is not None:
            transfer = transfers.get(effect.kept.number, before.transfer_id)
            after = replace(corrected(before, order), transfer_id=transfer)
            yield Correction(effect.kept.number, order.reason, before, after)


def _deductions(effects: Sequence[Effect]) -> Iterator[Owed]:
    for effect in effects:
        order, line = effect.order, effect.line
        if isinstance(order, Variation) and order.method == "deduct_next_year" and line is not None:
            yield owed_by(order, line, effect.kept.number)


def _plan_changes(effects: Sequence[Effect]) -> Iterator[PlanChange]:
    for effect in effects:
        planned = plans_cut_by(effect.order)
        for plan in effect.plans:
            fen, number = planned[plan.code], effect.kept.number
            yield planned_anew(plan, fen, "cut", effect.order.reason, fund_order=number)


def _passed_to(effects: Sequence[Effect]) -> Iterator[tuple[str, str]]:
    for effect in effects:
        if isinstance(effect.order, PassDown):
            for division in sorted({entry.to_division for entry in effect.order.lines}):
                yield effect.kept.number, division


def _event(effect: Effect) -> Happened:
    data: dict[str, str | int | None] = {"document_number": document_number_of(effect.order)}
    if effect.kept.appropriation is not None:
        data["appropriation"] = effect.kept.appropriation
    return Happened(event_of(effect.order), effect.kept.number, data)
