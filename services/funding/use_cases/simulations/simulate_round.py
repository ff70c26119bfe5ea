"""Tries rules and budgets on a round's release, side by side: any number, nothing held, nothing in the ledger."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import IncentiveRulesInvalid, RulesOfOtherProgramme, VariantsClash
from services.funding.domain.rounds.states import Action, State
from services.funding.domain.trials.examples import check_examples
from services.funding.domain.trials.stakes import stakes_of
from services.funding.domain.trials.variants import (
    Row,
    Tried,
    Variant,
    compare_counties,
    compare_units,
    try_variants,
)
from services.funding.storage.rounds.rounds import add_step, move_round
from services.funding.storage.rounds.simulations import add_simulation, next_simulation
from services.funding.storage.rules import find_rules, rules_of
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.evidence.round_evidence import candidates_for, past_of
from services.funding.use_cases.rounds.find_round import lock_own_round, own_round
from services.funding.use_cases.simulation_answers import (
    CutStakeOut,
    SimulatedRefusalOut,
    SimulatedRowOut,
    SimulatedStepOut,
    SimulatedVariantOut,
    SimulationOut,
    StakesOut,
)
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.errors import NotFound
from shared.http.client import ServiceProblem
from shared.http.scoring import RobustnessView
from shared.policy.places import with_clause
from shared.web.fields import Code, JsonDocument, Name, Note, PositiveFen
from shared.web.idempotency import Command
from shared.web.principals import Principal

VARIANTS_LIMIT = 10


class VariantIn(BaseModel):
    """Published rules by name and version (default: the round's own), or a draft of rules as a document."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    incentive: Code | None = None
    incentive_version: Code | None = None
    document: JsonDocument | None = Field(default=None, description="rules that are not published yet")
    pool_fen: PositiveFen | None = Field(default=None, description="default: the pool of the round")


class SimulationOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Note | None = None
    variants: list[VariantIn] = Field(min_length=1, max_length=VARIANTS_LIMIT)


@dataclass(frozen=True, slots=True)
class _Read:
    variant: Variant
    published: bool


async def simulate_round(
    database: Database,
    clock: BusinessClock,
    upstream: Upstream,
    principal: Principal,
    command: Command,
    code: str,
    order: SimulationOrder,
) -> SimulationOut:
    """Rank probabilities are asked for outside of any transaction; without them the rest is answered all the same."""
    async with database.transaction() as session:
        answered = await command.stored_answer(session, order, SimulationOut)
        if answered is not None:
            return answered
        row = await own_round(session, principal, code)
        today = await clock.today(session)
    robustness = await _robustness(upstream, principal, row.release_sha256)
    async with database.transaction() as session:
        return await command.once(
            session,
            order,
            SimulationOut,
            lambda: _simulate(session, principal, code, order, robustness, today=today),
        )


async def _robustness(upstream: Upstream, principal: Principal, sha256: str) -> RobustnessView | None:
    try:
        return await upstream.scoring.acting_for(principal.subject).robustness(sha256)
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise


async def _simulate(
    session: AsyncSession,
    principal: Principal,
    code: str,
    order: SimulationOrder,
    robustness: RobustnessView | None,
    *,
    today: date,
) -> SimulationOut:
    row, state = await lock_own_round(session, principal, code, Action.SIMULATE)
    variants = [await _variant(session, row, wanted) for wanted in _told_apart(order.variants)]
    past = await past_of(session, row)
    candidates = await candidates_for(session, row, past)
    tried = await asyncio.to_thread(try_variants, [read.variant for read in variants], candidates)
    number = await next_simulation(session, code)
    rows = compare_units(tried, candidates, past)
    answer = SimulationOut(
        round=code,
        number=number,
        note=order.note,
        simulated_by=principal.actor,
        simulated_on=today,
        release_sha256=row.release_sha256,
        last_year=row.fiscal_year - 1,
        variants=[_shown(read, entry) for read, entry in zip(variants, tried, strict=True)],
        clusters=rows_out(rows),
        counties=rows_out(compare_counties(rows)),
        stakes=_stakes(robustness, tried, candidates),
    )
    result = answer.model_dump(mode="json")
    await add_simulation(session, code, number, note=order.note, result=result, actor=principal, on=today)
    if State(row.state) is not state:
        await move_round(session, code, state)
    await add_step(session, code, Action.SIMULATE, actor=principal, note=order.note, on=today)
    await append_event(
        session,
        "round.simulated",
        subject=code,
        actor=principal.actor,
        data={"number": number, "variants": len(variants)},
    )
    return answer


def _told_apart(variants: Sequence[VariantIn]) -> Sequence[VariantIn]:
    """Refuses a name twice, and rules that are both named and sent."""
    names = [variant.name for variant in variants]
    mixed = [v.name for v in variants if v.document is not None and (v.incentive or v.incentive_version)]
    half = [v.name for v in variants if (v.incentive is None) is not (v.incentive_version is None)]
    if len(set(names)) != len(names) or mixed or half:
        raise VariantsClash(
            "方案名称重复,或同时给出了规则版本和规则文本",
            "A variant's name occurs twice, or rules are named only by half, or both named and sent",
        )
    return variants


async def _variant(session: AsyncSession, row: Any, wanted: VariantIn) -> _Read:
    if wanted.document is not None:
        rules, problems = parse_incentive_rules(wanted.document, offline=True)
        if rules is None:
            raise IncentiveRulesInvalid([with_clause(wanted.document, problem) for problem in problems])
        check_examples(rules)
        sha256, published = document_hash(wanted.document), False
    else:
        kept = await find_rules(
            session,
            wanted.incentive or row.incentive,
            wanted.incentive_version or row.incentive_version,
        )
        if kept is None:
            raise NotFound("激励规则版本", "version of incentive rules")
        rules, sha256, published = rules_of(kept.document), kept.sha256, True
    if rules.programme not in ("", row.programme):
        raise RulesOfOtherProgramme(
            f"激励规则属于 {rules.programme}", f"The rules belong to the programme {rules.programme}"
        )
    return _Read(Variant(wanted.name, rules, sha256, wanted.pool_fen or row.pool_fen), published)


def rows_out(rows: Sequence[Row]) -> list[SimulatedRowOut]:
    return [SimulatedRowOut.model_validate(asdict(row)) for row in rows]


def _shown(read: _Read, entry: Tried) -> SimulatedVariantOut:
    made, refusal, variant = entry.made, entry.refusal, read.variant
    return SimulatedVariantOut(
        name=variant.name,
        incentive=variant.rules.id,
        incentive_version=variant.rules.version,
        rules_sha256=variant.rules_sha256,
        published=read.published,
        pool_fen=variant.pool_fen,
        refusal=None
        if refusal is None
        else SimulatedRefusalOut(code=refusal.code, zh=refusal.zh, en=refusal.en),
        reserve_fen=None if made is None else made.reserve_fen,
        awarded_fen=None if made is None else made.awarded_fen,
        unallocated_fen=None if made is None else made.unallocated_fen,
        awards=None if made is None else len(made.awards),
        steps=[]
        if made is None
        else [SimulatedStepOut(step=s.step, rule=s.rule, numbers=dict(s.numbers)) for s in made.steps],
    )


def _stakes(
    robustness: RobustnessView | None, tried: Sequence[Tried], candidates: Sequence[Candidate]
) -> StakesOut:
    if robustness is None or robustness.result is None:
        state = "none" if robustness is None else robustness.state
        return StakesOut(
            available=False,
            zh=f"该评估结果没有稳健性分析({state}),无法计算分界处的资金风险;请先在评估服务申请稳健性分析",
            en=f"The release has no finished robustness analysis ({state}), so the money at stake at each cut is not "
            "known; ask scoring for the analysis first",
            draws=None,
            cuts=[],
        )
    total = robustness.result.draws
    draws = {
        unit: {int(rank): round(Fraction(share) * total) for rank, share in found.p_rank.items()}
        for unit, found in robustness.result.units.items()
    }
    cuts = [
        CutStakeOut(variant=entry.variant.name, **asdict(cut))
        for entry in tried
        if entry.made is not None
        for cut in stakes_of(entry.made, candidates, draws, total=total)
    ]
    return StakesOut(
        available=True,
        zh="按评估结果的稳健性分析计算",
        en="from the robustness analysis of the release",
        draws=total,
        cuts=cuts,
    )
