"""Transfers are listed in the order in which they became visible: whoever pages meanwhile misses none, and posting
waits for nobody because of it.
"""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.funding.domain.ledger.books import AccountKey, Posting, Purpose
from services.funding.storage.ledger import transfer_numbers
from services.funding.storage.ledger.postings import post
from shared.data.database import Database
from tests.integration.funding.ledger.ledger_words import move
from tests.support.people import AUDITOR
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService


async def page(funding: RunningService, cursor: str = "", *, limit: int = 2) -> dict[str, Any]:
    async with funding.as_(AUDITOR) as client:
        return ok(await client.get(f"/v1/ledger/transfers?limit={limit}{cursor}"))


def keys(found: dict[str, Any]) -> list[str]:
    return [transfer["key"] for transfer in found["items"]]


async def posted(database: Database, *postings: Posting) -> None:
    async with database.transaction() as session:
        for posting in postings:
            await post(session, posting, actor="tester")


def apart(key: str) -> Posting:
    """A transfer on two accounts of its own line."""
    source, available = (
        AccountKey("420000", f"line-{key}", purpose) for purpose in (Purpose.SOURCE, Purpose.AVAILABLE)
    )
    return move(source, available, 1, key=key)


async def test_a_transfer_that_commits_late_comes_after_what_was_read(funding: RunningService) -> None:
    await posted(funding.database, apart("a"), apart("b"))
    async with funding.database.transaction() as late:
        await post(late, apart("late"), actor="tester")
        await asyncio.wait_for(
            posted(funding.database, apart("c")), timeout=60
        )  # nobody waits for the late one
        first = await page(funding)
        assert keys(first) == ["a", "b"]
        cursor = f"&cursor={first['next']}"
        assert keys(await page(funding, cursor)) == ["c"]
    await posted(funding.database, apart("d"))
    second = await page(funding, cursor)
    assert keys(second) == ["c", "late"]
    assert keys(await page(funding, f"&cursor={second['next']}")) == ["d"]
    numbers = [transfer["number"] for transfer in (await page(funding, limit=10))["items"]]
    assert numbers == [1, 2, 3, 4, 5]


async def test_whoever_posted_finds_the_transfer_at_once(funding: RunningService) -> None:
    for number in range(3):
        await posted(funding.database, apart(f"t{number}"))
        assert keys(await page(funding, limit=10))[-1] == f"t{number}"


async def test_readers_at_once_give_each_transfer_one_number(
    funding: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_numbers, "_AT_ONCE", 3)  # several rounds of numbering
    await posted(funding.database, *(apart(f"t{number:02d}") for number in range(10)))
    found = await asyncio.gather(*(page(funding, limit=100) for _ in range(6)))
    assert {tuple(keys(answer)) for answer in found} == {tuple(f"t{number:02d}" for number in range(10))}
    async with funding.database.transaction() as session:
        numbers = await session.scalars(sa.text("SELECT number FROM transfer_number ORDER BY number"))
        assert list(numbers) == list(range(1, 11))


async def test_a_rolled_back_transfer_leaves_no_gap(funding: RunningService) -> None:
    await posted(funding.database, apart("a"))
    async with funding.database.transaction() as session:
        await post(session, apart("never"), actor="tester")
        await session.rollback()
    await posted(funding.database, apart("b"))
    found = await page(funding)
    assert [(transfer["key"], transfer["number"]) for transfer in found["items"]] == [("a", 1), ("b", 2)]


async def test_a_transfer_shows_its_number_once_somebody_read_the_list(funding: RunningService) -> None:
    await posted(funding.database, apart("a"))
    async with funding.database.transaction() as session:
        transfer = await session.scalar(sa.text("SELECT id FROM transfer"))
    path = f"/v1/ledger/transfers/{transfer}"
    async with funding.as_(AUDITOR) as client:
        assert ok(await client.get(path))["number"] is None
        ok(await client.get("/v1/ledger/transfers"))
        assert ok(await client.get(path))["number"] == 1


async def test_numbers_are_never_changed_and_a_foreign_cursor_is_refused(funding: RunningService) -> None:
    await posted(funding.database, apart("a"))
    await page(funding)
    with pytest.raises(DBAPIError, match="append-only"):
        async with funding.database.transaction() as session:
            await session.execute(sa.text("UPDATE transfer_number SET number = 9"))
    async with funding.as_(AUDITOR) as client:
        refused(await client.get("/v1/ledger/transfers?cursor=WyJ4Il0"), 422, "cursor-invalid")
