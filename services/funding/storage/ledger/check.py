"""The ledger's self-check: everything is recomputed from the entries, nothing is believed."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_TOTALS = sa.text(
    "SELECT (SELECT count(*) FROM transfer) AS transfers, (SELECT count(*) FROM account) AS accounts, "
    "count(*) AS entries, coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS debits, "
    "coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS credits FROM entry"
)
# Also entries whose transfer is gone.
_UNBALANCED_TRANSFERS = sa.text(
    "SELECT coalesce(t.id, e.transfer_id)::text FROM transfer t FULL JOIN entry e ON e.transfer_id = t.id "
    "GROUP BY coalesce(t.id, e.transfer_id), t.line_count "
    "HAVING coalesce(sum(e.amount), 1) <> 0 OR count(e.line) <> coalesce(t.line_count, 0) OR count(e.line) < 2 "
    "ORDER BY 1 LIMIT 100"
)
# Also entries whose account is gone, and an account that is no longer whose its code says.
_WRONG_BALANCES = sa.text(
    "SELECT coalesce(a.code, 'account ' || min(e.account_id)) FROM account a FULL JOIN entry e "
    "ON e.account_id = a.id GROUP BY a.id "
    "HAVING a.id IS NULL OR a.code <> concat_ws(':', a.appropriation, a.purpose, a.holder, a.cluster) "
    "OR a.balance <> coalesce(sum(e.amount), 0) OR a.version <> count(e.account_version) "
    "OR coalesce(max(e.account_version), 0) <> count(e.account_version) OR a.balance < a.minimum "
    "OR a.minimum <> CASE a.purpose WHEN 'source' THEN -9007199254740991 ELSE 0 END ORDER BY 1 LIMIT 100"
)
_BROKEN_CHAINS = sa.text(
    "SELECT DISTINCT a.code FROM (SELECT account_id, account_version, balance_after, "
    "sum(amount) OVER running AS balance, row_number() OVER running AS version FROM entry "
    "WINDOW running AS (PARTITION BY account_id ORDER BY account_version)) chain "
    "JOIN account a ON a.id = chain.account_id "
    "WHERE chain.balance <> chain.balance_after OR chain.version <> chain.account_version ORDER BY 1 LIMIT 100"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """Totals, and what does not fit: empty where the ledger is sound."""

    accounts: int
    transfers: int
    entries: int
    debits_fen: int
    credits_fen: int
    unbalanced_transfers: tuple[str, ...]
    wrong_balances: tuple[str, ...]
    broken_chains: tuple[str, ...]

    @property
    def sound(self) -> bool:
        faults = (self.unbalanced_transfers, self.wrong_balances, self.broken_chains)
        return self.debits_fen == self.credits_fen and not any(faults)


async def check_ledger(session: AsyncSession) -> Proof:
    totals = (await session.execute(_TOTALS)).one()
    return Proof(
        accounts=totals.accounts,
        transfers=totals.transfers,
        entries=totals.entries,
        debits_fen=int(totals.debits),
        credits_fen=int(totals.credits),
        unbalanced_transfers=tuple((await session.scalars(_UNBALANCED_TRANSFERS)).all()),
        wrong_balances=tuple((await session.scalars(_WRONG_BALANCES)).all()),
        broken_chains=tuple((await session.scalars(_BROKEN_CHAINS)).all()),
    )
