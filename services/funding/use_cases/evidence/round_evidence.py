"""What a round's allocation is computed from: the documents that it keeps, and last year's issued lists."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import Candidate, candidates_of
from services.funding.domain.rounds.round import Round
from services.funding.domain.trials.variants import PastAward, last_year_by_cluster
from services.funding.storage.evidence import kept_designations, kept_release
from services.funding.storage.rounds.simulations import past_awards


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


async def candidates_for(
    session: AsyncSession, round_: Round, past: Sequence[PastAward]
) -> tuple[Candidate, ...]:
    """Those of the documents that the round keeps."""
    release = await kept_release(session, round_.release_sha256)
    designations = await kept_designations(session, round_.designations_sha256)
    return candidates_of(release, designations, last_year=last_year_by_cluster(past))
