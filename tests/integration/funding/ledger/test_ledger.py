"""The ledger on real PostgreSQL: whole transfers only, nothing changed afterwards, everything asked at two times."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.funding.domain.ledger.books import AccountKey, Posting, Purpose
from services.funding.domain.refusals import (
    MoneyNotAvailable,
    TransferAlreadyReversed,
    TransferInvalid,
    TransferKeyReused,
)
from services.funding.storage.ledger.accounts import account_by_code, balance_at
from services.funding.storage.ledger.check import Proof, check_ledger
from services.funding.storage.ledger.postings import post
from shared.data.business_clock import utc_now
from shared.text.identifiers import new_id
from shared.text.money import MAX_FEN
from tests.integration.funding.ledger.ledger_words import AVAILABLE, RESERVED, SOURCE, account, move
from tests.support.services import RunningService

TRANSFER = (
    "INSERT INTO transfer (id, kind, idempotency_key, body_hash, effective_at, recorded_at, description, actor, "
    "line_count, transaction_id) SELECT '{id}', 'x', '{id}', 'x', '2024-01-01', now(), 'x', 'x', {lines}, "
    "pg_current_xact_id()::text::bigint"
)
ENTRY = (
    "INSERT INTO entry (account_id, account_version, transfer_id, line, amount, balance_after) "
    "SELECT id, version + 1, '{id}', {line}, {amount}, balance + {amount} FROM account WHERE code = '{code}'"
)


async def posted(funding: RunningService, posting: Posting) -> None:
    async with funding.database.transaction() as session:
        await post(session, posting, actor="tester")


async def balance(funding: RunningService, key: AccountKey) -> int:
    async with funding.database.transaction() as session:
        row = await account_by_code(session, key.code)
        return 0 if row is None else int(row.balance_fen)


async def proof(funding: RunningService) -> Proof:
    async with funding.database.transaction() as session:
        return await check_ledger(session)


async def run(funding: RunningService, *statements: str) -> None:
    async with funding.database.transaction() as session:
        for statement in statements:
            await session.execute(sa.text(statement))


async def test_a_transfer_moves_money_and_the_books_balance(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    await posted(funding, move(AVAILABLE, RESERVED, 60, key="b"))
    assert [await balance(funding, key) for key in (SOURCE, AVAILABLE, RESERVED)] == [-100, 40, 60]
    found = await proof(funding)
    assert found.sound
    assert (found.transfers, found.entries, found.debits_fen, found.credits_fen) == (2, 4, 160, 160)


async def test_a_post_reads_no_table_from_end_to_end(funding: RunningService) -> None:
    """A plan is made once for a connection, here on an empty ledger: it must still be right when the ledger is full."""
    read_whole = sa.text(
        "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname IN ('transfer', 'entry', 'account')"
    )
    async with funding.database.transaction() as session:
        for number in range(10):
            await post(session, move(SOURCE, AVAILABLE, 100, key=f"a{number}"), actor="tester")
            await post(session, move(AVAILABLE, RESERVED, 60, key=f"b{number}"), actor="tester")
        scans = {row.relname: row.seq_scan for row in await session.execute(read_whole)}
    assert scans["transfer"] == scans["entry"] == 0


async def test_an_account_never_falls_below_its_minimum(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    with pytest.raises(MoneyNotAvailable):
        await posted(funding, move(AVAILABLE, RESERVED, 101, key="b"))
    assert await balance(funding, AVAILABLE) == 100
    await posted(funding, move(AVAILABLE, RESERVED, 100, key="b"))


async def test_no_balance_leaves_what_json_holds_exactly(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, MAX_FEN, key="a"))
    with pytest.raises(MoneyNotAvailable):
        await posted(funding, move(SOURCE, AVAILABLE, 1, key="b"))


async def test_the_same_key_posts_once_and_another_content_is_refused(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    async with funding.database.transaction() as session:
        again = await post(session, move(SOURCE, AVAILABLE, 100, key="a"), actor="tester")
    assert again.replayed
    assert await balance(funding, AVAILABLE) == 100
    with pytest.raises(TransferKeyReused):
        await posted(funding, move(SOURCE, AVAILABLE, 101, key="a"))
    assert (await proof(funding)).transfers == 1


@pytest.mark.parametrize(
    "lines",
    [
        {},
        {SOURCE: -5},
        {SOURCE: -5, AVAILABLE: 4},
        {SOURCE: 0, AVAILABLE: 0},
        {SOURCE: -5, AVAILABLE: 5, RESERVED: 0},
    ],
)
async def test_an_unbalanced_transfer_is_refused(
    funding: RunningService, lines: dict[AccountKey, int]
) -> None:
    with pytest.raises(TransferInvalid):
        await posted(funding, replace(move(SOURCE, AVAILABLE, 1, key="a"), lines=lines))
    assert (await proof(funding)).transfers == 0


async def test_a_correction_is_a_transfer_that_reverses_one_once(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    async with funding.database.transaction() as session:
        wrong = await post(session, move(AVAILABLE, RESERVED, 70, key="b"), actor="tester")
    back = replace(move(RESERVED, AVAILABLE, 70, key="c"), reverses=wrong.transfer_id)
    with pytest.raises(TransferInvalid):
        await posted(funding, replace(move(RESERVED, AVAILABLE, 69, key="d"), reverses=wrong.transfer_id))
    await posted(funding, back)
    with pytest.raises((TransferAlreadyReversed, MoneyNotAvailable)):
        await posted(funding, replace(back, key="e"))
    await posted(funding, move(AVAILABLE, RESERVED, 70, key="f"))
    with pytest.raises(TransferAlreadyReversed):
        await posted(funding, replace(back, key="g"))
    assert [await balance(funding, key) for key in (AVAILABLE, RESERVED)] == [30, 70]


async def test_a_reversal_is_not_reversed(funding: RunningService) -> None:
    async with funding.database.transaction() as session:
        first = await post(session, move(SOURCE, AVAILABLE, 100, key="a"), actor="tester")
        undo = replace(move(AVAILABLE, SOURCE, 100, key="b"), reverses=first.transfer_id)
        second = await post(session, undo, actor="tester")
    with pytest.raises(TransferInvalid):
        await posted(funding, replace(move(SOURCE, AVAILABLE, 100, key="c"), reverses=second.transfer_id))


async def test_a_balance_can_be_asked_at_both_times(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a", on=date(2024, 10, 1)))
    between = utc_now()
    await posted(
        funding, move(SOURCE, AVAILABLE, 7, key="b", on=date(2024, 9, 1))
    )  # backdated, recorded later
    async with funding.database.transaction() as session:
        row = await account_by_code(session, AVAILABLE.code)
        assert row is not None
        asked = {
            (day, moment): await balance_at(session, row.id, effective_at=day, recorded_at=moment)
            for day in (None, date(2024, 8, 31), date(2024, 9, 1), date(2024, 10, 1))
            for moment in (None, between)
        }
    assert asked == {
        (None, None): 107,
        (None, between): 100,
        (date(2024, 8, 31), None): 0,
        (date(2024, 8, 31), between): 0,
        (date(2024, 9, 1), None): 7,
        (date(2024, 9, 1), between): 0,
        (date(2024, 10, 1), None): 107,
        (date(2024, 10, 1), between): 100,
    }


@pytest.mark.parametrize("table", ["transfer", "entry", "account"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_nothing_is_deleted(funding: RunningService, table: str, statement: str) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    with pytest.raises(DBAPIError, match="append-only"):
        await run(funding, statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET effective_at = '2020-01-01'",
        "UPDATE entry SET amount = amount * 2",
        "UPDATE account SET balance = balance + 1",
        "UPDATE account SET balance = balance + 1, version = version + 1",
        "UPDATE account SET minimum = -5 WHERE balance > 0",
        "UPDATE account SET code = code || 'x', version = version + 1",
        "INSERT INTO account (code, purpose, division_code, appropriation, minimum, balance) "
        "VALUES ('x', 'available', '420000', 'line', 0, 5)",
        "INSERT INTO account (code, purpose, division_code, appropriation, minimum, version) "
        "VALUES ('x', 'available', '420000', 'line', 0, 5)",
    ],
)
async def test_nothing_is_changed_by_hand(funding: RunningService, statement: str) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    with pytest.raises(DBAPIError, match=r"append-only|by entries only|account is empty"):
        await run(funding, statement)
    assert (await proof(funding)).sound


async def test_a_transfer_without_its_lines_is_not_committed(funding: RunningService) -> None:
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    one, two = new_id(), new_id()
    with pytest.raises(DBAPIError, match=r"0 line\(s\)"):
        await run(funding, TRANSFER.format(id=one, lines=2))
    with pytest.raises(DBAPIError, match="with the sum 4"):
        await run(
            funding,
            TRANSFER.format(id=two, lines=2),
            ENTRY.format(id=two, line=1, amount=5, code=AVAILABLE.code),
            ENTRY.format(id=two, line=2, amount=-1, code=SOURCE.code),
        )
    assert (await proof(funding)).transfers == 1


async def test_no_line_joins_a_transfer_later(funding: RunningService) -> None:
    async with funding.database.transaction() as session:
        done = await post(session, move(SOURCE, AVAILABLE, 100, key="a"), actor="tester")
    with pytest.raises(DBAPIError, match="transaction of their transfer only"):
        await run(funding, ENTRY.format(id=done.transfer_id, line=3, amount=5, code=AVAILABLE.code))


async def test_no_line_joins_a_transfer_after_an_early_check(funding: RunningService) -> None:
    async with funding.database.transaction() as session:
        await post(session, move(SOURCE, AVAILABLE, 100, key="a"), actor="tester")

    async def add_a_line_late() -> None:
        async with funding.database.transaction() as session:
            done = await post(session, move(SOURCE, AVAILABLE, 100, key="b"), actor="tester")
            await session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            late = ENTRY.format(id=done.transfer_id, line=3, amount=5, code=AVAILABLE.code)
            await session.execute(sa.text(late))

    with pytest.raises(DBAPIError, match="transaction of their transfer only"):
        await add_a_line_late()


async def test_the_self_check_finds_what_was_tampered_with(funding: RunningService) -> None:
    """With the triggers off, as only the owner of the tables could switch them: the check still finds it."""
    await posted(funding, move(SOURCE, AVAILABLE, 100, key="a"))
    await posted(funding, move(SOURCE, account(Purpose.AWARDED, "421303-01"), 5, key="b"))
    off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in ("entry", "account", "transfer")]
    await run(
        funding,
        *off,
        f"UPDATE entry SET amount = 101 WHERE account_id = (SELECT id FROM account WHERE code = '{AVAILABLE.code}')",
        "UPDATE account SET balance = 6 WHERE cluster IS NOT NULL",
    )
    found = await proof(funding)
    assert not found.sound
    assert len(found.unbalanced_transfers) == 1
    assert found.wrong_balances == ("line:available", "line:awarded:421303-01")
    assert found.broken_chains == ("line:available",)
    assert found.debits_fen - found.credits_fen == 1
