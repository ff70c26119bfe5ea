"""The rounds that rewarded the same results before a round was opened."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.rounds.round import Round
from services.funding.domain.rounds.second_reward import EarlierReward
from services.funding.storage.rounds.rounds import earlier_rewards


async def earlier_than(session: AsyncSession, round_: Round) -> list[EarlierReward]:
    return await earlier_rewards(
        session,
        division_code=round_.division_code,
        programme=round_.programme,
        assessment_year=round_.assessment_year,
        purpose=round_.purpose,
        before=round_.recorded_at,
    )
