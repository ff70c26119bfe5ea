"""Posting to the ledger. One call of ``post_transfer`` posts a whole transfer."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from asyncpg import CheckViolationError
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.books import AccountKey, Posting
from services.funding.domain.refusals import (
    MoneyNotAvailable,
    TransferAlreadyReversed,
    TransferInvalid,
    TransferKeyReused,
)
from services.funding.storage.tables.ledger import account
from shared.errors import Refusal
from shared.text.identifiers import new_id

_TEXTS = ARRAY(sa.Text)
_ACCOUNTS = ":codes, :purposes, :divisions, :appropriations, :clusters, :holders"
_ACCOUNT_TYPES = [
    sa.bindparam(name, type_=_TEXTS)
    for name in ("codes", "purposes", "divisions", "appropriations", "clusters", "holders")
]
_POST = sa.text(
    "SELECT posted.posted_id, posted.replayed, posted.unopened "
    "FROM unnest(:ids, :kinds, :keys, :body_hashes, :reversed, :days, :descriptions, :codes, :amounts) "
    "WITH ORDINALITY AS new (id, kind, key, body_hash, reverses, effective_at, description, codes, amounts, place), "
    "LATERAL post_transfer(new.id, new.kind, new.key, new.body_hash, new.reverses, new.effective_at, new.description, "
    ":actor, string_to_array(new.codes, ','), string_to_array(new.amounts, ',')::bigint[]) AS posted "
    "ORDER BY new.place"
).bindparams(
    sa.bindparam("ids", type_=ARRAY(sa.Uuid)),
    sa.bindparam("reversed", type_=ARRAY(sa.Uuid)),
    sa.bindparam("days", type_=ARRAY(sa.Date)),
    sa.bindparam("actor", type_=sa.Text),
    *(
        sa.bindparam(name, type_=_TEXTS)
        for name in ("kinds", "keys", "body_hashes", "descriptions", "codes", "amounts")
    ),
)
_LIMITS = "ck_account_balance_within_limits"
_OPEN = sa.text(f"SELECT open_accounts({_ACCOUNTS})").bindparams(*_ACCOUNT_TYPES)


@dataclass(frozen=True, slots=True)
class Posted:
    """``replayed``: the key had posted this transfer before, nothing was moved now."""

    transfer_id: UUID
    replayed: bool


async def post(session: AsyncSession, posting: Posting, *, actor: str) -> Posted:
    """Posts a transfer, opening accounts that are new; refuses what would take an account below its minimum."""
    return (await post_all(session, [posting], actor=actor))[0]


async def post_all(session: AsyncSession, postings: Sequence[Posting], *, actor: str) -> list[Posted]:
    """Posts transfers one after the other, in one statement; with all of them, or none, in the caller's transaction."""
    if not postings:
        return []
    ids = {posting.key: new_id() for posting in postings}
    given = {
        "ids": [ids[posting.key] for posting in postings],
        "kinds": [posting.kind for posting in postings],
        "keys": [posting.key for posting in postings],
        "body_hashes": [posting.body_hash for posting in postings],
        "reversed": [
            ids[posting.reverses] if isinstance(posting.reverses, str) else posting.reverses
            for posting in postings
        ],
        "days": [posting.effective_at for posting in postings],
        "descriptions": [posting.description for posting in postings],
        "actor": actor,
        # an account's code holds no comma
        "codes": [",".join(key.code for key in posting.lines) for posting in postings],
        "amounts": [",".join(str(amount) for amount in posting.lines.values()) for posting in postings],
    }
    with _ledger_refusals():
        rows = (await session.execute(_POST, given)).all()
        if any(row.unopened for row in rows):
            keys = {key.code: key for posting in postings for key in posting.lines}
            await session.execute(_OPEN, _account_arrays(list(keys.values())))
            rows = (await session.execute(_POST, given)).all()
    return [Posted(row.posted_id, row.replayed) for row in rows]


async def lock_accounts(session: AsyncSession, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """Opens what is new, locks all in one order, and tells the balances. Whoever posts several transfers in one
    transaction, or decides by a balance, does this first: then nobody waits in a circle."""
    wanted = {key.code: key for key in keys}
    if not wanted:
        return {}
    await session.execute(_OPEN, _account_arrays(list(wanted.values())))
    rows = await session.execute(
        sa.select(account.c.code, account.c.balance)
        .where(account.c.code.in_(wanted))
        .order_by(account.c.id)
        .with_for_update()
    )
    return {wanted[row.code]: int(row.balance) for row in rows}


def _account_arrays(keys: Sequence[AccountKey]) -> dict[str, list[str | None]]:
    return {
        "codes": [key.code for key in keys],
        "purposes": [key.purpose.value for key in keys],
        "divisions": [key.division_code for key in keys],
        "appropriations": [key.appropriation for key in keys],
        "clusters": [key.cluster for key in keys],
        "holders": [key.holder for key in keys],
    }


@contextmanager
def _ledger_refusals() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        refusal = _refusal(error.driver_exception)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: BaseException | None) -> Refusal | None:
    if isinstance(error, CheckViolationError) and error.constraint_name == _LIMITS:
        return MoneyNotAvailable(
            "账户余额不足,或超出限额;未作任何变动", "An account would leave its limits; nothing was moved"
        )
    match getattr(error, "sqlstate", None):
        case "FL001":
            return TransferKeyReused(
                "这个记账键已用于另一笔内容不同的转账", "This key was used for another transfer"
            )
        case "FL004" | "FL005":
            return TransferInvalid(
                "转账须至少两行、借贷相等;冲正须与原转账逐行相反",
                "A transfer has at least two lines that add up to zero; a reversal mirrors its transfer",
            )
        case "FL006":
            return TransferAlreadyReversed("该转账已被冲正", "This transfer is reversed already")
        case _:
            return None
