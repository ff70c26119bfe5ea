"""Whoever owns the tables can change the past; the nightly check and the seals tell that it was done."""

import pytest
import sqlalchemy as sa

from tests.support.funding import BelowFunding, FundingStory
from tests.support.money import DAYE, TIANMEN, Desks, with_quota
from tests.support.people import AUDITOR, FINANCE_REVIEWER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

OF_ISSUE = "(SELECT id FROM transfer WHERE kind = 'round.issued')"
ACCOUNT = "(SELECT id FROM account WHERE code = 'line-2024:awarded:{}-01')"


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    await with_quota(found)
    ok(await found.story.post(FINANCE_REVIEWER, "/v1/ledger/seals"))
    return found


async def tamper(desks: Desks, *statements: str) -> None:
    """With the triggers off and the foreign keys gone, as only the owner of the tables can."""
    keys = "SELECT conrelid::regclass, conname FROM pg_constraint WHERE confrelid = 'transfer'::regclass"
    async with desks.story.funding.database.transaction() as session:
        for table in ("entry", "account", "transfer"):
            await session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for table, key in (await session.execute(sa.text(keys))).all():
            await session.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {key}"))
        for statement in statements:
            await session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (f"DELETE FROM transfer WHERE id = {OF_ISSUE}", "unbalanced_transfers"),
        ("DELETE FROM account WHERE purpose = 'available'", "wrong_balances"),
        (f"UPDATE account SET holder = '{TIANMEN}' WHERE holder = '{DAYE}'", "wrong_balances"),
        ("UPDATE account SET minimum = -5 WHERE purpose = 'available'", "wrong_balances"),
    ],
)
async def test_the_self_check_misses_no_row_and_no_change_of_an_account(
    desks: Desks, statement: str, fault: str
) -> None:
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
    await tamper(desks, statement)
    proof = ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))
    assert (proof["sound"], bool(proof[fault])) == (False, True)


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE transfer SET effective_at = effective_at + 1 WHERE kind = 'round.issued'"],
        [
            f"UPDATE entry SET amount = amount + {sign}, balance_after = balance_after + {sign} "
            f"WHERE transfer_id = {OF_ISSUE} AND account_id = {ACCOUNT.format(county)}"
            for county, sign in (("421303", "-5"), (TIANMEN, "5"))
        ]
        + [
            f"UPDATE account SET balance = balance + {sign} WHERE id = {ACCOUNT.format(county)}"
            for county, sign in (("421303", "-5"), (TIANMEN, "5"))
        ],
    ],
)
async def test_the_nightly_check_finds_a_past_that_was_changed_and_still_adds_up(
    desks: Desks, statements: list[str]
) -> None:
    await tamper(desks, *statements)
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["sound"]
    problem = refused(await desks.story.post(FINANCE_REVIEWER, "/v1/ledger/seals"), 409, "ledger-not-sound")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [("1", "broken-seal")]
    assert not ok(await desks.story.get(AUDITOR, "/v1/ledger/seals/1/verification"))["sound"]
