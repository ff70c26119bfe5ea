"""Tries rules and budgets on a round's releases, side by side: any number, nothing held, nothing in the ledger."""

import asyncio
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.inputs.released_lists import ReleasedList, join_lists, stand_as_wholes
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import IncentiveRulesInvalid, RulesOfOtherProgramme, VariantsClash
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.domain.rules.reward import RewardRules
from services.funding.domain.trials.examples import check_examples
from services.funding.domain.trials.simulation import (
    Simulation,
    Stakes,
    no_stakes,
    result_of,
    stakes_by,
    unknown_of_several,
)
from services.funding.domain.trials.variants import (
    Tried,
    Variant,
    compare_counties,
    compare_units,
    try_variants,
)
from services.funding.storage.rounds.rounds import add_step, move_round
from services.funding.storage.rounds.simulations import add_simulation, next_simulation
from services.funding.storage.rules import kept_rules
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.evidence.round_evidence import lists_for, past_of
from services.funding.use_cases.rounds.earlier_rounds import earlier_than
from services.funding.use_cases.rounds.find_round import lock_own_round, own_round
from services.funding.use_cases.rules.show_incentive_rules import show_incentive_version
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.http.client import ServiceProblem
from shared.http.scoring import RobustnessView
from shared.policy.places import with_clause
from shared.web.fields import Code, JsonDocument, Name, Note, PositiveFen
from shared.web.idempotency import Command
from shared.web.principals import Principal

VARIANTS_LIMIT = 10
Answer = TypeVar("Answer", bound=BaseModel)


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


async def simulate_round(
    database: Database,
    clock: BusinessClock,
    upstream: Upstream,
    principal: Principal,
    command: Command,
    code: str,
    order: SimulationOrder,
    *,
    answer: type[Answer],
) -> Answer:
    """Rank probabilities are asked for outside of any transaction; without them the rest is answered all the same."""
    async with database.transaction() as session:
        await command.answer_again(session)
        round_ = await own_round(session, principal, code)
        today = await clock.today(session)
    robustness = [await _robustness(upstream, principal, sha256) for sha256 in round_.releases]
    async with database.transaction() as session:
        return await command.once(
            session,
            answer,
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
    robustness: Sequence[RobustnessView | None],
    *,
    today: date,
) -> Simulation:
    round_, state = await lock_own_round(session, principal, code, Action.SIMULATE)
    variants = [await _variant(session, round_, wanted) for wanted in _told_apart(order.variants)]
    past = await past_of(session, round_)
    lists = await lists_for(session, round_, past)
    own = (await kept_rules(session, round_.incentive, round_.incentive_version)).rules.reward

    def standing(reward: RewardRules) -> Sequence[Candidate]:
        return join_lists(reward.releases, lists)

    tried = await asyncio.to_thread(try_variants, variants, standing)
    rows = compare_units(tried, standing(own), past)
    made = Simulation(
        round=code,
        number=await next_simulation(session, code),
        note=order.note,
        simulated_by=principal.actor,
        simulated_on=today,
        release_sha256=round_.release_sha256,
        last_year=round_.fiscal_year - 1,
        variants=tuple(result_of(entry) for entry in tried),
        clusters=tuple(rows),
        counties=tuple(compare_counties(rows)),
        stakes=_stakes(robustness, tried, lists),
        second_reward_ground=round_.second_reward_ground,
        earlier_rewards=tuple(await earlier_than(session, round_)),
        further_releases=tuple(round_.further_releases),
    )
    await add_simulation(session, made)
    if round_.state is not state:
        await move_round(session, code, state)
    await add_step(session, code, Action.SIMULATE, actor=principal, note=order.note, on=today)
    await append_event(
        session,
        "round.simulated",
        subject=code,
        actor=principal.actor,
        data={"number": made.number, "variants": len(variants)},
    )
    return made


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


async def _variant(session: AsyncSession, round_: Round, wanted: VariantIn) -> Variant:
    if wanted.document is not None:
        rules, problems = parse_incentive_rules(wanted.document, offline=True)
        if rules is None:
            raise IncentiveRulesInvalid([with_clause(wanted.document, problem) for problem in problems])
        check_examples(rules)
        sha256, published = document_hash(wanted.document), False
    else:
        kept = await show_incentive_version(
            session,
            wanted.incentive or round_.incentive,
            wanted.incentive_version or round_.incentive_version,
        )
        rules, sha256, published = kept.rules, kept.sha256, True
    if rules.programme not in ("", round_.programme):
        raise RulesOfOtherProgramme(
            f"激励规则属于 {rules.programme}", f"The rules belong to the programme {rules.programme}"
        )
    return Variant(wanted.name, rules, sha256, published, wanted.pool_fen or round_.pool_fen)


def _stakes(
    robustness: Sequence[RobustnessView | None], tried: Sequence[Tried], lists: Sequence[ReleasedList]
) -> Stakes:
    """Of several releases only where each stands as a whole behind another, and was drawn as many times."""
    results = []
    for found in robustness:
        if found is None or found.result is None:
            return no_stakes("none" if found is None else found.state)
        results.append(found.result)
    total, *others = [result.draws for result in results]
    whole = all(stand_as_wholes(entry.variant.rules.reward.releases, lists) for entry in tried if entry.made)
    if set(others) - {total} or not whole:
        return unknown_of_several()
    draws = {
        unit: {int(rank): round(Fraction(share) * total) for rank, share in found.p_rank.items()}
        for result in results
        for unit, found in result.units.items()
    }
    return stakes_by(tried, draws, total=total)
