"""What a round's allocation is computed from: the documents that it keeps, and last year's issued lists."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import Candidate, candidates_of
from services.funding.domain.trials.variants import PastAward, last_year_by_cluster
from services.funding.storage.rounds.simulations import past_awards
from services.funding.storage.rules import kept_designations, kept_release


async def past_of(session: AsyncSession, row: Any) -> list[PastAward]:
    """Last year's awards, of lists issued before this round was opened."""
    return await past_awards(
        session,
        division_code=row.division_code,
        programme=row.programme,
        purpose=row.purpose,
        fiscal_year=row.fiscal_year - 1,
        before=row.recorded_at,
    )


async def candidates_for(session: AsyncSession, row: Any, past: Sequence[PastAward]) -> tuple[Candidate, ...]:
    """Those of the documents that the round keeps."""
    release = await kept_release(session, row.release_sha256)
    designations = await kept_designations(session, row.designations_sha256)
    return candidates_of(release, designations, last_year=last_year_by_cluster(past))
