"""A random history of postings against a small model: the same answers, and books that balance at every step."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.funding.domain.ledger.books import AccountKey, Posting, Purpose
from services.funding.storage.ledger.accounts import balance_at
from services.funding.storage.ledger.check import check_ledger
from services.funding.storage.ledger.postings import post
from services.funding.storage.tables.ledger import account as account_table
from shared.errors import Refusal
from shared.text.money import MAX_FEN
from tests.integration.funding.ledger.ledger_words import account
from tests.support.postgres import Server, cloned_database

ACCOUNTS = [
    account(Purpose.SOURCE),
    account(Purpose.AVAILABLE),
    account(Purpose.RESERVED),
    account(Purpose.AWARDED, "a"),
    account(Purpose.AWARDED, "b"),
]
DAYS = [date(2024, 1, 1) + timedelta(days=30 * n) for n in range(4)]


@dataclass
class Model:
    """A ledger in a few lines: what every posting must do."""

    balances: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    history: list[Posting] = field(default_factory=list)

    def post(self, posting: Posting) -> str:
        if posting.key in self.keys:
            return "replayed" if self.keys[posting.key] == posting.body_hash else "transfer-key-reused"
        amounts = posting.lines.values()
        if len(amounts) < 2 or sum(amounts) != 0 or 0 in amounts:
            return "transfer-invalid"
        after = {key: self.balances.get(key.code, 0) + amount for key, amount in posting.lines.items()}
        if any(not key.minimum <= balance <= MAX_FEN for key, balance in after.items()):
            return "money-not-available"
        self.balances |= {key.code: balance for key, balance in after.items()}
        self.keys[posting.key] = posting.body_hash
        self.history.append(posting)
        return "posted"

    def at(self, key: AccountKey, day: date) -> int:
        return sum(p.lines.get(key, 0) for p in self.history if p.effective_at <= day)


@st.composite
def postings(draw: st.DrawFn) -> Posting:
    chosen = draw(st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=4, unique=True))
    amounts = [draw(st.integers(-40, 60)) for _ in chosen]
    if draw(st.integers(0, 5)):  # usually balanced
        amounts[-1] -= sum(amounts)
    key = draw(st.sampled_from([f"k{n}" for n in range(12)]))
    lines = dict(zip(chosen, amounts, strict=True))
    return Posting("test", key, draw(st.sampled_from(DAYS)), "test", lines)


@pytest.fixture(scope="module")
def ledger_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "funding") as url:
        yield url


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(postings(), min_size=1, max_size=12))
def test_any_history_agrees_with_the_model_and_balances_at_every_step(
    ledger_url: str, history: list[Posting]
) -> None:
    asyncio.run(replay(ledger_url, history))


async def replay(url: str, history: list[Posting]) -> None:
    engine = create_async_engine(url, poolclass=sa.NullPool)
    try:
        async with engine.connect() as connection:
            transaction = await connection.begin()
            session = AsyncSession(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
            model = Model()
            for posting in history:
                await _step(session, model, posting)
            await session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            await session.close()
            await transaction.rollback()
    finally:
        await engine.dispose()


async def _step(session: AsyncSession, model: Model, posting: Posting) -> None:
    expected = model.post(posting)
    try:
        async with session.begin_nested():
            done = await post(session, posting, actor="tester")
        outcome = "replayed" if done.replayed else "posted"
    except Refusal as refusal:
        outcome = refusal.code
    assert outcome == expected
    proof = await check_ledger(session)
    assert proof.sound
    assert proof.transfers == len(model.history)
    rows = await session.execute(sa.select(account_table.c.id, account_table.c.code, account_table.c.balance))
    for row in rows.all():
        assert row.balance == model.balances.get(row.code, 0)
        key = next(key for key in ACCOUNTS if key.code == row.code)
        for day in DAYS:
            asked = await balance_at(session, row.id, effective_at=day, recorded_at=None)
            assert asked == model.at(key, day)
