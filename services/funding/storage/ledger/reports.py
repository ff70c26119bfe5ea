"""Sums over the ledger: balances and movements by line, county, cluster or source, at any pair of times."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.ledger.beancount import ExportedLine
from services.funding.domain.ledger.books import Grouping, Purpose
from services.funding.domain.orders.kinds import OPENING_EVENTS
from services.funding.domain.orders.order import OrderState
from services.funding.storage.tables.ledger import account, entry, transfer
from services.funding.storage.tables.orders import fund_order, opened_award
from services.funding.storage.tables.rounds import appropriation, award
from shared.data.division_recodes import read_recodes
from shared.data.rows import read_all
from shared.web.principals import Principal

_KEYS: dict[Grouping, sa.ColumnElement[str]] = {
    Grouping.APPROPRIATION: account.c.appropriation,
    Grouping.SOURCE: appropriation.c.source,
    Grouping.FISCAL_YEAR: sa.cast(appropriation.c.fiscal_year, sa.Text),
    Grouping.COUNTY: account.c.holder,
    Grouping.CLUSTER: account.c.cluster,
}


@dataclass(frozen=True, slots=True)
class GroupedSum:
    """``opening_fen`` and ``closing_fen`` of all accounts with this key and purpose, and what moved between;
    ``before_system_fen``: the part of ``closing_fen`` that openings entered."""

    key: str
    purpose: str
    opening_fen: int
    debits_fen: int
    credits_fen: int
    closing_fen: int
    before_system_fen: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What a division holds for a cluster out of a line, what it paid, and what it owes at settlement."""

    appropriation: str
    holder: str
    cluster: str
    held_fen: int
    paid_fen: int
    settlement_due_fen: int


async def sums_by(
    session: AsyncSession,
    grouping: Grouping,
    *,
    division_code: str,
    fiscal_year: int | None,
    from_day: date | None,
    to_day: date | None,
    recorded_at: datetime | None,
) -> list[GroupedSum]:
    """Sums by key and purpose over the division's budget.

    ``opening`` is what stood before ``from_day`` (nothing without it), ``closing`` at the end of ``to_day``, both as
    the ledger knew it at ``recorded_at``.
    """
    key = _KEYS[grouping]
    before = sa.false() if from_day is None else transfer.c.effective_at < from_day
    amount, zero = entry.c.amount, sa.literal(0)

    def total(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        whole = sa.func.coalesce(sa.func.sum(sa.case((condition, amount), else_=zero)), 0)
        return sa.cast(whole, sa.BigInteger)

    statement = (
        sa.select(
            key.label("key"),
            account.c.purpose,
            total(before).label("opening_fen"),
            total(sa.and_(sa.not_(before), amount > 0)).label("debits_fen"),
            (-total(sa.and_(sa.not_(before), amount < 0))).label("credits_fen"),
            total(sa.true()).label("closing_fen"),
            total(transfer.c.kind.in_(OPENING_EVENTS)).label("before_system_fen"),
        )
        .select_from(
            entry.join(transfer, transfer.c.id == entry.c.transfer_id)
            .join(account, account.c.id == entry.c.account_id)
            .join(appropriation, appropriation.c.code == account.c.appropriation)
        )
        .where(account.c.division_code == division_code, key.is_not(None))
        .group_by(key, account.c.purpose)
        .order_by(key, account.c.purpose)
    )
    if fiscal_year is not None:
        statement = statement.where(appropriation.c.fiscal_year == fiscal_year)
    if to_day is not None:
        statement = statement.where(transfer.c.effective_at <= to_day)
    if recorded_at is not None:
        statement = statement.where(transfer.c.recorded_at <= recorded_at)
    return await read_all(session, GroupedSum, statement)


async def held_by_clusters(
    session: AsyncSession,
    *,
    budget: str | None,
    holders: Collection[str],
    appropriation_code: str | None,
) -> list[Holding]:
    """Per line, holder and cluster: what it holds, paid, and owes at settlement; of these holders, and of a budget.

    An order that is only proposed opened accounts, too; nobody sees them before money moved.
    """

    def of(purpose: Purpose) -> sa.ColumnElement[int]:
        balance = sa.case((account.c.purpose == purpose.value, account.c.balance), else_=0)
        return sa.cast(sa.func.sum(balance), sa.BigInteger)

    statement = (
        sa.select(
            account.c.appropriation,
            account.c.holder,
            account.c.cluster,
            of(Purpose.PASSED_DOWN).label("held_fen"),
            of(Purpose.PAID).label("paid_fen"),
            of(Purpose.SETTLEMENT_DUE).label("settlement_due_fen"),
        )
        .where(account.c.holder.is_not(None), account.c.version > 0)
        .group_by(account.c.appropriation, account.c.holder, account.c.cluster)
        .order_by(account.c.appropriation, account.c.holder, account.c.cluster)
    )
    own = account.c.holder.in_(holders)
    statement = statement.where(own if budget is None else sa.or_(own, account.c.division_code == budget))
    if appropriation_code is not None:
        statement = statement.where(account.c.appropriation == appropriation_code)
    return await read_all(session, Holding, statement)


async def holders_within(session: AsyncSession, principal: Principal) -> set[str]:
    """The principal's division and, by the paths of awards (of before the system, too) and of grants, those below it,
    under the codes of their accounts."""
    divisions = sorted(principal.divisions)
    awarded = sa.select(award.c.county_code).where(award.c.division_path.overlap(divisions))
    opened = sa.select(opened_award.c.county_code).where(opened_award.c.division_path.overlap(divisions))
    path = fund_order.c.division_path
    granted = sa.select(path[sa.func.cardinality(path)]).where(
        fund_order.c.kind == "grant",
        fund_order.c.state == OrderState.APPROVED.value,
        path.overlap(divisions),
    )
    kept = (await read_recodes(session)).kept
    found = (await session.scalars(sa.union(awarded, opened, granted))).all()
    return {principal.division, *map(kept, found)}


async def exported_lines(
    session: AsyncSession, *, division_code: str, fiscal_year: int | None
) -> list[ExportedLine]:
    """Every entry of the division's budget with its transfer and its account's balance, in the order of posting.

    One statement, so that a transfer of the same moment is in both the entries and the balances, or in neither.
    """
    statement = (
        sa.select(
            sa.cast(transfer.c.id, sa.Text).label("transfer"),
            transfer.c.kind,
            transfer.c.description,
            transfer.c.idempotency_key.label("key"),
            transfer.c.effective_at,
            account.c.code.label("account"),
            account.c.purpose,
            entry.c.amount.label("amount_fen"),
            account.c.balance.label("balance_fen"),
        )
        .select_from(
            entry.join(transfer, transfer.c.id == entry.c.transfer_id).join(
                account, account.c.id == entry.c.account_id
            )
        )
        .where(account.c.division_code == division_code)
        .order_by(transfer.c.effective_at, transfer.c.id, entry.c.line)
    )
    if fiscal_year is not None:
        years = sa.select(appropriation.c.code).where(appropriation.c.fiscal_year == fiscal_year)
        statement = statement.where(account.c.appropriation.in_(years))
    return await read_all(session, ExportedLine, statement)
