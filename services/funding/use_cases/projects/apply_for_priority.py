"""Applies for priority under an instrument: each project is tested, and its result kept with every reason."""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.priority.list_in_force import check_rules_on
from services.funding.domain.priority.project_test import Project, check_projects
from services.funding.domain.refusals import ProjectsAlreadyTested
from services.funding.domain.rules.incentive import IncentiveRules, Instrument, NegativeList
from services.funding.storage.projects import add_results, find_projects
from services.funding.storage.rules import kept_rules, list_rules
from services.funding.use_cases.evidence.fetch_evidence import (
    Evidence,
    Upstream,
    fetch_evidence,
    keep_evidence,
)
from services.funding.use_cases.projects.show_priority_list import PriorityList, list_as_of
from services.funding.use_cases.rules.show_incentive_rules import show_incentive_version
from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.division_recodes import read_recodes
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.web.fields import Code, Sha256
from shared.web.idempotency import Command
from shared.web.principals import Principal

Answer = TypeVar("Answer", bound=BaseModel)


class PriorityApplication(BaseModel):
    model_config = ConfigDict(extra="forbid")

    incentive: Code
    incentive_version: Code
    instrument: Code = Field(examples=["special_purpose_bond"])
    release_sha256: Sha256
    projects: Annotated[list[Code], Field(min_length=1, max_length=500)]


async def apply_for_priority(
    database: Database,
    clock: BusinessClock,
    upstream: Upstream,
    principal: Principal,
    command: Command,
    order: PriorityApplication,
    *,
    answer: type[Answer],
) -> Answer:
    """Answers with the list as it stands then. A replay is answered while an upstream service is down."""
    async with database.transaction() as session:
        await command.answer_again(session)
        today = await clock.today(session)
        rules, _, _ = await _rules(session, order, today=today)
        await _projects(session, principal, order)
    evidence = await fetch_evidence(
        upstream,
        principal,
        programme=rules.programme,
        releases=[order.release_sha256],
        today=today,
    )
    async with database.transaction() as session:
        return await command.once(
            session, answer, lambda: _list(session, principal, order, evidence, today=today)
        )


async def _rules(
    session: AsyncSession, order: PriorityApplication, *, today: date
) -> tuple[IncentiveRules, Instrument, NegativeList | None]:
    rules = (await show_incentive_version(session, order.incentive, order.incentive_version)).rules
    instrument = rules.instrument(order.instrument)
    if instrument is None:
        raise NotFound("支持方式", "instrument in these rules")
    others = [
        (await kept_rules(session, other.incentive, other.version)).rules
        for other in await list_rules(session, programme=rules.programme)
        if (other.incentive, other.version) != (rules.id, rules.version)
    ]
    return rules, instrument, check_rules_on(rules, instrument, others, today=today)


async def _projects(session: AsyncSession, principal: Principal, order: PriorityApplication) -> list[Project]:
    found = await find_projects(session, order.projects)
    own = [found[code] for code in sorted(set(order.projects)) if code in found]
    if len(own) < len(set(order.projects)) or not all(principal.covers(known.division_path) for known in own):
        raise NotFound("项目", "project")
    return own


async def _list(
    session: AsyncSession,
    principal: Principal,
    order: PriorityApplication,
    evidence: Evidence,
    *,
    today: date,
) -> PriorityList:
    rules, instrument, listing = await _rules(session, order, today=today)
    release = evidence.releases[0].release
    tested = check_projects(
        instrument,
        await _projects(session, principal, order),
        designations=evidence.designations,
        release=release,
        listed_on=today,
        kept=(await read_recodes(session)).kept,
    )
    await keep_evidence(session, evidence)
    again = await add_results(
        session,
        tested,
        instrument=instrument.name.code,
        programme=rules.programme,
        assessment_year=release.assessment_year,
        release_sha256=release.sha256,
        designations_sha256=evidence.designations.sha256,
        incentive=rules.id,
        incentive_version=rules.version,
        negative_list=None if listing is None else listing.document.number,
        tested_by=principal.actor,
        tested_on=today,
    )
    if again:
        raise ProjectsAlreadyTested(
            f"项目已按本次评估结果检验过:{'、'.join(again)}",
            f"Tested for this instrument and release already: {', '.join(again)}",
            items=[Item("projects", "tested-once", f"{code} 已检验", f"{code} is tested") for code in again],
        )
    for entry in tested:
        await append_event(
            session,
            "priority.tested",
            subject=entry.project.code,
            actor=principal.actor,
            data={
                "instrument": instrument.name.code,
                "listed": entry.listed,
                "reasons": [reason.rule for reason in entry.reasons],
            },
        )
    return await list_as_of(
        session,
        principal,
        instrument.name.code,
        programme=rules.programme,
        release_sha256=release.sha256,
        designations=evidence.designations,
        today=today,
    )
