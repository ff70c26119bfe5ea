"""Routes of gates: what waits for a decision, on which proposal, and deciding it."""

from fastapi import APIRouter

from clients.pipeline.api.cycles import CYCLE
from clients.pipeline.api.dependencies import Decider, GateId, Programme, Reader, Year
from clients.pipeline.api.models import DecisionIn, DecisionOut, GateOut, GateRow, GateStateOut
from clients.pipeline.domain.states import Verdict
from clients.pipeline.use_cases.decide import decide
from clients.pipeline.use_cases.show_cycle import show_gate, show_gates
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/cycles", tags=["gates"])


@router.get(CYCLE + "/gates", summary="审定事项列表 · Gates of a cycle, open and closed, in order")
async def list_gates(
    session: Session,
    principal: Reader,
    programme: Programme,
    assessment_year: Year,
    page: Paging,
    answer: AnswerPage,
) -> Page[GateRow]:
    return answer.of(GateRow, await show_gates(session, principal, programme, assessment_year, page))


@router.get(CYCLE + "/gates/{gate_id}", summary="审定事项 · A gate: what is proposed, and who decided what")
async def get_gate(
    session: Session, principal: Reader, programme: Programme, assessment_year: Year, gate_id: GateId
) -> GateOut:
    shown = await show_gate(session, principal, programme, assessment_year, gate_id)
    row = GateRow.model_validate(shown.gate)
    decisions = [DecisionOut.model_validate(decision) for decision in shown.decisions]
    return GateOut(**row.model_dump(), proposal=shown.gate.proposal, decisions=decisions)


@router.post(
    CYCLE + "/gates/{gate_id}/decisions", status_code=201, summary="审定 · Decide, on what you have seen"
)
async def decide_gate(
    session: Session,
    principal: Decider,
    command: KeyedCommand,
    today: Today,
    programme: Programme,
    assessment_year: Year,
    gate_id: GateId,
    body: DecisionIn,
) -> GateStateOut:
    return await command.once(
        session,
        GateStateOut,
        lambda: decide(
            session, principal, programme, assessment_year, gate_id, Verdict(body.verdict), reason=body.reason or "",
            seen_sha256=body.proposal_sha256, today=today,
        ),
    )  # fmt: skip
