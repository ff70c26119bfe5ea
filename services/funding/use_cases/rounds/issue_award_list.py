"""Issues a reviewed round as a serial-numbered award list; what was held becomes awards."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.result import Allocation
from services.funding.domain.ledger.books import Books
from services.funding.domain.refusals import RoundNotReady
from services.funding.domain.rounds.states import Action
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.storage.ledger.postings import post
from services.funding.storage.orders.fund_orders import grants_of, lock_budgets
from services.funding.storage.rounds.award_lists import add_award_list, next_number
from services.funding.storage.rounds.rounds import add_step, awards_of, move_round
from services.funding.storage.rules import find_rules, kept_release
from services.funding.use_cases.answers import AwardListOut
from services.funding.use_cases.award_lists.show_award_lists import show_award_list
from services.funding.use_cases.rounds.advance_round import advance_round
from services.funding.use_cases.rounds.allocate_round import recompute
from services.funding.use_cases.rounds.find_round import lock_own_round
from shared.contracts.award_list import Award, AwardList, IncentiveReference
from shared.data.events import append_event
from shared.errors import Item
from shared.web.principals import Principal


async def issue_award_list(
    session: AsyncSession, principal: Principal, code: str, *, today: date
) -> AwardListOut:
    """The list is computed once more from the kept documents and must be the one that was reviewed."""
    await lock_budgets(session, [principal.division])  # a grant of the same moment comes before or after
    row, state = await lock_own_round(session, principal, code, Action.ISSUE)
    made, rules = await recompute(session, row)
    clashing = await two_paths(session, row)
    if clashing:
        raise RoundNotReady(
            f"有{len(clashing)}个集群的下达路径不唯一,不能下达名单",
            f"{len(clashing)} cluster(s) have two paths; the list cannot be issued",
            items=clashing,
        )
    number = await next_number(session, row.fiscal_year)
    document = await _document(session, row, made, rules, list_number=f"{row.fiscal_year}-{number:03d}")
    posting = Books(row.division_code, row.appropriation).award(
        made, round_code=code, list_number=document.list_number, on=today
    )
    posted = await post(session, posting, actor=principal.actor)
    await add_award_list(
        session,
        document,
        round_code=code,
        number=number,
        transfer_id=posted.transfer_id,
        issued_on=today,
    )
    await move_round(session, code, state)
    await add_step(session, code, Action.ISSUE, actor=principal, note=document.list_number, on=today)
    await append_event(
        session,
        "award_list.issued",
        subject=document.list_number,
        actor=principal.actor,
        data={"round": code, "sha256": document.sha256, "awards": len(document.awards)},
    )
    await advance_round(session, principal, row.appropriation, today=today)
    return await show_award_list(session, principal, document.list_number)


async def two_paths(session: AsyncSession, row: Any) -> list[Item]:
    """A cluster's money of one line takes one way down: a grant by another path would reach the award's county."""
    granted = await grants_of(session, row.appropriation)
    return [
        Item(
            award.cluster,
            "one-path",
            f"{award.cluster} 的补助与奖励下达路径不同",
            f"a grant and the award of {award.cluster} would go down by different paths",
        )
        for award in await awards_of(session, row.code)
        if granted.get(award.cluster, award.division_path) != award.division_path
    ]


async def _document(
    session: AsyncSession, row: Any, made: Allocation, rules: IncentiveRules, *, list_number: str
) -> AwardList:
    kept = await find_rules(session, row.incentive, row.incentive_version)
    reviewed = await awards_of(session, row.code)
    computed = [(award.candidate.unit, award.amount_fen) for award in made.awards]
    if kept is None or computed != [(entry.cluster, entry.amount_fen) for entry in reviewed]:
        raise RuntimeError("the reviewed awards are not those that the rules give")  # pragma: no cover
    release = await kept_release(session, row.release_sha256)
    return AwardList(
        programme=row.programme,
        programme_version=release.programme_version,
        incentive=IncentiveReference(id=rules.id, version=rules.version, sha256=kept.sha256),
        assessment_year=row.assessment_year,
        fiscal_year=row.fiscal_year,
        purpose=row.purpose,
        list_number=list_number,
        release_sha256=row.release_sha256,
        designations_sha256=row.designations_sha256,
        pool_fen=made.pool_fen - made.reserve_fen,
        awards=tuple(
            Award(
                serial=entry.serial,
                cluster=entry.cluster,
                name=entry.name,
                county_code=entry.county_code,
                county_name=entry.county_name,
                rank=entry.rank,
                tier=entry.tier,
                amount_fen=entry.amount_fen,
                clause=entry.clause,
            )
            for entry in reviewed
        ),
        unallocated_fen=made.unallocated_fen,
        unallocated_disposition=made.disposition.value,
    )
