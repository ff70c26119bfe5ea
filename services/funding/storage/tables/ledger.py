"""Accounts, transfers, their entries, and the seals over them."""

import sqlalchemy as sa

from services.funding.storage.tables.metadata import METADATA, MOMENT
from shared.text.money import MAX_FEN

account = sa.Table(
    "account",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("division_code", sa.Text, nullable=False),
    sa.Column("appropriation", sa.Text, nullable=False, index=True),
    sa.Column("cluster", sa.Text, nullable=True),
    sa.Column("holder", sa.Text, nullable=True),
    sa.Column("minimum", sa.BigInteger, nullable=False),
    sa.Column("balance", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint(f"balance >= minimum AND balance <= {MAX_FEN}", name="balance_within_limits"),
    sa.CheckConstraint(f"minimum BETWEEN -{MAX_FEN} AND 0", name="minimum_range"),
    sa.Index("ix_account_holder", "holder", postgresql_where=sa.text("holder IS NOT NULL")),
)

transfer = sa.Table(
    "transfer",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("reverses", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=True, unique=True),
    sa.Column("effective_at", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("line_count", sa.Integer, nullable=False),
    sa.Column("transaction_id", sa.BigInteger, nullable=False),
)

#: In the order in which transfers became visible: see `storage/ledger/transfer_numbers.py`.
transfer_number = sa.Table(
    "transfer_number",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), nullable=False, unique=True),
)

entry = sa.Table(
    "entry",
    METADATA,
    # account and transfer are checked once for a statement (`check_entries`), not row by row as foreign keys are
    sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account_version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("transfer_id", sa.Uuid, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("balance_after", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("transfer_id", "line"),
    sa.CheckConstraint("amount <> 0", name="amount_moves"),
    sa.CheckConstraint("line >= 1 AND account_version >= 1", name="numbers_from_one"),
)

ledger_seal = sa.Table(
    "ledger_seal",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("transfers", sa.Integer, nullable=False),
    sa.Column("total_transfers", sa.BigInteger, nullable=False),
    sa.Column("total_debits_fen", sa.Numeric, nullable=False),
    sa.Column("sealed_by", sa.Text, nullable=False),
    sa.Column("business_date", sa.Date, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
)

transfer_seal = sa.Table(
    "transfer_seal",
    METADATA,
    sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfer.id"), primary_key=True),
    sa.Column("seal", sa.Integer, sa.ForeignKey("ledger_seal.number"), nullable=False, index=True),
)
