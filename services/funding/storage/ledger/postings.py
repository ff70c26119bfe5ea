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
    "SELECT posted_id, replayed, unopened FROM post_transfer(:id, :kind, :key, :body_hash, :reverses, :effective_at, "
    ":description, :actor, :codes, :amounts)"
).bindparams(
    sa.bindparam("id", type_=sa.Uuid),
    sa.bindparam("kind", type_=sa.Text),
    sa.bindparam("key", type_=sa.Text),
    sa.bindparam("body_hash", type_=sa.Text),
    sa.bindparam("reverses", type_=sa.Uuid),
    sa.bindparam("effective_at", type_=sa.Date),
    sa.bindparam("description", type_=sa.Text),
    sa.bindparam("actor", type_=sa.Text),
    sa.bindparam("codes", type_=_TEXTS),
    sa.bindparam("amounts", type_=ARRAY(sa.BigInteger)),
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
    values = {
        "id": new_id(),
        "kind": posting.kind,
        "key": posting.key,
        "body_hash": posting.body_hash,
        "reverses": posting.reverses,
        "effective_at": posting.effective_at,
        "description": posting.description,
        "actor": actor,
        "codes": [key.code for key in posting.lines],
        "amounts": list(posting.lines.values()),
    }
    with _ledger_refusals():
        row = (await session.execute(_POST, values)).one()
        if row.unopened:
            await session.execute(_OPEN, _account_arrays(list(posting.lines)))
            row = (await session.execute(_POST, values)).one()
    return Posted(row.posted_id, row.replayed)


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
