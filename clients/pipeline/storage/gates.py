"""Gates and the decisions on them, which are only added to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.domain.gates import Decided, GateRules
from clients.pipeline.domain.states import GateKind, GateState, Verdict
from clients.pipeline.storage.tables import decision, gate
from shared.data.business_clock import utc_now
from shared.data.rows import columns_of, read_all, read_one
from shared.documents.canonical import Json
from shared.text.identifiers import new_id
from shared.web.principals import Role


@dataclass(frozen=True, slots=True)
class Gate:
    id: UUID
    cycle_id: UUID
    kind: GateKind
    stage: str | None
    turn: int
    persons: int
    roles: Sequence[str]
    units_differ: bool
    proposers: Sequence[str]
    proposal: Any
    proposal_sha256: str
    state: GateState
    opened_on: date
    due_on: date | None
    escalated_to: Sequence[str]
    closed_on: date | None
    recorded_at: datetime

    @property
    def rules(self) -> GateRules:
        return GateRules(
            self.persons, frozenset(map(Role, self.roles)), self.units_differ, frozenset(self.proposers)
        )


@dataclass(frozen=True, slots=True)
class DecisionRow:
    gate_id: UUID
    person: str
    name: str
    unit: str
    verdict: Verdict
    reason: str
    proposal_sha256: str
    decided_on: date
    recorded_at: datetime

    @property
    def decided(self) -> Decided:
        return Decided(self.person, self.name, self.unit, self.verdict, self.proposal_sha256)


_GATE = columns_of(Gate, gate)
_DECISION = columns_of(DecisionRow, decision)


async def open_gate(
    session: AsyncSession,
    cycle_id: UUID,
    kind: GateKind,
    rules: GateRules,
    *,
    stage: str | None,
    turn: int,
    proposal: Mapping[str, Json],
    sha256: str,
    today: date,
    due_on: date | None = None,
) -> UUID:
    gate_id = new_id()
    await session.execute(
        sa.insert(gate).values(
            id=gate_id, cycle_id=cycle_id, kind=kind, stage=stage, turn=turn, persons=rules.persons,
            roles=sorted(rules.roles), units_differ=rules.units_differ, proposers=sorted(rules.proposers),
            proposal=proposal, proposal_sha256=sha256, state=GateState.OPEN, opened_on=today, due_on=due_on,
            escalated_to=[], recorded_at=utc_now(),
        )
    )  # fmt: skip
    return gate_id


async def newest_gate(
    session: AsyncSession, cycle_id: UUID, stage: str | None, *, kinds: Collection[GateKind]
) -> Gate | None:
    statement = (
        sa.select(*_GATE)
        .where(
            gate.c.cycle_id == cycle_id, gate.c.stage.is_not_distinct_from(stage), gate.c.kind.in_(sorted(kinds))
        )
        .order_by(gate.c.recorded_at.desc(), gate.c.id.desc())
        .limit(1)
    )  # fmt: skip
    return await read_one(session, Gate, statement)


async def open_gates(session: AsyncSession, cycle_id: UUID, stage: str | None = None) -> list[Gate]:
    """Those that are open, of one stage where it is named."""
    statement = sa.select(*_GATE).where(gate.c.cycle_id == cycle_id, gate.c.state == GateState.OPEN)
    if stage is not None:
        statement = statement.where(gate.c.stage == stage)
    return await read_all(session, Gate, statement.order_by(gate.c.recorded_at))


async def list_gates(
    session: AsyncSession, cycle_id: UUID, *, after: UUID | None = None, limit: int | None = None
) -> list[Gate]:
    """In the order of opening, which is that of their ids."""
    statement = sa.select(*_GATE).where(gate.c.cycle_id == cycle_id)
    if after is not None:
        statement = statement.where(gate.c.id > after)
    return await read_all(session, Gate, statement.order_by(gate.c.id).limit(limit))


async def find_gate(session: AsyncSession, cycle_id: UUID, gate_id: UUID) -> Gate | None:
    statement = sa.select(*_GATE).where(gate.c.cycle_id == cycle_id, gate.c.id == gate_id)
    return await read_one(session, Gate, statement)


async def close_gate(session: AsyncSession, gate_id: UUID, state: GateState, *, today: date) -> None:
    await session.execute(sa.update(gate).where(gate.c.id == gate_id).values(state=state, closed_on=today))


async def escalate_gates(session: AsyncSession, cycle_id: UUID, stage: str, roles: Collection[str]) -> None:
    """Who is told of an overdue gate beside those who decide."""
    await session.execute(
        sa.update(gate)
        .where(gate.c.cycle_id == cycle_id, gate.c.stage == stage, gate.c.state == GateState.OPEN)
        .values(escalated_to=sorted(roles))
    )


async def close_gates_of(
    session: AsyncSession, cycle_id: UUID, stages: Collection[str], state: GateState, *, today: date
) -> None:
    await session.execute(
        sa.update(gate)
        .where(gate.c.cycle_id == cycle_id, gate.c.stage.in_(sorted(stages)), gate.c.state == GateState.OPEN)
        .values(state=state, closed_on=today)
    )


async def add_decision(
    session: AsyncSession, gate_id: UUID, decided: Decided, *, reason: str, today: date
) -> None:
    await session.execute(
        sa.insert(decision).values(
            id=new_id(), gate_id=gate_id, person=decided.person, name=decided.name, unit=decided.unit,
            verdict=decided.verdict, reason=reason, proposal_sha256=decided.proposal_sha256, decided_on=today,
            recorded_at=utc_now(),
        )
    )  # fmt: skip


async def decisions_on(session: AsyncSession, gate_ids: Collection[UUID]) -> list[DecisionRow]:
    statement = sa.select(*_DECISION).where(decision.c.gate_id.in_(list(gate_ids)))
    return await read_all(session, DecisionRow, statement.order_by(decision.c.recorded_at, decision.c.id))
