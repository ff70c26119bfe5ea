"""Who may review each order, as the rules of its programme say."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.opening_orders import EarlierListings, EarlierListingsReversal
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.orders.record_orders import NewAppropriation
from services.funding.domain.rules.vocabulary import ReviewedBy
from services.funding.storage.rounds.appropriations import programmes_of
from services.funding.storage.rules import reviewers_asked_for


async def who_reviews(session: AsyncSession, orders: Sequence[KeptOrder]) -> Mapping[str, ReviewedBy]:
    """By order number; another person where the rules do not speak of it, or where no programme's money moves.

    Two statements, however many orders there are.
    """
    lines = await programmes_of(session, {kept.appropriation for kept in orders if kept.appropriation})
    programmes = {kept.number: _programme(kept, lines) for kept in orders}
    asked = await reviewers_asked_for(session, {programme for programme in programmes.values() if programme})
    return {
        number: asked.get(programme, ReviewedBy.ANOTHER_PERSON) for number, programme in programmes.items()
    }


def _programme(kept: KeptOrder, lines: Mapping[str, str]) -> str | None:
    """That of its line; of a line that is not recorded yet, and of listings, the one that the order names."""
    order = kept.order
    names = NewAppropriation | EarlierListings | EarlierListingsReversal
    return order.programme if isinstance(order, names) else lines.get(kept.appropriation or "")
