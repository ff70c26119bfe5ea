"""Issues a reviewed round as a serial-numbered award list; what was held becomes awards."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.allocation.result import Allocation
from services.funding.domain.refusals import RoundNotReady
from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.states import Action
from services.funding.storage.evidence import kept_release
from services.funding.storage.ledger.postings import post
from services.funding.storage.orders.fund_orders import lock_budgets
from services.funding.storage.rounds.allocations import awards_of
from services.funding.storage.rounds.award_lists import IssuedList, add_award_list, next_number
from services.funding.storage.rounds.rounds import add_step, move_round
from services.funding.storage.rules import KeptRules
from services.funding.use_cases.award_lists.show_award_lists import show_award_list
from services.funding.use_cases.rounds.advance_rounds import advance_rounds
from services.funding.use_cases.rounds.allocate_round import recompute
from services.funding.use_cases.rounds.check_round import two_paths
from services.funding.use_cases.rounds.find_round import lock_own_round
from shared.contracts.award_list import Award, AwardList, IncentiveReference
from shared.data.events import append_event
from shared.web.principals import Principal


async def issue_award_list(
    session: AsyncSession, principal: Principal, code: str, *, today: date
) -> IssuedList:
    """The list is computed once more from the kept documents and must be the one that was reviewed."""
    await lock_budgets(session, [principal.division])  # a grant of the same moment comes before or after
    round_, state = await lock_own_round(session, principal, code, Action.ISSUE)
    made, kept = await recompute(session, round_)
    clashing = await two_paths(session, round_)
    if clashing:
        raise RoundNotReady(
            f"有{len(clashing)}个集群的下达路径不唯一,不能下达名单",
            f"{len(clashing)} cluster(s) have two paths; the list cannot be issued",
            items=clashing,
        )
    number = await next_number(session, round_.fiscal_year)
    document = await _document(session, round_, made, kept, list_number=f"{round_.fiscal_year}-{number:03d}")
    posting = round_.books.award(made, round_code=code, list_number=document.list_number, on=today)
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
    await advance_rounds(session, principal, [round_.appropriation], today=today)
    return await show_award_list(session, principal, document.list_number)


async def _document(
    session: AsyncSession, round_: Round, made: Allocation, kept: KeptRules, *, list_number: str
) -> AwardList:
    reviewed = await awards_of(session, round_.code)
    computed = [(award.candidate.unit, award.amount_fen) for award in made.awards]
    if computed != [(entry.cluster, entry.amount_fen) for entry in reviewed]:
        raise RuntimeError("the reviewed awards are not those that the rules give")  # pragma: no cover
    release = await kept_release(session, round_.release_sha256)
    return AwardList(
        programme=round_.programme,
        programme_version=release.programme_version,
        incentive=IncentiveReference(id=kept.incentive, version=kept.version, sha256=kept.sha256),
        assessment_year=round_.assessment_year,
        fiscal_year=round_.fiscal_year,
        purpose=round_.purpose,
        list_number=list_number,
        release_sha256=round_.release_sha256,
        further_releases=tuple(round_.further_releases),
        designations_sha256=round_.designations_sha256,
        pool_fen=made.pool_fen - made.reserve_fen,
        awards=tuple(Award.model_validate(entry, from_attributes=True) for entry in reviewed),
        unallocated_fen=made.unallocated_fen,
        unallocated_disposition=made.disposition.value,
        second_reward_ground=round_.second_reward_ground,
    )
