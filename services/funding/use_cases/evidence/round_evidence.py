"""What a round's allocation is computed from: the documents that it keeps, and last year's issued lists."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import Candidate, candidates_of
from services.funding.domain.inputs.released_lists import ReleasedList, join_lists
from services.funding.domain.rounds.round import Round
from services.funding.domain.trials.variants import PastAward, last_year_by_cluster
from services.funding.storage.evidence import kept_designations, kept_release
from services.funding.storage.rounds.simulations import past_awards
from services.funding.storage.rules import kept_rules


async def past_of(session: AsyncSession, round_: Round) -> list[PastAward]:
    """Last year's awards, of lists issued before this round was opened."""
    return await past_awards(
        session,
        division_code=round_.division_code,
        programme=round_.programme,
        purpose=round_.purpose,
        fiscal_year=round_.fiscal_year - 1,
        before=round_.recorded_at,
    )


async def lists_for(
    session: AsyncSession, round_: Round, past: Sequence[PastAward]
) -> tuple[ReleasedList, ...]:
    """Those of the documents that the round keeps, each with its candidates."""
    designations = await kept_designations(session, round_.designations_sha256)
    last_year = last_year_by_cluster(past)
    releases = [await kept_release(session, sha256) for sha256 in round_.releases]
    return tuple(
        ReleasedList(release, candidates_of(release, designations, last_year=last_year))
        for release in releases
    )


async def candidates_for(
    session: AsyncSession, round_: Round, past: Sequence[PastAward]
) -> tuple[Candidate, ...]:
    """Those of the documents that the round keeps, as the one list that its rules make of them."""
    rules = (await kept_rules(session, round_.incentive, round_.incentive_version)).rules
    return join_lists(rules.reward.releases, await lists_for(session, round_, past))
