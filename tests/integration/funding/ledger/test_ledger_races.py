"""Many at once: money is spent once, a key posts once, and nobody is left waiting for ever."""

import asyncio

from services.funding.domain.ledger.books import Posting, Purpose
from services.funding.domain.refusals import MoneyNotAvailable, TransferAlreadyReversed, TransferKeyReused
from services.funding.storage.ledger.check import check_ledger
from services.funding.storage.ledger.postings import post
from shared.errors import Refusal
from tests.integration.funding.ledger.ledger_words import AVAILABLE, RESERVED, SOURCE, account, move
from tests.support.services import RunningService


async def attempt(funding: RunningService, posting: Posting) -> str:
    try:
        async with funding.database.transaction() as session:
            done = await post(session, posting, actor="tester")
    except Refusal as refusal:
        return type(refusal).__name__
    return "replayed" if done.replayed else "posted"


async def together(funding: RunningService, *postings: Posting) -> list[str]:
    return sorted(await asyncio.gather(*(attempt(funding, posting) for posting in postings)))


async def sound(funding: RunningService) -> int:
    async with funding.database.transaction() as session:
        proof = await check_ledger(session)
    assert proof.sound
    return proof.transfers


async def test_the_same_money_is_not_spent_twice(funding: RunningService) -> None:
    await attempt(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    spent = await together(funding, *(move(AVAILABLE, RESERVED, 60, key=f"k{n}") for n in range(8)))
    assert spent == [MoneyNotAvailable.__name__] * 7 + ["posted"]
    assert await sound(funding) == 2


async def test_the_same_key_at_once_posts_once(funding: RunningService) -> None:
    outcome = await together(funding, *(move(SOURCE, AVAILABLE, 5, key="same") for _ in range(8)))
    assert outcome == ["posted"] + ["replayed"] * 7
    assert await sound(funding) == 1


async def test_the_same_key_at_once_with_two_contents_posts_one_of_them(funding: RunningService) -> None:
    outcome = await together(funding, *(move(SOURCE, AVAILABLE, 5 + n, key="same") for n in range(4)))
    assert outcome == [TransferKeyReused.__name__] * 3 + ["posted"]


async def test_a_transfer_is_reversed_once_at_once(funding: RunningService) -> None:
    async with funding.database.transaction() as session:
        done = await post(session, move(SOURCE, AVAILABLE, 5, key="a"), actor="tester")
        await post(session, move(SOURCE, AVAILABLE, 50, key="b"), actor="tester")
    undo = [
        Posting("x", f"undo{n}", done_on, "x", {AVAILABLE: -5, SOURCE: 5}, done.transfer_id)
        for n, done_on in enumerate([move(SOURCE, AVAILABLE, 1, key="x").effective_at] * 4)
    ]
    assert await together(funding, *undo) == [TransferAlreadyReversed.__name__] * 3 + ["posted"]
    assert await sound(funding) == 3


async def test_transfers_in_opposite_directions_do_not_block_each_other(funding: RunningService) -> None:
    one, two = account(Purpose.AWARDED, "a"), account(Purpose.AWARDED, "b")
    await together(funding, move(SOURCE, one, 1000, key="a"), move(SOURCE, two, 1000, key="b"))
    there = [move(one, two, 1, key=f"there{n}") for n in range(20)]
    back = [move(two, one, 1, key=f"back{n}") for n in range(20)]
    assert await together(funding, *there, *back) == ["posted"] * 40
    assert await sound(funding) == 42
