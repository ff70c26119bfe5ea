"""Reviews several proposed lists at once: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.refusals import RoundNotReady
from services.funding.domain.rounds.round import Round
from services.funding.use_cases.rounds.review_round import Review, review_round
from shared.errors import Item, MakerCannotCheck, NotFound, Refusal
from shared.web.principals import Principal

RoundCodeText = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]


class RoundReviews(Review):
    rounds: Annotated[list[RoundCodeText], Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class ReviewedRounds:
    rounds: Sequence[Round]


async def review_rounds(
    session: AsyncSession, principal: Principal, review: RoundReviews, levels: ReviewLevels, *, today: date
) -> ReviewedRounds:
    """In the order of their codes. One that the reviewer made, or that is not there, refuses them all."""
    done, reasons = [], []
    for code in sorted(set(review.rounds)):
        try:
            done.append(await review_round(session, principal, code, review, levels, today=today))
        except (MakerCannotCheck, NotFound):
            raise
        except Refusal as refusal:
            reasons.append(Item(code, refusal.code, refusal.zh, refusal.en))
    if reasons:
        raise RoundNotReady(
            f"有{len(reasons)}个轮次不能审核,全部均未处理",
            f"{len(reasons)} round(s) cannot be reviewed; none of them was touched",
            items=reasons,
        )
    return ReviewedRounds(done)
