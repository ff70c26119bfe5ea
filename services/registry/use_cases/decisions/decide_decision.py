"""Another person approves, rejects or takes back a proposed decision; an approved one holds from its day on."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.decisions.checks import check_decider, check_open, check_request
from services.registry.domain.decisions.decision import Decision, State
from services.registry.storage.decisions import decisions
from services.registry.use_cases.decisions.show_decisions import show_decision
from services.registry.use_cases.programme.show_programmes import newest_programme
from shared.data.events import append_event
from shared.web.principals import Principal


async def approve_decision(
    session: AsyncSession,
    code: str,
    *,
    minutes: str,
    document_number: str,
    request_document_number: str | None,
    today: date,
    actor: Principal,
) -> Decision:
    """As a whole, with the document number of the approval."""
    decision = await _locked(session, code, actor)
    check_decider(decision, actor)
    rules = (await newest_programme(session, decision.programme)).designation
    check_request(rules, request_document_number)
    await decisions.approve_decision(
        session, code, document_number=document_number, request_document_number=request_document_number
    )
    await decisions.add_step(session, decision, "approved", actor=actor, note=minutes, on=today)
    await append_event(
        session,
        "designations.recorded",
        subject=code,
        actor=actor.actor,
        data={"clusters": len(decision.entries), "document_number": document_number},
    )
    return await show_decision(session, code, actor=actor)


async def reject_decision(
    session: AsyncSession, code: str, *, minutes: str, today: date, actor: Principal
) -> Decision:
    """The releases may be decided on anew."""
    decision = await _locked(session, code, actor)
    check_decider(decision, actor)
    return await _end(session, decision, State.REJECTED, note=minutes, today=today, actor=actor)


async def withdraw_decision(
    session: AsyncSession, code: str, *, reason: str, today: date, actor: Principal
) -> Decision:
    decision = await _locked(session, code, actor)
    return await _end(session, decision, State.WITHDRAWN, note=reason, today=today, actor=actor)


async def _locked(session: AsyncSession, code: str, actor: Principal) -> Decision:
    await decisions.lock_decision(session, code)
    decision = await show_decision(session, code, actor=actor)
    check_open(decision)
    return decision


async def _end(
    session: AsyncSession, decision: Decision, state: State, *, note: str, today: date, actor: Principal
) -> Decision:
    await decisions.move_decision(session, decision.code, state)
    await decisions.add_step(session, decision, state.value, actor=actor, note=note, on=today)
    await append_event(session, f"designations.{state}", subject=decision.code, actor=actor.actor)
    return await show_decision(session, decision.code, actor=actor)
