"""Opens a round on final releases, the registry's designations and an appropriation."""

from datetime import date
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.released_lists import check_several, put_in_order
from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.refusals import LineIsOpened, LiveRoundAlreadyExists
from services.funding.domain.rounds.opening import check_rules, pool_of
from services.funding.domain.rounds.round import Round, RoundBasis
from services.funding.domain.rounds.second_reward import EarlierReward, check_second_reward
from services.funding.domain.rounds.states import Action
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.storage.orders.fund_orders import lock_budgets
from services.funding.storage.orders.openings import opened_paths
from services.funding.storage.rounds.appropriations import find_appropriation
from services.funding.storage.rounds.rounds import (
    add_round,
    add_step,
    earlier_rewards,
    kept_round,
    lock_results,
)
from services.funding.use_cases.evidence.fetch_evidence import (
    Evidence,
    Upstream,
    fetch_evidence,
    keep_evidence,
)
from services.funding.use_cases.rules.show_incentive_rules import show_incentive_version
from shared.contracts.release import Release
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.events import append_event
from shared.errors import NotFound
from shared.web.fields import Code, Note, PositiveFen, Sha256
from shared.web.idempotency import Command
from shared.web.principals import Principal

FURTHER_RELEASES_LIMIT: Final = 9
Answer = TypeVar("Answer", bound=BaseModel)


class RoundOrder(BaseModel):
    """Programme and fiscal year are the appropriation's; the assessment year is that of the releases."""

    model_config = ConfigDict(extra="forbid")

    appropriation: Code
    incentive: Code
    incentive_version: Code
    release_sha256: Sha256
    further_releases: list[Sha256] = Field(
        default=[],
        max_length=FURTHER_RELEASES_LIMIT,
        description="further final releases of the same year, where the rules make one list of several "
        "(reward.releases)",
    )
    pool_fen: PositiveFen | None = Field(default=None, description="default: the pool of the rules")
    second_reward_ground: Note | None = Field(
        default=None, description="why the same results are rewarded once more; needed then, and only then"
    )


async def open_round(
    database: Database,
    clock: BusinessClock,
    upstream: Upstream,
    principal: Principal,
    command: Command,
    order: RoundOrder,
    *,
    answer: type[Answer],
) -> Answer:
    """Fetches and verifies outside of any transaction; a replay is answered while an upstream service is down."""
    async with database.transaction() as session:
        await command.answer_again(session)
        today = await clock.today(session)
        line, rules = await _check(session, principal, order, today=today)
        pool_of(rules, order.pool_fen)
        check_several(rules.reward.releases, count=1 + len(order.further_releases))
    evidence = await fetch_evidence(
        upstream,
        principal,
        programme=line.programme,
        releases=[order.release_sha256, *order.further_releases],
        today=today,
    )
    async with database.transaction() as session:
        return await command.once(
            session, answer, lambda: _open(session, principal, order, evidence, today=today)
        )


async def _check(
    session: AsyncSession, principal: Principal, order: RoundOrder, *, today: date
) -> tuple[Appropriation, IncentiveRules]:
    line = await find_appropriation(session, order.appropriation)
    if line is None or not principal.covers([line.division_code]):
        raise NotFound("预算安排", "appropriation")
    rules = (await show_incentive_version(session, order.incentive, order.incentive_version)).rules
    check_rules(rules, programme=line.programme, today=today)
    if (await opened_paths(session, [line.code]))[line.code]:
        raise LineIsOpened(
            f"预算安排 {line.code} 的资金在系统启用前已分配，不能再开启轮次；余款可结转至另一项预算安排",
            f"The money of {line.code} was awarded before the system: no round is opened on it; what is left is "
            "carried over into another line",
        )
    return line, rules


async def _open(
    session: AsyncSession, principal: Principal, order: RoundOrder, evidence: Evidence, *, today: date
) -> Round:
    await lock_budgets(session, [principal.division])  # a correction of the line comes before or after
    line, rules = await _check(session, principal, order, today=today)
    release, *further = put_in_order(rules.reward.releases, [held.release for held in evidence.releases])
    earlier = await _earlier_rewards(session, line, rules, release)
    await keep_evidence(session, evidence)
    code = await add_round(
        session,
        RoundBasis(
            programme=line.programme,
            division_code=line.division_code,
            assessment_year=release.assessment_year,
            fiscal_year=line.fiscal_year,
            purpose=rules.purpose,
            appropriation=line.code,
            incentive=rules.id,
            incentive_version=rules.version,
            release_sha256=release.sha256,
            further_releases=[held.sha256 for held in further],
            designations_sha256=evidence.designations.sha256,
            pool_fen=pool_of(rules, order.pool_fen),
            second_reward_ground=order.second_reward_ground,
        ),
    )
    if code is None:
        raise LiveRoundAlreadyExists(
            f"{line.fiscal_year} 年度该用途或预算安排 {line.code} 已有分配轮次;再次奖励须用另一项预算安排并写明理由",
            f"There is a live round for this purpose in the fiscal year {line.fiscal_year}, or one of the line "
            f"{line.code}, already; a second reward takes another line and states its ground",
        )
    check_second_reward(
        earlier,
        assessment_year=release.assessment_year,
        purpose=rules.purpose,
        ground=order.second_reward_ground,
    )
    await add_step(session, code, Action.OPEN, actor=principal, note=None, on=today)
    await append_event(
        session,
        "round.opened",
        subject=code,
        actor=principal.actor,
        data={
            "release": release.sha256,
            **({"further_releases": [held.sha256 for held in further]} if further else {}),
            "designations": evidence.designations.sha256,
            "second_reward_ground": order.second_reward_ground,
        },
    )
    return await kept_round(session, code)


async def _earlier_rewards(
    session: AsyncSession, line: Appropriation, rules: IncentiveRules, release: Release
) -> list[EarlierReward]:
    """Nobody opens another round on the same results before this one is open."""
    await lock_results(session, line.programme, release.assessment_year)
    return await earlier_rewards(
        session,
        division_code=line.division_code,
        programme=line.programme,
        assessment_year=release.assessment_year,
        purpose=rules.purpose,
        before=None,
    )
